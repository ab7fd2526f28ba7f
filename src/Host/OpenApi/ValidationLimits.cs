using System.Globalization;
using System.Reflection;
using System.Text.Json;
using FluentValidation;
using FluentValidation.Validators;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Crm.Host.OpenApi;

/// <summary>Lengths and ranges in the document are those the validators enforce: a front-end can refuse what the host would.</summary>
internal sealed class ValidationLimits(IEnumerable<IValidator> validators) : ISchemaFilter
{
    private readonly ILookup<(Type? Body, string Member), IPropertyValidator> limits = validators
        .SelectMany(v => (IEnumerable<IValidationRule>)v.CreateDescriptor().Rules)
        .Where(rule => rule.Member is not null)
        .SelectMany(rule => rule.Components.Select(part => (rule.Member, part.Validator)))
        .ToLookup(limit => (limit.Member.DeclaringType, limit.Member.Name), limit => limit.Validator);

    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is not OpenApiSchema { Properties: { Count: > 0 } properties }) return;
        foreach (var property in context.Type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (!properties.TryGetValue(JsonNamingPolicy.CamelCase.ConvertName(property.Name), out var found) || found is not OpenApiSchema limited) continue;
            foreach (var limit in limits[(context.Type, property.Name)]) Limit(limited, limit);
        }
    }

    private static void Limit(OpenApiSchema schema, IPropertyValidator limit)
    {
        var isText = schema.Type is { } type && type.HasFlag(JsonSchemaType.String) && schema.Format is null;
        switch (limit)
        {
            case INotEmptyValidator when isText:
                schema.MinLength ??= 1;
                break;
            case ILengthValidator length when isText:
                if (length.Min > 0) schema.MinLength = length.Min;
                if (length.Max > 0) schema.MaxLength = length.Max;
                break;
            case IBetweenValidator between:
                schema.Minimum = Convert.ToString(between.From, CultureInfo.InvariantCulture);
                schema.Maximum = Convert.ToString(between.To, CultureInfo.InvariantCulture);
                break;
        }
    }
}
