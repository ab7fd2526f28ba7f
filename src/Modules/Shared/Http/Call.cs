using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Shared.Http;

/// <summary>Endpoint metadata: a retry must be recognisable, so the Idempotency-Key header is required.</summary>
public sealed record CreatesSomething;

/// <summary>Endpoint metadata: a question that is asked by POST, since what it asks with may stand in no address. It changes nothing, so a retry needs no Idempotency-Key.</summary>
public sealed record AsksSomething;

/// <summary>Endpoint metadata: an edit, which needs If-Match.</summary>
public sealed record EditsSomething;

/// <summary>A resource with a version, shown as a strong ETag.</summary>
public interface IVersioned
{
    /// <summary>Grows by one with every change a rule or a person makes; bookkeeping leaves it alone.</summary>
    int Version { get; }
}

/// <summary>One HTTP call on its way to a use case: who calls, in which projects they may, and the headers commands understand.</summary>
public sealed class Call : IBindableFromHttpContext<Call>
{
    private readonly HttpContext context;

    private Call(HttpContext context)
    {
        this.context = context;
        Caller = context.Features.Get<Caller>() ?? new Caller("", Staff: null, new Dictionary<string, ProjectScope>());
        Scope = Caller.Scope(context.GetEndpoint()?.Metadata.GetMetadata<RequiresPermissionAttribute>()?.Permission ?? "");
    }

    /// <summary>Who calls.</summary>
    public Caller Caller { get; }

    /// <summary>The projects in which the caller holds the endpoint's permission.</summary>
    public ProjectScope Scope { get; }

    /// <summary>Binds from the request; never fails.</summary>
    public static ValueTask<Call?> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult<Call?>(new Call(context));

    /// <summary>Carries out a command and answers with its status, ETag and Location.</summary>
    /// <exception cref="Malformed">Idempotency-Key or If-Match is missing where required, or not well formed.</exception>
    /// <exception cref="VersionRequired">An edit without If-Match.</exception>
    public async Task<IResult> Send<TAnswer>(ICommand<TAnswer> command)
    {
        if (context.GetEndpoint()!.Metadata.GetMetadata<AsksSomething>() is not null) throw new InvalidOperationException("An endpoint that only asks was given a command: its callers are told that no key is needed.");
        var services = context.RequestServices;
        var current = Describe();
        current.Idempotency = await ReadIdempotencyKey(services);
        current.IfMatch = await ReadIfMatch();
        return Write(await services.GetRequiredService<IMediator>().Send(command, context.RequestAborted));
    }

    /// <summary>Who acts, in which trace and from where: what an audit row says of a call.</summary>
    public CommandContext Describe()
    {
        var current = context.RequestServices.GetRequiredService<CommandContext>();
        (current.Caller, current.TraceId, current.RemoteAddress) = (Caller, context.TraceId(), context.Connection.RemoteIpAddress?.ToString());
        return current;
    }

    /// <summary>Asks a question and answers 200, with an ETag for a versioned resource and a <c>next</c> link for a page.</summary>
    /// <exception cref="Malformed">Idempotency-Key is missing or not well formed, where the endpoint carries out commands besides.</exception>
    public async Task<IResult> Ask<TAnswer>(IRequest<TAnswer> question)
    {
        Describe();
        if (context.GetEndpoint()!.Metadata.GetMetadata<CreatesSomething>() is not null) await ReadIdempotencyKey(context.RequestServices);
        return Show(await context.RequestServices.GetRequiredService<IMediator>().Send(question, context.RequestAborted));
    }

    /// <summary>Answers 200 with what was read, with an ETag for a versioned resource and a <c>next</c> link for a page.</summary>
    public IResult Show<TAnswer>(TAnswer answer)
    {
        if (answer is IVersioned versioned) context.Response.Headers.ETag = $"\"{versioned.Version}\"";
        if (typeof(TAnswer).IsGenericType && typeof(TAnswer).GetGenericTypeDefinition() == typeof(Page<>)
            && typeof(TAnswer).GetProperty(nameof(Page<>.Next))!.GetValue(answer) is string next)
        {
            var query = new QueryBuilder(context.Request.Query.Where(p => p.Key != "cursor")) { { "cursor", next } };
            context.Response.Headers.Link = $"<{context.Request.Path}{query.ToQueryString()}>; rel=\"next\"";
        }

        return Results.Json(answer, CrmJson.Options);
    }

    private IResult Write<TAnswer>(Answer<TAnswer> answer)
    {
        if (answer.Version is { } version) context.Response.Headers.ETag = $"\"{version}\"";
        if (answer.Location is not null) context.Response.Headers.Location = answer.Location;
        return answer.Status == StatusCodes.Status204NoContent
            ? Results.NoContent()
            : Results.Text(answer.Stored ?? JsonSerializer.Serialize(answer.Body, CrmJson.Options), "application/json", statusCode: answer.Status);
    }

    private async Task<IdempotencyKey?> ReadIdempotencyKey(IServiceProvider services)
    {
        var header = context.Request.Headers["Idempotency-Key"];
        var required = context.GetEndpoint()!.Metadata.GetMetadata<CreatesSomething>() is not null;
        if (header.Count == 0 && !required) return null;
        var key = header.Count == 1 ? header[0]! : "";
        if (key.Length is >= 1 and <= 200 && key.All(c => c is > ' ' and <= '~'))
            return new IdempotencyKey(
                Scope: $"{Caller.Subject}\n{context.Request.Method}\n{context.Request.Path}", key,
                RequestHash: services.GetRequiredService<Privacy.KeyRing>().HashRequest(await RawBody.ReadAsync(context)));

        await Visibility.EnsureAsync(context);
        throw Malformed.Field("Idempotency-Key", new Text(
            "send one Idempotency-Key header of 1 to 200 visible ASCII characters, new for each new request",
            "请携带一个 Idempotency-Key 请求头（1 到 200 个可见 ASCII 字符），每个新请求使用新的键"));
    }

    private async Task<int?> ReadIfMatch()
    {
        var header = context.Request.Headers.IfMatch;
        var required = context.GetEndpoint()!.Metadata.GetMetadata<EditsSomething>() is not null;
        if (header.Count == 0 && !required) return null;
        if (header.Count == 1 && header[0] is { Length: > 2 } tag && tag[0] == '"' && tag[^1] == '"' && int.TryParse(tag.AsSpan(1, tag.Length - 2), out var version))
            return version;

        await Visibility.EnsureAsync(context);
        throw header.Count == 0
            ? new VersionRequired()
            : Malformed.Field("If-Match", new Text("must be one strong ETag as it was read, such as \"3\"", "应为读取时得到的强 ETag，例如 \"3\""));
    }
}

/// <summary>The identity of a call in answers, logs and audit.</summary>
public static class CallTrace
{
    /// <summary>The id of the distributed trace the call belongs to; the server's own when it belongs to none.</summary>
    public static string TraceId(this HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
}

/// <summary>Saying what an endpoint is, for callers and for OpenAPI.</summary>
public static class EndpointStory
{
    /// <summary>Names the operation and tells its story; <paramref name="rules"/> are the catalogue ids it enforces.</summary>
    public static RouteHandlerBuilder Tells<TAnswer>(
        this RouteHandlerBuilder endpoint, string name, string summary, string description, int status = 200, string rules = "", string contentType = "application/json")
    {
        endpoint.WithName(name).WithSummary(summary)
            .WithDescription(rules.Length == 0 ? description : $"{description}\n\nRules: {rules}.");
        return status == StatusCodes.Status204NoContent ? endpoint.Produces(status) : endpoint.Produces<TAnswer>(status, contentType);
    }

    /// <summary>The body shown as the example in the document and in Swagger UI.</summary>
    public static RouteHandlerBuilder Example(this RouteHandlerBuilder endpoint, object body) => endpoint.WithMetadata(new RequestExample(body));
}

/// <summary>Endpoint metadata: an example of the body.</summary>
[NotPersonal("an example of the document", "Body")]
public sealed record RequestExample(object Body);
