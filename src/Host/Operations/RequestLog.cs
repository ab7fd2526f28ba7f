using System.Diagnostics;
using Crm.Shared.Access;

namespace Crm.Host.Operations;

/// <summary>One structured line per API request: the route's pattern, never the path or query that somebody typed.</summary>
internal static partial class RequestLog
{
    public static void UseRequestLog(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Crm.Requests");
        app.Use(async (context, next) =>
        {
            var started = Stopwatch.GetTimestamp();
            await next(context);
            if (context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern } && !pattern.StartsWith("/health", StringComparison.Ordinal))
                LogAnswered(logger, context.Request.Method, pattern, context.Response.StatusCode, Stopwatch.GetElapsedTime(started).TotalMilliseconds, context.Features.Get<Caller>()?.Subject);
        });
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Method} {Route} answered {Status} in {Milliseconds:0.0} ms for {Caller}")]
    private static partial void LogAnswered(ILogger logger, string method, string route, int status, double milliseconds, string? caller);
}
