using System.Diagnostics;
using System.Globalization;
using Crm.Build.Machine;
using Npgsql;

namespace Crm.Build.Bench;

/// <summary>What pgbench executes again and again.</summary>
/// <param name="Text">In pgbench's own language.</param>
/// <param name="Variables">Texts that the script names, given from outside.</param>
internal sealed record PgbenchScript(string Text, IReadOnlyDictionary<string, string> Variables);

/// <summary>PostgreSQL's own load generator: as close to the server as a client can be.</summary>
/// <param name="program">Its full path.</param>
/// <param name="connection">Where the database is, with user and password.</param>
/// <param name="folder">Where scripts and latencies are written; made anew each time.</param>
internal sealed class Pgbench(string program, string connection, string folder)
{
    // A log that grows in a round is a file the machine writes; latencies are what it is needed for.
    private const int LatencyColumn = 2;

    /// <summary>Executes the script once; what it did is seen in pg_stat_statements.</summary>
    public Task OnceAsync(PgbenchScript script, CancellationToken ct) => StartAsync(script, ["-t", "1", "-c", "1"], ct);

    /// <summary>One round of load, prepared statements over the extended protocol.</summary>
    public async Task<Turn> RunAsync(PgbenchScript script, int clients, TimeSpan length, CpuMeter meter, CancellationToken ct)
    {
        var before = meter.Read();
        await StartAsync(
            script,
            [
                "-c", $"{clients}", "-j", $"{Math.Min(clients, 2)}", "-T", $"{length.TotalSeconds:0}",
                "--log", "--log-prefix", Path.Combine(folder, "latency"),
            ],
            ct);
        var cpu = meter.Read() - before;
        var latencies = Directory.EnumerateFiles(folder, "latency*").SelectMany(File.ReadLines)
            .Select(line => double.Parse(line.Split(' ')[LatencyColumn], CultureInfo.InvariantCulture) / 1_000).ToArray();
        return Turn.Of(latencies, length.TotalSeconds, cpu);
    }

    private async Task StartAsync(PgbenchScript script, string[] load, CancellationToken ct)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "script.sql");
        await File.WriteAllTextAsync(file, script.Text, ct);

        var to = new NpgsqlConnectionStringBuilder(connection);
        var variables = script.Variables.SelectMany(v => (string[])["-D", $"{v.Key}={v.Value}"]);
        var start = new ProcessStartInfo(program, ["-n", "-M", "prepared", "-f", file, .. load, .. variables, to.Database!]);
        (start.Environment["PGHOST"], start.Environment["PGPORT"]) = (to.Host, to.Port.ToString(CultureInfo.InvariantCulture));
        (start.Environment["PGUSER"], start.Environment["PGPASSWORD"], start.Environment["PGSSLMODE"]) = (to.Username, to.Password, "disable");
        start.Environment["PGOPTIONS"] = "";
        var outcome = await Subprocess.CaptureAsync(start, ct);

        // It also ends well when a client gave up in the middle; then it says so.
        if (!outcome.Succeeded || outcome.Output.Contains("aborted", StringComparison.Ordinal))
            throw new InvalidDataException($"pgbench failed:\n{outcome.LastLines(30)}\n{script.Text}");
    }
}
