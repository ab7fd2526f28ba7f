using System.Text.Json;
using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Commands;
using Crm.Shared.Data;
using Crm.Shared.Privacy;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;
using Shouldly;

namespace Crm.ApiTests.Infrastructure;

/// <summary>The audit of a system, looked at from outside and from behind.</summary>
internal static class AuditUnderTest
{
    /// <summary>The keys of the hosts under test.</summary>
    public static KeyRing Keys(this CrmSystem system) => KeyRing.Open(system.Server.Secrets, create: false);

    /// <summary>The entries about a record, as the auditor reads them, newest first.</summary>
    public static Task<IReadOnlyList<JsonElement>> AuditAsync(this Api auditor, Guid subject) => auditor.ListAsync($"/api/v1/audit?subjectId={subject}");

    /// <summary>Waits until no entry waits for its seal any more.</summary>
    public static Task SealedAsync(this CrmSystem system) => Eventually.BecomesAsync(
        () => system.ScalarAsync<long>(string.Join(" + ", Schemas(system).Select(s =>
            $"(SELECT count(*) FROM {s}.audit_entries e WHERE NOT EXISTS (SELECT FROM {s}.audit_seal_entries l WHERE l.entry_id = e.id))").Prepend("SELECT 0"))),
        waiting => waiting == 0, "everything is sealed");

    /// <summary>What the verifier finds.</summary>
    public static async Task<IReadOnlyList<AuditFinding>> VerifyAsync(this CrmSystem system)
    {
        await using var connection = await system.OpenSuperuserAsync();
        var findings = new List<AuditFinding>();
        foreach (var schema in Schemas(system)) findings.AddRange(await FindAsync(connection, schema, system.Keys()));
        return findings;
    }

    /// <summary>What the verifier finds in one schema, as this connection sees it.</summary>
    public static async Task<IReadOnlyList<AuditFinding>> FindAsync(NpgsqlConnection connection, string schema, KeyRing? keys, params Witness[] witnesses)
    {
        var findings = new List<AuditFinding>();
        var verification = new AuditVerification(schema, connection, keys, witnesses.ToLookup(w => w.Seal));
        await foreach (var finding in verification.FindAsync(ChainEnd.Beginning, CancellationToken.None)) findings.Add(finding);
        return findings;
    }

    /// <summary>An entry as a host would write it.</summary>
    public static AuditEntry Entry(this CrmSystem system, string schema, string subject)
    {
        var context = new CommandContext { Caller = new Caller("demo.admin", "demo.admin", new Dictionary<string, ProjectScope>()) };
        return new AuditEntry("TestEntry", new Deed("test", subject, "demo", SystemClock.Instance.GetCurrentInstant()), context).Mark(schema, system.Keys());
    }

    /// <summary>Writes an entry, as this connection.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, string schema, AuditEntry entry)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { AuditRows.Insert(schema, entry) } };
        (await batch.ExecuteNonQueryAsync()).ShouldBe(1);
    }

    /// <summary>Runs a statement that must touch something.</summary>
    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        (await command.ExecuteNonQueryAsync()).ShouldBeGreaterThan(0, sql);
    }

    /// <summary>All seals of a schema, in order.</summary>
    public static async Task<List<AuditSeal>> SealsAsync(NpgsqlConnection connection, string schema)
    {
        await using var command = new NpgsqlCommand(AuditRows.SealsAfter(schema), connection) { Parameters = { new() { Value = 0L }, new() { Value = 1_000_000 } } };
        await using var reader = await command.ExecuteReaderAsync();
        var seals = new List<AuditSeal>();
        while (await reader.ReadAsync()) seals.Add(AuditRows.ReadSeal(reader));
        return seals;
    }

    private static IEnumerable<string> Schemas(CrmSystem system) => system.Host.Services.GetServices<Module>().Select(m => m.Schema);
}
