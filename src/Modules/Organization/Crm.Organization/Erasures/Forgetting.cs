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
        var (own, now) = (new List<ErasureItem>(), clock.GetCurrentInstant());
        foreach (var kind in kinds)
            foreach (var record in await kind.FindAsync(phone, ct)) own.Add(ErasureItem.Of(kind.Module, record, of: null, now));
        return await WithBelongingsAsync(own, ct);
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
        var (item, now) = (await db.Set<ErasureItem>().SingleAsync(i => i.Id == due.ItemId, ct), clock.GetCurrentInstant());
        if (outcome is null) item.TryLater(now);
        else item.Tried(outcome, now);
        if (item.ErasedAt is not null) await ReleaseAsync(item, ct);
        await db.SaveChangesAsync(ct);
        if (!await db.Set<ErasureItem>().AnyAsync(i => i.ErasureId == due.ErasureId && i.ErasedAt == null, ct))
        {
            (await db.Erasures.SingleAsync(e => e.Id == due.ErasureId, ct)).Complete(now);
            await db.SaveChangesAsync(ct);
        }

        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>A record is erased: it is the turn of what belongs to it, also of what has come to it since the order. Of thousands only these are read.</summary>
    private async Task ReleaseAsync(ErasureItem erased, CancellationToken ct)
    {
        var its = await OfAsync([erased], ct);
        var erasure = await db.Erasures.SingleAsync(e => e.Id == erased.ErasureId, ct);
        await db.Set<ErasureItem>().Where(i => i.ErasureId == erasure.Id && i.Belongs == erased.RecordId).LoadAsync(ct);
        await LoadAsync(erasure, its, ct);
        // What belongs to something known is asked for when that is erased.
        if (its.Where(i => !erasure.Knows(i)).ToArray() is { Length: > 0 } unknown)
        {
            var found = await WithBelongingsAsync(unknown, ct);
            await LoadAsync(erasure, found, ct);
            erasure.Take(found);
        }

        erasure.Release(erased, its);
    }

    /// <summary>Those of the erasure's items that are the same as these.</summary>
    private Task LoadAsync(Erasure erasure, IReadOnlyList<ErasureItem> same, CancellationToken ct)
    {
        var records = same.Select(i => i.RecordId).ToArray();
        return db.Set<ErasureItem>().Where(i => i.ErasureId == erasure.Id && records.Contains(i.RecordId)).LoadAsync(ct);
    }

    /// <summary>These, and what belongs to them, each once. One question for each kind and generation, however many there are.</summary>
    private async Task<IReadOnlyList<ErasureItem>> WithBelongingsAsync(IReadOnlyList<ErasureItem> items, CancellationToken ct)
    {
        var found = new OrderedDictionary<(string Kind, Guid RecordId), ErasureItem>();
        while (true)
        {
            var unknown = items.Where(i => found.TryAdd(i.Key, i)).ToArray();
            if (unknown.Length == 0) return [.. found.Values];
            items = await OfAsync(unknown, ct);
        }
    }

    /// <summary>What belongs to these records themselves.</summary>
    private async Task<IReadOnlyList<ErasureItem>> OfAsync(IReadOnlyList<ErasureItem> owners, CancellationToken ct)
    {
        var (its, now) = (new List<ErasureItem>(), clock.GetCurrentInstant());
        var byId = owners.ToDictionary(o => o.RecordId);
        foreach (var kind in kinds)
        {
            foreach (var belonging in (await kind.FindOfAsync([.. byId.Keys], ct)).GroupBy(b => b.Record.Id))
            {
                // It goes with the first of its owners that is erased: with one that need not be kept, where there is one.
                var first = belonging.Select(b => byId[b.To]).MinBy(o => (o.KeptWhy is not null, o.RecordId))!;
                its.Add(ErasureItem.Of(kind.Module, belonging.First().Record, first, now));
            }
        }

        return its;
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
