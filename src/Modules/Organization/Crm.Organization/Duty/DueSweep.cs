using Crm.Organization.Data;
using Crm.Shared.Clocks;
using Crm.Shared.Data;
using Crm.Shared.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>
/// Does what is due for rows that say when it is. Runs with the clocks, on every host: row locks decide who does it, and what is done is not due
/// any more.
/// </summary>
/// <typeparam name="TRow">The rows.</typeparam>
/// <param name="due">The member that says when; null for not.</param>
/// <param name="scopes">Where a sweep's database comes from.</param>
/// <param name="clock">The domain's clock.</param>
/// <param name="logger">Hears of what could not be done.</param>
internal abstract partial class DueSweep<TRow>(string due, IServiceScopeFactory scopes, IClock clock, ILogger logger) : ClockSweep
    where TRow : Aggregate
{
    private const int Batch = 100;

    public override async Task<int> RunAsync(CancellationToken ct)
    {
        var handled = 0;
        try
        {
            while (await ActAsync(ct) is var done and > 0) handled += done;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogLater(logger, typeof(TRow).Name, DatabaseTrouble.KindOf(e));
        }

        return handled;
    }

    public override async Task<Instant?> NextDueAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<OrganizationDb>().Set<TRow>().Select(r => EF.Property<Instant?>(r, due)).Where(at => at != null).OrderBy(at => at).FirstOrDefaultAsync(ct);
    }

    /// <summary>Does it for rows that are locked, so that they are due no more; saving is the caller's.</summary>
    protected abstract Task ActAsync(IServiceProvider services, IReadOnlyList<TRow> rows, Instant now, CancellationToken ct);

    private async Task<int> ActAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OrganizationDb>();
        var now = clock.GetCurrentInstant();
        var waiting = db.Set<TRow>().Where(r => EF.Property<Instant?>(r, due) != null && EF.Property<Instant?>(r, due) <= now);
        var ids = await waiting.OrderBy(r => EF.Property<Instant?>(r, due)).Select(r => r.Id).Take(Batch).ToArrayAsync(ct);
        if (ids.Length == 0) return 0;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var free = await db.LockFreeRowsAsync<TRow>(ids, ct);
        var rows = await waiting.Where(r => free.Contains(r.Id)).ToListAsync(ct);
        await ActAsync(scope.ServiceProvider, rows, now, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(CancellationToken.None);
        if (rows.Count > 0) scope.ServiceProvider.GetRequiredService<OutboxSignal<OrganizationDb>>().Wake();
        return rows.Count;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is due for {Row} is done later: {Failure}")]
    private static partial void LogLater(ILogger logger, string row, string failure);
}

/// <summary>ORG-04: tells those who are to know once more of open hours that begin soon.</summary>
internal sealed class ReminderSweep(IServiceScopeFactory scopes, IClock clock, ILogger<ReminderSweep> logger) : DueSweep<ShiftSlot>(nameof(ShiftSlot.RemindAt), scopes, clock, logger)
{
    protected override async Task ActAsync(IServiceProvider services, IReadOnlyList<ShiftSlot> rows, Instant now, CancellationToken ct)
    {
        var gaps = await services.GetRequiredService<OpenHours>().GapsAsync(rows, ct);
        foreach (var slot in rows) slot.Remind(gaps[slot.Id], now);
    }
}
