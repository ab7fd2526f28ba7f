using Crm.Shared.Commands;
using Crm.Shared.Data;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Shared.Audit;

/// <summary>A record whose personal data an answer shows.</summary>
/// <param name="Kind">The kind of record.</param>
/// <param name="Id">Its id; or a word, where the answer is that there is none.</param>
/// <param name="Project">Its project.</param>
public sealed record ShownRecord(string Kind, string Id, string? Project);

/// <summary>
/// ORG-10: who saw personal data in full, or looked somebody up by it. One entry for each record, written before the answer goes out: where
/// it cannot be written, nothing is shown. Reads that show nothing of the kind write nothing.
/// </summary>
public sealed class AuditedReads(CommandContext context, KeyRing keys, IClock clock)
{
    /// <summary>Writes down what is about to be shown, in one round trip.</summary>
    /// <param name="db">The module that shows it.</param>
    /// <param name="action">The question's name.</param>
    /// <param name="shown">Each record.</param>
    /// <param name="ct">Cancels it; then nothing is shown either.</param>
    public async Task WriteAsync(ModuleDb db, string action, IEnumerable<ShownRecord> shown, CancellationToken ct)
    {
        var now = clock.GetCurrentInstant();
        await using var held = await db.HoldConnectionAsync(ct);
        // All of it or nothing: the server takes what is sent together as one transaction.
        await using var batch = db.Batch();
        foreach (var record in shown) batch.BatchCommands.Add(AuditRows.Insert(db.Schema, new AuditEntry(action, new Deed(record.Kind, record.Id, record.Project, now), context).Mark(db.Schema, keys)));
        await batch.ExecuteNonQueryAsync(ct);
    }
}
