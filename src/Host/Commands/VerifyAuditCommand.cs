using System.Diagnostics;
using Crm.Shared.Audit;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Npgsql;

namespace Crm.Host.Commands;

/// <summary><c>verify-audit</c>: every row of the audit, of every module, held against its mark and its chain (ORG-10).</summary>
internal static class VerifyAuditCommand
{
    public const string Usage = """
        Crm.Host verify-audit

        Looks whether the audit is as the hosts have left it: that each entry and each seal was written by a host, that nothing sealed was
        changed, taken out or put there since, and that nothing was passed over. Names each row that is not well, and what is wrong with it.
        Hosts go on serving meanwhile. Ends with 0 when all is well, with 1 when not.

          CRM_MIGRATION_DATABASE   connection string of the owner, as for migrate; another role that may read the schemas will do
          Crm__Secrets             the folder with keys.json
        """;

    /// <exception cref="BrokenRule">Something is not as the hosts have left it.</exception>
    public static async Task RunAsync(CommandLine words, CancellationToken ct)
    {
        words.End();
        var (owner, keys, _) = Owner.ReadWithKeys();
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(owner) { CommandTimeout = 0 }.ConnectionString);
        await connection.OpenAsync(ct);
        var (started, rows, findings) = (Stopwatch.GetTimestamp(), 0L, 0L);
        foreach (var schema in Modules.Registered<Module>().Select(m => m.Schema))
        {
            var verification = new AuditVerification(schema, connection, keys, Array.Empty<Witness>().ToLookup(w => w.Seal));
            await foreach (var finding in verification.FindAsync(ChainEnd.Beginning, ct))
            {
                findings++;
                Console.WriteLine(finding);
            }

            rows += verification.Entries + verification.Seals + verification.Waiting;
            Console.WriteLine($"{schema,-14} {verification.Entries,12:N0} entries under {verification.Seals,9:N0} seals, {verification.Waiting} waiting for theirs; the last is {verification.End.Seal} {Convert.ToHexStringLower(verification.End.Hash)}");
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine($"{rows:N0} rows in {seconds:N1} s, {rows / seconds:N0} a second.");
        if (findings > 0) throw new BrokenRule("ORG-10", new Text($"The audit is not as the hosts have left it. Findings: {findings}.", $"审计记录已被改动。问题数：{findings}。"));
        Console.WriteLine("The audit is as the hosts have left it.");
    }
}
