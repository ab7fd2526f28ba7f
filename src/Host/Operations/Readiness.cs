using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Data;
using Crm.Shared.Events;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Time;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace Crm.Host.Operations;

/// <summary>How the host is: alive, and ready to serve.</summary>
/// <param name="Status">"ready", "degraded" (serves, but somebody should look), "ending" (asked to end; takes nothing new) or "unavailable".</param>
/// <param name="Database">"ok" or what is wrong.</param>
/// <param name="Migrations">"ok" or what is missing.</param>
/// <param name="Scheduler">"running" or what it does instead.</param>
/// <param name="Clock">"ok", or how far this host's clock is from the database's.</param>
/// <param name="Audit">"ok", or that the audit was found tampered with, or that its anchors cannot leave the database.</param>
/// <param name="Outbox">Each module's deliveries.</param>
internal sealed record ReadinessReport(string Status, string Database, string Migrations, string Scheduler, string Clock, string Audit, IReadOnlyDictionary<string, OutboxState> Outbox);

/// <summary>That the process serves requests.</summary>
/// <param name="Status">"alive".</param>
internal sealed record LivenessReport(string Status);

internal static class Readiness
{
    private const double LaggingSeconds = 60;

    public static void AddReadiness(this IServiceCollection services) => services.AddSingleton<ReadinessCheck>();

    public static void MapReadiness(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Health").AllowAnonymous();
        health.MapGet("/live", () => Results.Json(new LivenessReport("alive"), CrmJson.Options))
            .WithName("live").WithSummary("Is the process alive").WithDescription("200 as long as the process serves requests.").Produces<LivenessReport>(200, "application/json");
        health.MapGet("/ready", async (ReadinessCheck check, CancellationToken ct) =>
            {
                var report = await check.RunAsync(ct);
                return Results.Json(report, CrmJson.Options, statusCode: report.Status is "unavailable" or "ending" ? 503 : 200);
            })
            .WithName("ready").WithSummary("Can the host serve")
            .WithDescription("503 without the database, with migrations missing, with a clock that is not the database's, or when the host has been asked to end. A lagging outbox, parked events, a stopped scheduler or an audit that was tampered with are reported as degraded.")
            .Produces<ReadinessReport>(200, "application/json").Produces<ReadinessReport>(503, "application/json");
    }

    /// <summary>A host whose clock is wrong carries nothing out, and shows nothing, since what it shows is derived from now. It does not judge tokens either.</summary>
    public static void UseTrustedTime(this WebApplication app)
    {
        var time = app.Services.GetRequiredService<TrustedTime>();
        app.Use((context, next) => !time.IsTrusted && context.GetEndpoint()?.Metadata.GetMetadata<RequiresPermissionAttribute>() is not null ? throw new ClockWrong() : next(context));
    }

    internal sealed class ReadinessCheck(IServiceScopeFactory scopes, IEnumerable<Module> modules, IEnumerable<Dispatcher> dispatchers, ISchedulerFactory schedulers, TrustedTime time, Farewell farewell, IEnumerable<AuditLog> audits, AnchorFolder anchors)
    {
        private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

        private readonly SemaphoreSlim one = new(1, 1);
        private (long MadeAt, ReadinessReport Report)? last;

        private string Clock => time switch
        {
            { IsTrusted: true } => "ok",
            { Offset: { } offset } => $"{Math.Abs(offset.TotalSeconds):0} s {(offset > TimeSpan.Zero ? "ahead of" : "behind")} the database's",
            _ => "not yet compared with the database's",
        };

        /// <summary>The report, made anew after a second at the earliest, and once for all who ask meanwhile: everybody may ask, and it costs a dozen statements.</summary>
        public async Task<ReadinessReport> RunAsync(CancellationToken ct)
        {
            await one.WaitAsync(ct);
            try
            {
                if (last is not { } report || TimeProvider.System.GetElapsedTime(report.MadeAt) > Fresh) last = report = (TimeProvider.System.GetTimestamp(), await LookAsync(ct));
                // These are known without asking.
                return report.Report.Status == "unavailable" ? report.Report with { Clock = Clock }
                    : report.Report with { Status = !time.IsTrusted ? "unavailable" : farewell.HasBegun ? "ending" : report.Report.Status, Clock = Clock };
            }
            finally
            {
                one.Release();
            }
        }

        private async Task<ReadinessReport> LookAsync(CancellationToken ct)
        {
            var (outbox, broken, lagging) = (new Dictionary<string, OutboxState>(), false, false);
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                foreach (var module in modules)
                {
                    var db = module.Db(scope.ServiceProvider);
                    var missing = (await db.Database.GetPendingMigrationsAsync(ct)).ToArray();
                    if (missing.Length > 0) return new("unavailable", "ok", $"{module.Schema} lacks {string.Join(", ", missing)}: run migrate", "unknown", Clock, "unknown", outbox);
                }

                foreach (var log in audits) broken |= !await log.IsWholeAsync(ct);
                foreach (var dispatcher in dispatchers) lagging |= !await TryStateAsync(dispatcher, outbox, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                return new("unavailable", (e.InnerException ?? e).GetType().Name, "unknown", "unknown", Clock, "unknown", outbox);
            }

            var scheduler = await SchedulerAsync(ct);
            var audit = broken ? "tampered with: run verify-audit" : anchors.IsStuck ? "anchors cannot be written into Crm:Audit:Anchors" : "ok";
            var degraded = lagging || scheduler != "running" || audit != "ok" || outbox.Values.Any(o => o.Parked > 0 || o.OldestSeconds > LaggingSeconds);
            return new(degraded ? "degraded" : "ready", "ok", "ok", scheduler, Clock, audit, outbox);
        }

        /// <returns>False when there is so much in it that it could not be counted in time: then it lags, and the host serves.</returns>
        private static async Task<bool> TryStateAsync(Dispatcher dispatcher, Dictionary<string, OutboxState> outbox, CancellationToken ct)
        {
            try
            {
                outbox[dispatcher.Schema] = await dispatcher.StateAsync(ct);
                return true;
            }
            catch (Exception e) when (DatabaseTrouble.MayPass(e) && !DatabaseTrouble.IsAway(e))
            {
                return false;
            }
        }

        private async Task<string> SchedulerAsync(CancellationToken ct)
        {
            var scheduler = (await schedulers.GetAllSchedulers(ct)).FirstOrDefault();
            return scheduler is null ? "none" : scheduler.Status.ToString().ToLowerInvariant() is "started" or "running" ? "running" : scheduler.Status.ToString().ToLowerInvariant();
        }
    }
}
