using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crm.Shared.Failures;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Shared.Http;

/// <summary>
/// A request body, read strictly and validated before the use case sees it. A body that fails is judged after the caller's right to see
/// what it names: 404 comes before 400, so that errors cannot be used to find out what exists.
/// </summary>
/// <typeparam name="T">The use case's body record.</typeparam>
public sealed partial class Body<T> : IBindableFromHttpContext<Body<T>>, IEndpointParameterMetadataProvider where T : class
{
    private Body(T value) => Value = value;

    /// <summary>The validated body.</summary>
    public T Value { get; }

    /// <summary>Reads and validates the body.</summary>
    /// <exception cref="NotFound">What the body or the path names is not the caller's to see.</exception>
    /// <exception cref="Malformed">Something in the body is wrong: each field is named.</exception>
    public static async ValueTask<Body<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var raw = await RawBody.ReadAsync(context);
        var errors = new Dictionary<string, Text>();
        var value = Parse(context.Request, raw, errors);
        if (value is not null && context.RequestServices.GetService<IValidator<T>>() is { } validator)
        {
            var result = await validator.ValidateAsync(value, context.RequestAborted);
            foreach (var failure in result.Errors)
                errors.TryAdd(CamelPath(failure.PropertyName), new Text(failure.ErrorMessage, failure.ErrorMessage));
        }

        if (value is not null && errors.Count == 0) return new Body<T>(value);
        await Visibility.EnsureAsync(context);
        throw new Malformed(errors);
    }

    /// <summary>
    /// Tells OpenAPI which body the endpoint takes. Names no content type: routing would answer 415 before anybody has asked who calls;
    /// <see cref="BindAsync"/> refuses other types in the right order.
    /// </summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new AcceptsMetadata([], typeof(T)));

    private static T? Parse(HttpRequest request, byte[] raw, Dictionary<string, Text> errors)
    {
        if (!request.HasJsonContentType())
        {
            errors["Content-Type"] = new Text("must be application/json", "必须是 application/json");
            return null;
        }

        try
        {
            var value = JsonSerializer.Deserialize<T>(raw, CrmJson.Options);
            if (value is null) errors["$"] = new Text("must be a JSON object", "必须是 JSON 对象");
            return value;
        }
        catch (JsonException e)
        {
            Explain(e, errors);
        }
        catch (InvalidOperationException)
        {
            errors["$"] = new Text("must be well-formed Unicode JSON", "必须是合法的 Unicode JSON");
        }

        return null;
    }

    private static void Explain(JsonException e, Dictionary<string, Text> errors)
    {
        var path = e.Path is null or "$" ? "$" : e.Path.StartsWith("$.", StringComparison.Ordinal) ? e.Path[2..] : e.Path;
        var missing = MissingMembers().Match(e.Message);
        if (missing.Success)
        {
            var prefix = path == "$" ? "" : path + ".";
            foreach (Match name in QuotedName().Matches(missing.Groups["names"].Value))
                errors[prefix + name.Groups[1].Value] = new Text("is required", "必填");
        }
        else if (UnknownMember().Match(e.Message) is { Success: true } unknown)
        {
            var name = unknown.Groups[1].Value;
            var at = path == "$" ? name : path.EndsWith(name, StringComparison.Ordinal) ? path : $"{path}.{name}";
            errors[at] = new Text("is not a member of this request", "请求中没有这个字段");
        }
        else if (e is UnreadableValue unreadable)
        {
            errors[path] = unreadable.Expected;
        }
        else if (e.Message.Contains("could not be converted", StringComparison.Ordinal) || e.Message.Contains("doesn't allow setting null", StringComparison.Ordinal)
                 || e.Message.Contains("doesn't allow null", StringComparison.Ordinal))
        {
            errors[path] = new Text("has the wrong type, is null where null is not allowed, or is not one of the listed values", "类型错误、不允许为 null，或不在可选值之列");
        }
        else if (e.Message.Contains("Duplicate", StringComparison.OrdinalIgnoreCase))
        {
            errors[path] = new Text("is given twice", "重复出现");
        }
        else
        {
            errors[path] = new Text("is not valid JSON", "不是合法的 JSON");
        }
    }

    private static string CamelPath(string path) => string.Join('.', path.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));

    [GeneratedRegex("missing required properties including: (?<names>.*?)\\.( Path|$)", RegexOptions.Singleline)]
    private static partial Regex MissingMembers();

    [GeneratedRegex("JSON property '(.*?)' could not be mapped")]
    private static partial Regex UnknownMember();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex QuotedName();
}

/// <summary>The bytes of the request's body, read once.</summary>
public static class RawBody
{
    private static readonly object Key = new();

    /// <summary>Reads the body, up to the server's limit.</summary>
    public static async ValueTask<byte[]> ReadAsync(HttpContext context)
    {
        if (context.Items[Key] is byte[] read) return read;
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var raw = buffer.ToArray();
        context.Items[Key] = raw;
        return raw;
    }
}
