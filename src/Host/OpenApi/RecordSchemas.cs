using System.Reflection;
using System.Text.Json;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Crm.Host.OpenApi;

/// <summary>
/// Nullable means nullable and required means required: a member is required unless the record gives it a default, and a member that may be
/// null says so, also when it is a reference, which then is anyOf [$ref, null].
/// </summary>
internal sealed class RecordSchemas : ISchemaFilter
{
    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is not OpenApiSchema { Properties: { Count: > 0 } properties } shape || !context.Type.IsClass) return;
        if (context.Type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).FirstOrDefault() is not { } constructor) return;
        shape.AdditionalPropertiesAllowed = false;
        var nullability = new NullabilityInfoContext();
        foreach (var parameter in constructor.GetParameters())
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!);
            if (!properties.TryGetValue(name, out var property)) continue;
            if (!parameter.HasDefaultValue) (shape.Required ??= new HashSet<string>()).Add(name);
            var nullable = Nullable.GetUnderlyingType(parameter.ParameterType) is not null || nullability.Create(parameter).WriteState == NullabilityState.Nullable;
            properties[name] = (property, nullable) switch
            {
                (OpenApiSchemaReference reference, true) => new OpenApiSchema { AnyOf = [reference, new OpenApiSchema { Type = JsonSchemaType.Null }], Description = reference.Description },
                (OpenApiSchema { Type: { } type } plain, true) => Typed(plain, type | JsonSchemaType.Null),
                (OpenApiSchema { Type: { } type } plain, false) => Typed(plain, type & ~JsonSchemaType.Null),
                _ => property,
            };
        }
    }

    private static OpenApiSchema Typed(OpenApiSchema schema, JsonSchemaType type)
    {
        schema.Type = type;
        return schema;
    }
}
