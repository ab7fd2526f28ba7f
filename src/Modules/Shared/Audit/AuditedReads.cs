using Crm.Shared.Commands;
using Crm.Shared.Data;
using Crm.Shared.Privacy;
using NodaTime;
using Npgsql;

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
        await using var held = await db.HoldConnectionAsync(ct);
        await using var batch = db.Batch();
        await WriteAsync(batch, db.Schema, action, shown, ct);
    }

    /// <summary>The same where a question is asked past the module's context, on a connection of its own.</summary>
    /// <param name="source">The module's connections.</param>
    /// <param name="schema">The module's schema.</param>
    /// <param name="action">The question's name.</param>
    /// <param name="shown">Each record.</param>
    /// <param name="ct">Cancels it; then nothing is shown either.</param>
    public async Task WriteAsync(NpgsqlDataSource source, string schema, string action, IEnumerable<ShownRecord> shown, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        await WriteAsync(batch, schema, action, shown, ct);
    }

    /// <summary>All of it or nothing: the server takes what is sent together as one transaction.</summary>
    private async Task WriteAsync(NpgsqlBatch batch, string schema, string action, IEnumerable<ShownRecord> shown, CancellationToken ct)
    {
        var now = clock.GetCurrentInstant();
        foreach (var record in shown) batch.BatchCommands.Add(AuditRows.Insert(schema, new AuditEntry(action, new Deed(record.Kind, record.Id, record.Project, now), context).Mark(schema, keys)));
        await batch.ExecuteNonQueryAsync(ct);
    }
}
