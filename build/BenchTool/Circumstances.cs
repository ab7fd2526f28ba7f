using System.Globalization;
using System.Runtime.InteropServices;
using Crm.Build.Machine;
using NodaTime;

namespace Crm.Build.Bench;

/// <summary>What a figure depends on and a reader must know: machine, versions, settings, and the command that repeats it.</summary>
internal static class Circumstances
{
    private static readonly string[] Settings =
    [
        "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size", "checkpoint_timeout", "jit", "track_commit_timestamp",
        "pg_stat_statements.track",
    ];

    public static async Task<string> TellAsync(Part part, BenchOptions options, BenchGround ground, double began, CancellationToken ct)
    {
        var command = string.Create(
            CultureInfo.InvariantCulture,
            $"""
             ./build/bench {part.Name} --seconds {options.Round.TotalSeconds:0} --rounds {options.Rounds} --clients {string.Join(',', options.Clients)} --cases {options.Cases} --backlog {options.Backlog}
             """);
        var commit = await Subprocess.CaptureAsync("git", ["-C", Repository.Root, "describe", "--always", "--dirty"], ct);
        var now = SystemClock.Instance.GetCurrentInstant();
        return $"""
            {now:uuuu-MM-dd HH:mm} UTC, commit {commit.Output.Trim()}. {await ground.VersionAsync(ct)}, .NET {Environment.Version},
            {RuntimeInformation.OSDescription.Trim()}, {Processor()}, {Environment.ProcessorCount} cores shared by hosts, PostgreSQL and load generator.
            Other load on the machine when it began: {began.ToString("0.0", CultureInfo.InvariantCulture)} (one-minute average).
            Settings: {string.Join(", ", await ground.SettingsAsync(Settings, ct))}.

            Repeat it: `{command}{(options.Large ? " --large" : "")}`
            """;
    }

    private static string Processor()
    {
        const string Info = "/proc/cpuinfo";
        var line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':')[1].Trim() ?? RuntimeInformation.OSArchitecture.ToString();
    }
}
