using Crm.Build.Machine;

namespace Crm.Build.Commands;

/// <summary><c>build/publish</c>: a folder that runs where there is no .NET.</summary>
internal static class PublishCommand
{
    private const string Usage = """
        build/publish [DIR] [options]

        Writes the host, compiled ahead of time and with its own .NET runtime, into a folder that runs on a machine without either; beside
        it the unit for systemd, examples for nginx and Docker, and the documents for operators (begin with docs/operations/install.md).

          DIR                     the folder (publish, in the clone); what an earlier publish left in it is replaced
          --runtime RID           the machine it is for: linux-x64, linux-arm64, linux-musl-x64, … (linux-x64)
          --framework-dependent   without a runtime: for machines that have ASP.NET Core 10
          --help                  this text

        Where the package feed has no runtime or no ahead-of-time compiler for the machine, the folder is made framework-dependent, and
        the last line says so.
        """;

    public static async Task<int> RunAsync(string[] args, CancellationToken ct)
    {
        var arguments = new Arguments(args, Usage);
        if (arguments.AskForHelp()) return 0;
        var (runtime, small) = (arguments.Value("--runtime") ?? "linux-x64", arguments.Flag("--framework-dependent"));
        var folder = Path.GetFullPath(arguments.Rest() ?? Path.Combine(Repository.Root, "publish"));

        await ToAsync(folder, runtime, small, ct);
        return 0;
    }

    /// <summary>Publishes into this folder, and says on the console how it went.</summary>
    /// <exception cref="ToolFailureException">It cannot be published.</exception>
    public static async Task ToAsync(string folder, string runtime, bool small, CancellationToken ct)
    {
        Clear(folder);
        // Apart from the clone's own obj folders, which would have to be restored again for every other command.
        var scratch = Directory.CreateTempSubdirectory("crm-publish-").FullName;
        try
        {
            Console.WriteLine($"publishing for {runtime}{(small ? ", framework-dependent" : "")}");
            var outcome = await PublishAsync(folder, scratch, small ? [] : SelfContained(runtime), ct);
            var missing = !small && !outcome.Succeeded && LacksPacks(outcome);
            if (missing) outcome = await PublishAsync(folder, scratch, [], ct);
            if (!outcome.Succeeded) throw new ToolFailureException($"The host cannot be published:\n{outcome.LastLines(40)}");
            CopyCompanions(folder);
            Console.WriteLine(missing
                ? $"{folder}: framework-dependent, because the package feed has no runtime or compiler for {runtime}. The machine needs ASP.NET Core 10: dotnet app/Crm.Host.dll"
                : $"{folder}: begin with docs/operations/install.md in it");
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static string[] SelfContained(string runtime) => ["--runtime", runtime, "--self-contained", "-p:PublishReadyToRun=true"];

    private static Task<Outcome> PublishAsync(string folder, string scratch, string[] options, CancellationToken ct) => Subprocess.CaptureAsync(
        Executables.Dotnet,
        [
            "publish", Path.Combine(Repository.Root, "src", "Host", "Crm.Host.csproj"), "-c", "Release", "-v", "q", "--nologo", "--tl:off",
            "--artifacts-path", scratch, "-o", Path.Combine(folder, "app"), .. options,
        ],
        ct);

    /// <summary>NuGet has not found one of the packages that only publishing needs; any other failure is a failure.</summary>
    private static bool LacksPacks(Outcome outcome) =>
        outcome.Output.Split('\n').Any(line => (line.Contains("NU1101") || line.Contains("NU1102") || line.Contains("NETSDK1094"))
            && (line.Contains(".App.Runtime.") || line.Contains("Crossgen2", StringComparison.OrdinalIgnoreCase) || line.Contains("ReadyToRun") || line.Contains(".App.Host.")));

    private static void Clear(string folder)
    {
        Directory.CreateDirectory(folder);
        if (!Directory.EnumerateFileSystemEntries(folder).Any()) return;
        if (!File.Exists(Path.Combine(folder, "app", "Crm.Host.dll")))
            throw new ToolFailureException($"{folder} holds something else than an earlier publish: choose an empty folder.");
        Directory.Delete(folder, recursive: true);
    }

    private static void CopyCompanions(string folder)
    {
        // All of the documents: those for operators lead to the others.
        foreach (var file in new[] { "deploy", "docs" }.SelectMany(companion => Directory.EnumerateFiles(Path.Combine(Repository.Root, companion), "*", SearchOption.AllDirectories)))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(Repository.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }

        File.Copy(Path.Combine(Repository.Root, "LICENSE"), Path.Combine(folder, "LICENSE"), overwrite: true);
    }
}
