using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.Host.Failures;
using Crm.Shared.Access;
using Crm.Shared.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Crm.Host.OpenApi;

/// <summary>Adds to each operation what its metadata says: headers, query parameters, example, security, and every error it can give.</summary>
internal sealed class OperationStories : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        T? Find<T>() where T : class => metadata.OfType<T>().LastOrDefault();
        var isPost = context.ApiDescription.HttpMethod == "POST";
        var isApi = Find<RequiresPermissionAttribute>() is not null;

        if (Find<QueryParameters>() is { } query) AddQuery(operation, context, query.Type);
        if (Find<TakesCsv>() is not null && operation.RequestBody is OpenApiRequestBody file)
            file.Content = new Dictionary<string, IOpenApiMediaType> { ["text/csv"] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } } };
        else if (Find<IAcceptsMetadata>()?.RequestType is { } bodyType && operation.RequestBody?.Content is { } accepted)
            accepted["application/json"] = new OpenApiMediaType { Schema = context.SchemaGenerator.GenerateSchema(bodyType, context.SchemaRepository) };
        if (Find<RequestExample>() is { } example && operation.RequestBody?.Content is { } content)
            foreach (var media in content.Values.OfType<OpenApiMediaType>()) media.Example = JsonNode.Parse(JsonSerializer.Serialize(example.Body, CrmJson.Options));
        if (operation.RequestBody is OpenApiRequestBody body) body.Required = true;

        var isEvents = context.ApiDescription.RelativePath?.Contains("/events/", StringComparison.Ordinal) is true;
        var isCommand = isApi && !isEvents && Find<AsksSomething>() is null && (isPost || Find<EditsSomething>() is not null);
        if (isCommand)
        {
            AddHeader(operation, "Idempotency-Key", Find<CreatesSomething>() is not null, "1 to 200 visible ASCII characters, new for each new request. The same key and body get the first answer again, for 7 days; the same key with another body is 422.");
            if (Find<PathSubject>() is not null && Find<EditsSomething>() is null) AddHeader(operation, "If-Match", required: false, "The ETag you read: the command is carried out only if nothing has changed since (412 otherwise).");
        }

        if (Find<EditsSomething>() is not null) AddHeader(operation, "If-Match", required: true, "The ETag you read. 428 without, 412 when it is stale.");

        if (isApi)
        {
            var permission = Find<RequiresPermissionAttribute>()!.Permission;
            operation.Description += $"\n\nPermission: `{permission}`.";
            operation.Security = [Requirement(OpenApiDocument.Bearer, context), Requirement(OpenApiDocument.ApiKey, context)];
            AddError(operation, context, 401, "Not signed in.");
            AddError(operation, context, 403, $"Without the permission {permission}.");
            AddError(operation, context, 404, "What the request names does not exist or is outside your scope.");
        }

        // Of the caller everywhere, of the address where nobody signs in; asking how the host is costs nothing.
        if (context.ApiDescription.RelativePath?.StartsWith("health/", StringComparison.Ordinal) is not true)
        {
            AddError(operation, context, 429, "Too many requests at once: wait for Retry-After.");
            AddError(operation, context, 503, "The database cannot be reached: nothing was done, wait for Retry-After.");
        }

        if (operation.RequestBody is not null || Find<QueryParameters>() is not null || (isApi && isPost) || isCommand) AddError(operation, context, 400, "Something in the request is wrong: each field is named.");
        // The retry key belongs to the body, which is read for it also where none is asked for.
        if (operation.RequestBody is not null || isCommand) AddError(operation, context, 413, $"Larger than {Installation.Named(Find<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? Installation.MaxRequestBytes)}.");
        if (isCommand || (isPost && (isApi || operation.RequestBody is not null))) AddError(operation, context, 409, "A rule forbids it now (rule and allowed say which, and what would do), or the same request is in progress (Retry-After).");
        if (isCommand) AddError(operation, context, 422, "The Idempotency-Key was used for another body.");
        if (isCommand && (Find<PathSubject>() is not null || Find<EditsSomething>() is not null)) AddError(operation, context, 412, "Changed since the version in If-Match.");
        if (Find<EditsSomething>() is not null) AddError(operation, context, 428, "If-Match is missing.");
        AnswerHeaders.Add(operation, metadata);
    }

    private static void AddQuery(OpenApiOperation operation, OperationFilterContext context, Type type)
    {
        operation.Parameters ??= [];
        var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
        foreach (var parameter in constructor.GetParameters())
        {
            var valueType = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!), In = ParameterLocation.Query, Required = !parameter.HasDefaultValue,
                Schema = context.SchemaGenerator.GenerateSchema(valueType, context.SchemaRepository),
                Description = XmlDocs.OfParameter(type, parameter.Name!),
            });
        }
    }

    private static void AddHeader(OpenApiOperation operation, string name, bool required, string description) =>
        (operation.Parameters ??= []).Add(new OpenApiParameter
        {
            Name = name, In = ParameterLocation.Header, Required = required, Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });

    private static void AddError(OpenApiOperation operation, OperationFilterContext context, int status, string description) =>
        (operation.Responses ??= []).TryAdd(status.ToString(System.Globalization.CultureInfo.InvariantCulture), new OpenApiResponse
        {
            Description = description,
            Content = new Dictionary<string, IOpenApiMediaType>
            {
                ["application/problem+json"] = new OpenApiMediaType { Schema = context.SchemaGenerator.GenerateSchema(typeof(Problem), context.SchemaRepository) },
            },
        });

    private static OpenApiSecurityRequirement Requirement(string scheme, OperationFilterContext context) =>
        new() { [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [] };
}
