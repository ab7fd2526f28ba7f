using System.Diagnostics;
using Crm.Build.Machine;
using Crm.Build.Postgres;

namespace Crm.Build.Commands;

/// <summary><c>build/test</c>: all tests, on a machine that has only the .NET SDK.</summary>
internal static class TestCommand
{
    private const string Usage = """
        build/test [options]

        Installs what the tests need and the machine lacks (PostgreSQL; as root, Chromium and nginx), and runs all tests. The last line is
        "N passed, N failed". Exit code 0 when tests ran and none failed.

          --filter X   only the tests that match, as in dotnet test --filter X
          --help       this text

        Environment: CRM_DATABASE and CRM_POSTGRES, see build/run --help.
        """;

    public static async Task<int> RunAsync(string[] args, CancellationToken ct)
    {
        var arguments = new Arguments(args, Usage);
        if (arguments.AskForHelp()) return 0;
        var filter = arguments.Value("--filter");
        arguments.End();

        if (Environment.GetEnvironmentVariable(DatabaseServer.Override) is not { Length: > 0 })
            Console.WriteLine($"database server: {(await PostgresBinaries.FindAsync(Console.WriteLine, ct)).Origin}");
        foreach (var program in (TestProgram[])[TestProgram.Chromium, TestProgram.Nginx]) await program.ProvisionAsync(Console.WriteLine, ct);

        // Built apart, so that a project that does not compile is no test run with fewer tests.
        if (await Subprocess.PassThroughAsync(Dotnet("build", "-v", "quiet"), ct) is not 0)
            throw new ToolFailureException("The solution does not build.");

        var results = Directory.CreateTempSubdirectory("crm-results-").FullName;
        try
        {
            var chosen = filter is null ? (string[])[] : ["--filter", filter];
            var run = Dotnet("test", ["--no-build", "--logger", "trx", "--results-directory", results, .. chosen]);
            var exitCode = await Subprocess.PassThroughAsync(run, ct);
            return Close(TestTally.Read(results), exitCode);
        }
        finally
        {
            Directory.Delete(results, recursive: true);
        }
    }

    private static ProcessStartInfo Dotnet(string verb, params IEnumerable<string> options) =>
        new(Executables.Dotnet, [verb, Repository.Solution, "-c", "Release", "--nologo", "--tl:off", .. options]);

    /// <summary>The reckoning: also what <c>dotnet test</c> calls a success, a filter that matches nothing, is a failure here.</summary>
    private static int Close(TestTally tally, int exitCode)
    {
        Console.WriteLine("\nWhere the time went:");
        foreach (var (name, tests, took) in tally.Slowest) Console.WriteLine($"  {took.TotalSeconds,6:0} s  {name} ({tests})");
        Console.WriteLine();
        var isAllRight = exitCode == 0 && tally.Failed == 0 && tally.Passed > 0;
        if (tally.Passed + tally.Failed == 0) Console.WriteLine("No test ran.");
        else if (exitCode != 0 && tally.Failed == 0)
            Console.WriteLine($"dotnet test ended with exit code {exitCode}, for no failed test: see above.");
        Console.WriteLine($"{tally.Passed} passed, {tally.Failed} failed{(tally.Skipped > 0 ? $", {tally.Skipped} skipped" : "")}");
        return isAllRight ? 0 : Math.Max(exitCode, 1);
    }
}
