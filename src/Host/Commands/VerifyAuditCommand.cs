using System.Diagnostics;
using Crm.Shared.Audit;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using Npgsql;

namespace Crm.Host.Commands;

/// <summary><c>verify-audit</c>: every row of the audit, of every module, held against its mark, its chain and the anchors that have left the database (ORG-10).</summary>
internal static class VerifyAuditCommand
{
    public const string Usage = """
        Crm.Host verify-audit [--anchors FOLDER] [--public-key FILE]

        Looks whether the audit is as the hosts have left it: that each entry and each seal was written by a host, that nothing sealed was
        changed, taken out or put there since, that nothing was passed over, and that each chain still is the one the anchors have seen. Names
        each row that is not well, and what is wrong with it. Hosts go on serving meanwhile. Ends with 0 when all is well, with 1 when not.

          --anchors FOLDER         anchor files to hold it against (the setting Crm:Audit:Anchors, where there is one)
          --public-key FILE        the key the anchors are checked with, as audit-key prints it; without it, that of keys.json
          CRM_MIGRATION_DATABASE   connection string of the owner, as for migrate; another role that may read the schemas will do
          Crm__Secrets             the folder with keys.json; an auditor who has only --public-key leaves it out, and then marks are not checked
        """;

    /// <exception cref="BrokenRule">Something is not as the hosts have left it.</exception>
    public static async Task RunAsync(CommandLine words, CancellationToken ct)
    {
        var (folder, publicKeyFile) = (words.Value("--anchors", longest: 4_096), words.Value("--public-key", longest: 4_096));
        words.End();
        var asAuditor = publicKeyFile is not null && string.IsNullOrEmpty(Owner.Configuration["Crm:Secrets"]);
        var (owner, keys, configured) = asAuditor ? new Sources(Owner.Read(), Keys: null, Anchors: null) : Sources.OfInstallation();
        var publicKey = publicKeyFile is null ? keys!.AnchorPublicKey : await ReadAsync(publicKeyFile, ct);
        var outside = ReadAnchors(folder ?? configured, publicKey);

        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(owner) { CommandTimeout = 0 }.ConnectionString);
        await connection.OpenAsync(ct);
        var (started, rows, findings) = (Stopwatch.GetTimestamp(), 0L, 0L);
        foreach (var unsigned in outside.Where(a => a.Anchor is null)) Report($"{unsigned.Source} is not signed with this key: it was changed or put there");
        foreach (var schema in Modules.Registered<Module>().Select(m => m.Schema))
        {
            var inDatabase = await AnchorRows.ReadAsync(connection, schema, publicKey, ct);
            foreach (var unsigned in inDatabase.Where(a => a.Anchor is null)) Report($"{unsigned.Source} is not signed with this key: it was changed or put there");
            var witnesses = outside.Concat(inDatabase).Where(a => a.Anchor?.Schema == schema && a.Anchor.Seal > 0).ToLookup(a => a.Anchor!.Seal, a => new Witness(a.Anchor!.Seal, a.Anchor.Hash, a.Source));
            var verification = new AuditVerification(schema, connection, keys, witnesses);
            await foreach (var finding in verification.FindAsync(ChainEnd.Beginning, ct)) Report(finding.ToString());
            rows += verification.Entries + verification.Seals + verification.Waiting;
            Console.WriteLine($"{schema,-14} {verification.Entries,12:N0} entries under {verification.Seals,9:N0} seals, {verification.Waiting} waiting for theirs, {witnesses.Count} anchors; the last is {verification.End.Seal} {Convert.ToHexStringLower(verification.End.Hash)}");
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine($"{rows:N0} rows in {seconds:N1} s, {rows / seconds:N0} a second.{(keys is null ? " Without keys.json: marks were not checked." : "")}");
        if (findings > 0) throw new BrokenRule("ORG-10", new Text($"The audit is not as the hosts have left it. Findings: {findings}.", $"审计记录已被改动。问题数：{findings}。"));
        Console.WriteLine("The audit is as the hosts have left it.");

        void Report(string finding)
        {
            findings++;
            Console.WriteLine(finding);
        }
    }

    /// <summary>What the audit is held against.</summary>
    private sealed record Sources(string Connection, KeyRing? Keys, string? Anchors)
    {
        public static Sources OfInstallation()
        {
            var (connection, keys, settings) = Owner.ReadWithKeys();
            return new(connection, keys, settings.Audit.Anchors);
        }
    }

    private static List<SeenAnchor> ReadAnchors(string? folder, string publicKey)
    {
        if (folder is null) return [];
        if (!Directory.Exists(folder)) throw new UsageException($"There is no folder {folder}.");
        return [.. AnchorFolder.ReadLines(folder).Select(l => new SeenAnchor(l.File, Anchor.Read(l.Line, publicKey)))];
    }

    private static async Task<string> ReadAsync(string file, CancellationToken ct) =>
        File.Exists(file) ? await File.ReadAllTextAsync(file, ct) : throw new UsageException($"There is no file {file}.");
}
