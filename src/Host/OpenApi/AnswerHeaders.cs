using Crm.Shared.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace Crm.Host.OpenApi;

/// <summary>The headers of each answer, as clients may rely on them: required ones are always there.</summary>
internal static class AnswerHeaders
{
    /// <summary>Adds them by what the endpoint's metadata says of its answers.</summary>
    public static void Add(OpenApiOperation operation, IList<object> metadata)
    {
        foreach (var answer in metadata.OfType<IProducesResponseTypeMetadata>().Where(a => a.StatusCode is >= 200 and < 300))
        {
            var isVersioned = answer.Type is { } type && typeof(IVersioned).IsAssignableFrom(type);
            if (isVersioned) Add(operation, answer.StatusCode, "ETag", required: true, "The version, for If-Match: a strong ETag such as \"3\".");
            if (isVersioned && answer.StatusCode == StatusCodes.Status201Created) Add(operation, answer.StatusCode, "Location", required: true, "Where it is found.");
        }

        if (metadata.OfType<QueryParameters>().LastOrDefault() is { } query && query.Type.GetProperty("Cursor") is not null)
            Add(operation, StatusCodes.Status200OK, "Link", required: false, "The next page, rel=\"next\" (RFC 8288); absent on the last.");
        Add(operation, StatusCodes.Status429TooManyRequests, "Retry-After", required: true, "Seconds to wait.", JsonSchemaType.Integer);
        if (operation.OperationId != "ready") Add(operation, StatusCodes.Status503ServiceUnavailable, "Retry-After", required: true, "Seconds to wait.", JsonSchemaType.Integer);
        Add(operation, StatusCodes.Status409Conflict, "Retry-After", required: false, "Seconds to wait, where the same request is in progress; absent where a rule forbids it.", JsonSchemaType.Integer);
    }

    private static void Add(OpenApiOperation operation, int status, string name, bool required, string description, JsonSchemaType type = JsonSchemaType.String)
    {
        if (operation.Responses?.GetValueOrDefault(status.ToString(System.Globalization.CultureInfo.InvariantCulture)) is not OpenApiResponse answer) return;
        (answer.Headers ??= new Dictionary<string, IOpenApiHeader>())[name] = new OpenApiHeader { Required = required, Description = description, Schema = new OpenApiSchema { Type = type } };
    }
}
