using System.Text.Json;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Crm.Host.Failures;

/// <summary>The one place where failures become answers.</summary>
internal static partial class Problems
{
    private static readonly Text Away = new("The database cannot be reached at the moment. Nothing was done; send the request again after Retry-After.", "数据库暂时无法访问，未做任何更改，请在 Retry-After 之后重试。");

    /// <summary>Turns exceptions and bare error statuses into problem documents.</summary>
    public static void UseProblems(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Problems).FullName!);
        var meanings = app.Services.GetServices<ConstraintMeaning>().ToDictionary(m => m.Constraint, m => m.Refusal);
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
                if (!context.Response.HasStarted && context.Response.StatusCode >= 400 && context.Response.ContentLength is null && context.Response.ContentType is null)
                    await WriteAsync(context, context.Response.StatusCode, Bare(context, context.Response.StatusCode));
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                // Nobody is listening any more.
            }
            catch (Exception e) when (!context.Response.HasStarted)
            {
                await AnswerAsync(context, e, meanings, logger);
            }
        });
    }

    /// <summary>Writes a problem of a bare status.</summary>
    public static Task WriteAsync(HttpContext context, int status, Text detail, string? rule = null, IReadOnlyList<string>? allowed = null, IReadOnlyDictionary<string, string[]>? errors = null)
    {
        var problem = new Problem(
            $"urn:crm:problem:{rule ?? status.ToString(System.Globalization.CultureInfo.InvariantCulture)}", Title(status), status, detail.Localized,
            context.TraceId(), rule, allowed, errors);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(problem, CrmJson.Options));
    }

    private static Task AnswerAsync(HttpContext context, Exception e, Dictionary<string, Func<Refusal>> meanings, ILogger logger)
    {
        if (e is DbUpdateException { InnerException: PostgresException { ConstraintName: { } constraint } } && meanings.TryGetValue(constraint, out var refusal)) e = refusal();
        if (context.RequestServices.GetRequiredService<DatabaseTrouble>().KeysHaveChanged(e)) e = new KeyNotHere();
        switch (e)
        {
            case KeyNotHere changing:
                context.Response.Headers.RetryAfter = "1";
                return WriteAsync(context, changing.Status, changing.Text);
            case InProgress busy:
                context.Response.Headers.RetryAfter = ((int)busy.RetryAfter.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
                return WriteAsync(context, busy.Status, busy.Text);
            case ClockWrong wrong:
                context.Response.Headers.RetryAfter = ((int)wrong.RetryAfter.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
                return WriteAsync(context, wrong.Status, wrong.Text);
            case BrokenRule broken:
                return WriteAsync(context, broken.Status, broken.Text, broken.Rule, broken.Allowed);
            case Malformed malformed:
                return WriteAsync(context, malformed.Status, malformed.Text, errors: malformed.Errors.ToDictionary(p => p.Key, p => new[] { p.Value.Localized }));
            case NotFound { Field: { } field } missing:
                return WriteAsync(context, missing.Status, missing.Text, errors: new Dictionary<string, string[]> { [field] = [missing.Text.Localized] });
            case Refusal other:
                return WriteAsync(context, other.Status, other.Text);
            case BadHttpRequestException bad:
                return WriteAsync(context, bad.StatusCode, Bare(context, bad.StatusCode));
            case DbUpdateConcurrencyException:
                context.Response.Headers.RetryAfter = "1";
                return WriteAsync(context, 409, new InProgress().Text);
        }

        if (context.RequestServices.GetRequiredService<DatabaseTrouble>().LetGoIfOutOfStep(e) || DatabaseTrouble.MayPass(e))
        {
            context.Response.Headers.RetryAfter = "2";
            return WriteAsync(context, 503, Away);
        }

        // The text of an exception may quote what somebody typed: its type and where it happened are enough to find it.
        LogUnexpected(logger, e.GetType().FullName, DatabaseTrouble.KindOf(e), e.StackTrace);
        return WriteAsync(context, 500, Bare(context, 500));
    }

    private static Text Bare(HttpContext context, int status) => status switch
    {
        401 => new Text("Sign in: send a bearer token, or an API key in X-Api-Key.", "请先登录：携带 Bearer 令牌，或在 X-Api-Key 中携带 API 密钥。"),
        403 => new Text("You do not hold the permission this operation asks for.", "您没有该操作所需的权限。"),
        404 => new Text("There is nothing at this address.", "该地址不存在。"),
        405 => new Text("This address does not know this method.", "该地址不支持此方法。"),
        413 => new Text($"The request is larger than {Installation.Named(Installation.LimitOf(context))}.", $"请求超过 {Installation.Named(Installation.LimitOf(context))}。"),
        429 => new Text("Too many requests at once: wait for Retry-After.", "请求过于频繁，请在 Retry-After 之后重试。"),
        500 => new Text("Something went wrong on our side; nothing was done. Quote the trace id.", "系统内部错误，未做任何更改，请提供 traceId。"),
        _ => new Text("The request cannot be understood.", "无法理解该请求。"),
    };

    private static string Title(int status) => status switch
    {
        400 => "Not valid",
        401 => "Not signed in",
        403 => "Not permitted",
        404 => "Not found",
        405 => "Method not allowed",
        409 => "Refused now",
        412 => "Changed meanwhile",
        413 => "Too large",
        422 => "Key used before",
        428 => "If-Match required",
        429 => "Too many requests",
        503 => "Not available",
        504 => "Not finished",
        _ => "Error",
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "Unexpected {Failure} ({Cause}) at {Where}")]
    private static partial void LogUnexpected(ILogger logger, string? failure, string cause, string? where);
}
