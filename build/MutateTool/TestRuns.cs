using System.Diagnostics;
using System.Text.RegularExpressions;
using Crm.Build.Machine;
using Crm.Build.Postgres;
using Npgsql;

namespace Crm.Build.Mutate;

/// <summary>Runs groups of tests, each in a process of its own that is ended at the first failure.</summary>
/// <param name="clone">Where the tests are.</param>
/// <param name="server">Where their databases are; empty but for them.</param>
/// <param name="scratch">For their temporary files.</param>
internal sealed partial class TestRuns(MutatedClone clone, DatabaseServer server, string scratch)
{
    /// <summary>Runs a group.</summary>
    /// <param name="group">Which.</param>
    /// <param name="mutant">Which mutant is awake; 0 for none.</param>
    /// <param name="reach">A file to write the mutants into that were come to; null for none.</param>
    /// <param name="patience">When to give up.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The first test that failed; null when all passed.</returns>
    public async Task<string?> FirstFailureAsync(TestGroup group, int mutant, string? reach, TimeSpan patience, CancellationToken ct)
    {
        var failed = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var process = new Process { StartInfo = Start(group, mutant, reach) };
        process.OutputDataReceived += (_, line) => Listen(line.Data);
        process.ErrorDataReceived += (_, line) => Listen(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(patience);
        try
        {
            var ended = process.WaitForExitAsync(deadline.Token);
            if (await Task.WhenAny(ended, failed.Task) == failed.Task) return await failed.Task;
            await ended;
            return failed.Task.IsCompleted ? await failed.Task : process.ExitCode == 0 ? null : $"(exit code {process.ExitCode})";
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Verdict.Deadline;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
                await ClearAsync(ct);
            }
        }

        void Listen(string? line)
        {
            if (Failure().Match(line ?? "") is { Success: true } failure) failed.TrySetResult(failure.Groups[1].Value);
        }
    }

    private ProcessStartInfo Start(TestGroup group, int mutant, string? reach)
    {
        var program = clone.Program(group.Project);
        var start = new ProcessStartInfo(Executables.Dotnet, [program, "-noLogo", "-noColor", "-stopOnFail", .. group.Classes.SelectMany(c => (string[])["-class", $"*.{c}"])])
        {
            WorkingDirectory = Path.GetDirectoryName(program), RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["MUTATION"] = $"{mutant}";
        if (reach is not null) start.Environment["MUTATION_REACH"] = reach;
        start.Environment["TMPDIR"] = scratch;
        start.Environment["CRM_TEST_TEMPLATE"] = Path.Combine(scratch, "template");
        start.Environment[DatabaseServer.Override] = server.SuperuserConnectionString("crm");
        return start;
    }

    /// <summary>What a process that was ended could not put away itself.</summary>
    private async Task ClearAsync(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.SuperuserConnectionString("postgres")) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("SELECT array_agg(datname::text) FROM pg_database WHERE datname LIKE 'crm\\_test\\_%'", connection);
        foreach (var left in await command.ExecuteScalarAsync(ct) as string[] ?? []) await server.DropDatabaseAsync(left, ct);
    }

    [GeneratedRegex(@"^\s*Crm\.\w+\.(\S+?)(\(.*)? \[FAIL\]")]
    private static partial Regex Failure();
}
