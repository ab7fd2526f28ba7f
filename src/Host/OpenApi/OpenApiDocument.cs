using Crm.Host.Access;
using Crm.Shared.Http;
using Microsoft.OpenApi;
using NodaTime;

namespace Crm.Host.OpenApi;

/// <summary>The document at /openapi/v1.json and the page at /swagger.</summary>
internal static class OpenApiDocument
{
    public const string Bearer = "bearer";
    public const string ApiKey = "apiKey";

    public static void AddOpenApiDocument(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddSwaggerGen(swagger =>
        {
            swagger.SwaggerDoc("v1", new OpenApiInfo
            {
                Title = "Crm", Version = "v1",
                Description = "Customer care for real-estate developers: who owns a customer, whether a complaint was answered in time, whether somebody called back. "
                    + "Instants are RFC 3339 in UTC, durations ISO 8601, enums words. Rule ids (CMP-19, FUP-02, …) are those of docs/domain. "
                    + "Errors are problem documents (RFC 9457) in Chinese or English by Accept-Language.",
            });
            swagger.SupportNonNullableReferenceTypes();
            swagger.CustomSchemaIds(SchemaNames.Of);
            swagger.MapType<Instant>(() => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time", Examples = ["2026-11-22T08:00:00Z"] });
            swagger.MapType<Duration>(() => new OpenApiSchema { Type = JsonSchemaType.String, Format = "duration", Examples = ["PT24H"] });
            swagger.MapType<LocalDate>(() => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date", Examples = ["2026-11-22"] });
            swagger.MapType<LocalTime>(() => new OpenApiSchema { Type = JsonSchemaType.String, Examples = ["09:00"] });
            swagger.MapType<System.Text.Json.JsonElement>(() => new OpenApiSchema { Description = "Any JSON value." });
            foreach (var xml in Directory.EnumerateFiles(AppContext.BaseDirectory, "Crm.*.xml")) swagger.IncludeXmlComments(xml);
            swagger.SchemaFilter<RecordSchemas>();
            swagger.SchemaFilter<ValidationLimits>();
            swagger.OperationFilter<OperationStories>();
            swagger.AddSecurityDefinition(Bearer, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT", Description = "A token of the company's identity provider; in Development from POST /dev/token." });
            swagger.AddSecurityDefinition(ApiKey, new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = SignIn.ApiKeyHeader, Description = "A machine's key." });
        });
    }

    public static void UseOpenApiDocument(this WebApplication app)
    {
        app.UseSwagger(swagger =>
        {
            swagger.RouteTemplate = "openapi/{documentName}.json";
            swagger.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        });
        app.UseSwaggerUI(ui =>
        {
            ui.RoutePrefix = "swagger";
            ui.SwaggerEndpoint("/openapi/v1.json", "Crm v1");
            ui.DocumentTitle = "Crm API";
            ui.EnablePersistAuthorization();
            ui.DisplayOperationId();
        });
    }
}

/// <summary>Names of schemas: a page of X is XPage; bodies lose nothing.</summary>
internal static class SchemaNames
{
    public static string Of(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Page<>) ? Of(type.GenericTypeArguments[0]) + "Page"
        : type.IsGenericType ? string.Concat(type.GenericTypeArguments.Select(Of)) + type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]
        : type.Name;
}
