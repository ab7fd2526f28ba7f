using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Data;
using Crm.Shared.Events;
using Crm.Shared.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crm.Organization.Customers;

/// <summary>How far the walk through the records of one kind has come.</summary>
internal sealed class CustomerBackfill
{
    public required string SubjectKind { get; init; }

    /// <summary>Records up to this id have been looked at.</summary>
    public required Guid Position { get; init; }
}

/// <summary>
/// ORG-16: what was recorded before the directory knew of it is linked too: a walk through the modules' records in the order they were made,
/// a few at a time with a pause between, so that nothing else waits for it. Where it stands is committed with what it did: it goes on there,
/// on whichever host. At the end it goes on looking, a minute behind, for what came from a host of an earlier version.
/// </summary>
internal sealed partial class BackfillJob(IServiceScopeFactory scopes, OutboxSignal<OrganizationDb> signal, TrustedTime time, ILogger<BackfillJob> logger)
    : Rounds(TimeSpan.FromSeconds(30), "Linking records from before with their customers", logger, firstAfter: TimeSpan.FromSeconds(30))
{
    private const int Piece = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250), Behind = TimeSpan.FromMinutes(1);

    /// <summary>Whoever becomes known is dated.</summary>
    protected override bool IsOurs => time.IsTrusted;

    /// <summary>Links everything that was made before an identity and is nobody's yet.</summary>
    /// <returns>How many records were linked.</returns>
    public async Task<int> WalkAsync(Guid before, TimeSpan pause, CancellationToken ct)
    {
        var linked = 0;
        await using var kinds = scopes.CreateAsyncScope();
        foreach (var kind in kinds.ServiceProvider.GetServices<ICustomerSubjects>().Select(s => s.Kind))
        {
            while (await PieceAsync(kind, before, ct) is var (looked, found) && looked > 0)
            {
                linked += found;
                await Task.Delay(pause, ct);
            }
        }

        return linked;
    }

    protected override async Task RoundAsync(CancellationToken ct)
    {
        if (await WalkAsync(Ids.FirstOf(TimeProvider.System.GetUtcNow().UtcDateTime - Behind), Pause, ct) is var linked and > 0) LogLinked(linked);
    }

    /// <returns>How many records were looked at, and how many of them linked; (0, 0) at the end, and while another host is at it.</returns>
    private async Task<(int Looked, int Linked)> PieceAsync(string kind, Guid before, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (db, book) = (scope.ServiceProvider.GetRequiredService<OrganizationDb>(), scope.ServiceProvider.GetRequiredService<CustomerBook>());
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await TakePositionAsync(db, kind, ct) is not { } position || position.CompareTo(before) >= 0) return (0, 0);
        var records = await scope.ServiceProvider.GetServices<ICustomerSubjects>().Single(s => s.Kind == kind).ListUnlinkedAsync(position, before, Piece, ct);
        var linked = 0;
        foreach (var record in records)
            if (await book.MeetAsync(kind, record, ct) is null) linked++;
        await db.SaveChangesAsync(ct);
        // Less than a piece: all that was made before has been looked at.
        var reached = records.Count < Piece ? before : records[^1];
        await db.Set<CustomerBackfill>().Where(b => b.SubjectKind == kind).ExecuteUpdateAsync(set => set.SetProperty(b => b.Position, reached), ct);
        await transaction.CommitAsync(CancellationToken.None);
        signal.Wake();
        return (records.Count, linked);
    }

    /// <summary>Null while another host is at it.</summary>
    private static async Task<Guid?> TakePositionAsync(OrganizationDb db, string kind, CancellationToken ct)
    {
        await using var batch = db.Batch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("INSERT INTO organization.customer_backfills (subject_kind, position) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        {
            Parameters = { new() { Value = kind }, new() { Value = Guid.Empty } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT position FROM organization.customer_backfills WHERE subject_kind = $1 FOR UPDATE SKIP LOCKED") { Parameters = { new() { Value = kind } } });
        return (Guid?)await batch.ExecuteScalarAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} records from before were linked with their customers")]
    private partial void LogLinked(int count);
}
