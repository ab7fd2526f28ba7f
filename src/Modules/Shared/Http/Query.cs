using System.Reflection;
using System.Text.Json;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Crm.Shared.Http;

/// <summary>Endpoint metadata: the record whose members are the endpoint's query parameters.</summary>
public sealed record QueryParameters(Type Type);

/// <summary>
/// The query string, bound to the constructor of a record: a closed list of parameters, each at most once, each of its type. Anything
/// else is a 400 that names the parameter.
/// </summary>
public sealed class Query<T> : IBindableFromHttpContext<Query<T>>, IEndpointParameterMetadataProvider where T : class
{
    private static readonly ConstructorInfo Constructor = typeof(T).GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
    private static readonly ConstructorInvoker Make = ConstructorInvoker.Create(Constructor);
    private static readonly Expectation[] Expected = [.. Constructor.GetParameters().Select(Expectation.Of)];
    private static readonly string[] Known = [.. Expected.Select(e => e.Name)];

    private Query(T value) => Value = value;

    /// <summary>The bound parameters.</summary>
    public T Value { get; }

    /// <summary>Binds the query string.</summary>
    /// <exception cref="Malformed">A parameter is unknown, repeated or of the wrong type.</exception>
    public static ValueTask<Query<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var errors = new Dictionary<string, Text>();
        foreach (var name in context.Request.Query.Keys.Except(Known, StringComparer.Ordinal))
            errors[name.Replace("\0", "")] = new Text($"is not a parameter here; known are {string.Join(", ", Known)}", $"未知参数，可用参数：{string.Join("、", Known)}");

        object?[] values = [.. Expected.Select(e => Read(context.Request.Query, e, errors))];
        return errors.Count > 0 ? throw new Malformed(errors) : ValueTask.FromResult<Query<T>?>(new Query<T>((T)Make.Invoke(values)));
    }

    /// <summary>Tells OpenAPI which parameters the endpoint takes.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new QueryParameters(typeof(T)));

    private static object? Read(IQueryCollection query, Expectation expected, Dictionary<string, Text> errors)
    {
        var (name, type) = (expected.Name, expected.Type);
        if (!query.TryGetValue(name, out var given)) return expected.IsRequired ? Require(name, errors) : expected.Default;
        if (given.Count != 1)
        {
            errors[name] = new Text("must be given once", "只能出现一次");
            return null;
        }

        try
        {
            var text = given[0]!;
            return JsonSerializer.Deserialize(type == typeof(int) || type == typeof(bool) ? text : JsonSerializer.Serialize(text), type, CrmJson.Options);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            errors[name] = new Text($"must be {Form(type)}", $"应为 {Form(type)}");
            return null;
        }
    }

    private static object? Require(string name, Dictionary<string, Text> errors)
    {
        errors[name] = new Text("is required", "必填");
        return null;
    }

    private static string Form(Type type) =>
        type.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName))
        : type == typeof(int) ? "a whole number"
        : type == typeof(bool) ? "true or false"
        : type == typeof(Guid) ? "a UUID"
        : type == typeof(NodaTime.LocalDate) ? "a date such as 2026-11-22"
        : type == typeof(NodaTime.Instant) ? "an RFC 3339 date-time such as 2026-11-22T08:00:00Z"
        : "text without U+0000";

    /// <summary>One parameter, worked out once.</summary>
    [NotPersonal("the name of a header", "Name")]
    private sealed record Expectation(string Name, Type Type, bool IsRequired, object? Default)
    {
        public static Expectation Of(ParameterInfo p) => new(
            JsonNamingPolicy.CamelCase.ConvertName(p.Name!), Nullable.GetUnderlyingType(p.ParameterType) ?? p.ParameterType, !p.HasDefaultValue, p.HasDefaultValue ? p.DefaultValue : null);
    }
}
