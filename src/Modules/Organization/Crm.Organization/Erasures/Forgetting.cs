using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Data;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;
using Npgsql;

namespace Crm.Organization.Erasures;

/// <summary>ORG-12: finds what all modules hold of a person, and lets them erase it, record by record, each once, whichever host does it.</summary>
internal sealed partial class Forgetting(OrganizationDb db, IEnumerable<Erasing> kinds, IServiceScopeFactory scopes, IClock clock, ILogger<Forgetting> logger)
{
    /// <summary>So long others leave alone what one has taken; whose host has died, it is anybody's again.</summary>
    private static readonly Duration Lease = Duration.FromSeconds(15);

    /// <summary>Everything that is known of the person, and what belongs to it.</summary>
    public async Task<IReadOnlyList<ErasureItem>> FindAsync(Phone phone, CancellationToken ct)
    {
        var found = new List<ErasureItem>();
        foreach (var kind in kinds)
            foreach (var record in await kind.FindAsync(phone, ct)) found.Add(ErasureItem.Of(kind.Module, record, of: null, clock.GetCurrentInstant()));
        foreach (var own in found.ToArray()) await AddAsync(await OfAsync(own, ct), found, ct);
        return found;
    }

    /// <summary>Does what is due, record by record. Hosts share the work: what one has taken, the others pass over.</summary>
    /// <returns>How many records were looked at.</returns>
    public async Task<int> SweepAsync(CancellationToken ct)
    {
        for (var looked = 0; ; looked++)
        {
            if (await TakeDueAsync(ct) is not { } due) return looked;
            var outcome = await TryAsync(due, ct);
            await WriteDownAsync(due, outcome, ct);
        }
    }

    /// <summary>The module erases in a transaction of its own, and nothing is held meanwhile: if we get no further, the next attempt finds it done.</summary>
    /// <returns>Null when it failed: one record that cannot be erased must not hold up the others.</returns>
    private async Task<ErasureOutcome?> TryAsync(Due due, CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            return await scope.ServiceProvider.GetServices<Erasing>().Single(k => k.Kind == due.Kind).EraseAsync(due.RecordId, due.By, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogFailed(due.Kind, DatabaseTrouble.KindOf(e));
            return null;
        }
    }

    private async Task WriteDownAsync(Due due, ErasureOutcome? outcome, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.LockAsync<Erasure>(due.ErasureId, ct);
        var (erasure, now) = (await db.Erasures.Include(e => e.Items).SingleAsync(e => e.Id == due.ErasureId, ct), clock.GetCurrentInstant());
        var item = erasure.Items.Single(i => i.Id == due.ItemId);
        if (outcome is null) item.TryLater(now);
        else item.Tried(outcome, now);
        if (item.ErasedAt is not null)
        {
            var (its, belongs) = (await OfAsync(item, ct), new List<ErasureItem>());
            await AddAsync(its, belongs, ct);
            erasure.Take(belongs);
            // Also what was found by another record it belongs to besides: it goes with the first of them.
            foreach (var next in erasure.Items.Where(i => i.Belongs == item.RecordId || its.Any(i.IsSame))) next.Follow(now);
        }

        erasure.Settle(now);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>What belongs to a record itself.</summary>
    private async Task<IReadOnlyList<ErasureItem>> OfAsync(ErasureItem own, CancellationToken ct)
    {
        var its = new List<ErasureItem>();
        foreach (var kind in kinds)
            foreach (var record in await kind.FindOfAsync([own.RecordId], ct)) its.Add(ErasureItem.Of(kind.Module, record, own, clock.GetCurrentInstant()));
        return its;
    }

    /// <summary>Adds these, and what belongs to them, each once.</summary>
    private async Task AddAsync(IReadOnlyList<ErasureItem> items, List<ErasureItem> found, CancellationToken ct)
    {
        foreach (var item in items)
        {
            if (found.Any(item.IsSame)) continue;
            found.Add(item);
            await AddAsync(await OfAsync(item, ct), found, ct);
        }
    }

    private async Task<Due?> TakeDueAsync(CancellationToken ct)
    {
        var now = clock.GetCurrentInstant();
        await using var held = await db.HoldConnectionAsync(ct);
        await using var batch = db.Batch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            UPDATE organization.erasure_items i SET next_look_at = $2 FROM organization.erasures e
            WHERE e.id = i.erasure_id AND i.id = (SELECT id FROM organization.erasure_items WHERE next_look_at <= $1 ORDER BY next_look_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING i.id, i.erasure_id, i.kind, i.record_id, e.requested_by
            """)
        {
            Parameters = { new() { Value = now.ToDateTimeUtc() }, new() { Value = (now + Lease).ToDateTimeUtc() } },
        });
        await using var row = await batch.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new Due(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetGuid(3), row.GetString(4)) : null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A {Kind} could not be erased and is tried again in a minute: {Failure}")]
    private partial void LogFailed(string kind, string failure);

    private sealed record Due(Guid ItemId, Guid ErasureId, string Kind, Guid RecordId, string By);
}
