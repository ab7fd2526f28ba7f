using System.Text.RegularExpressions;
using Crm.Build.Machine;
using Microsoft.CodeAnalysis.CSharp;

namespace Crm.Build.Mutate;

/// <summary>A copy of the clone in which every mutant sleeps behind a switch, built once.</summary>
internal sealed partial class MutatedClone
{
    private const int Rounds = 12;
    private const string Switch = "Mutation.cs";
    private static readonly string[] Folders = ["src", "tests", "build", "docs"];
    private static readonly string[] LeftOut = ["bin", "obj", "TestResults", "node_modules"];

    private readonly string root, notes;
    private readonly HashSet<string> broken;

    private MutatedClone(string folder)
    {
        (root, notes) = (Path.Combine(folder, "clone"), Path.Combine(folder, "broken"));
        broken = File.Exists(notes) ? [.. File.ReadLines(notes)] : [];
    }

    /// <summary>Every mutant that compiles.</summary>
    public IReadOnlyList<Mutant> Mutants { get; private set; } = [];

    /// <summary>The built tests.</summary>
    public string Program(string project) => Path.Combine(root, "tests", project, "bin", "Release", "net10.0", $"{project}.dll");

    /// <summary>Copies, weaves and builds; what does not compile is taken out again, and is no mutant.</summary>
    /// <param name="folder">Where to; an earlier copy there is brought up to date, and what did not compile then is not tried again.</param>
    /// <param name="say">Told how it goes.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ToolFailureException">It does not build, and not because of a mutant.</exception>
    public static async Task<MutatedClone> MakeAsync(string folder, Action<string> say, CancellationToken ct)
    {
        var clone = new MutatedClone(folder);
        clone.Copy();
        for (var round = 1; ; round++)
        {
            clone.Weave();
            say($"building {clone.Mutants.Count} mutants at once");
            var built = await clone.BuildAsync(ct);
            if (built.Succeeded) return clone;
            if (round == Rounds || !clone.TakeOut(built.Output)) throw new ToolFailureException($"The mutants do not build:\n{built.LastLines(40)}");
        }
    }

    /// <summary>What has not changed is left alone, so that it need not be built again.</summary>
    private void Copy()
    {
        var woven = Area.All.SelectMany(area => area.Files).ToHashSet();
        Directory.CreateDirectory(root);
        foreach (var file in Directory.GetFiles(Repository.Root)) CopyFile(file);
        foreach (var folder in Folders) CopyFolder(Path.Combine(Repository.Root, folder));

        void CopyFolder(string folder)
        {
            var copy = Directory.CreateDirectory(Path.Combine(root, Path.GetRelativePath(Repository.Root, folder)));
            foreach (var file in Directory.GetFiles(folder)) CopyFile(file);
            foreach (var gone in copy.GetFiles().Where(f => f.Name != Switch && !File.Exists(Path.Combine(folder, f.Name)))) gone.Delete();
            foreach (var inner in Directory.GetDirectories(folder).Where(inner => !LeftOut.Contains(Path.GetFileName(inner)))) CopyFolder(inner);
        }

        void CopyFile(string file)
        {
            var path = Path.GetRelativePath(Repository.Root, file);
            var copy = Path.Combine(root, path);
            if (woven.Contains(path) || File.GetLastWriteTimeUtc(copy) == File.GetLastWriteTimeUtc(file)) return;
            File.Copy(file, copy, overwrite: true);
        }
    }

    private void Weave()
    {
        Write($"src/Modules/Shared/{Switch}", Weaver.SwitchSource);
        var all = new List<Mutant>();
        foreach (var (area, file) in Area.All.SelectMany(area => area.Files.Select(file => (area, file))))
        {
            var weaver = new Weaver(area, file, broken, firstId: all.Count + 1);
            var woven = weaver.Visit(CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(Repository.Root, file))).GetRoot())!;
            Write(file, woven.ToFullString());
            all.AddRange(weaver.Mutants);
        }

        Mutants = [.. all.Where(m => !broken.Contains(m.Story))];

        void Write(string file, string text)
        {
            var copy = Path.Combine(root, file);
            if (!File.Exists(copy) || File.ReadAllText(copy) != text) File.WriteAllText(copy, text);
        }
    }

    /// <summary>Warnings are not what is looked for here.</summary>
    private async Task<Outcome> BuildAsync(CancellationToken ct)
    {
        Outcome outcome = new(0, "");
        foreach (var project in (string[])["Crm.RuleTests", "Crm.ApiTests"])
        {
            outcome = await Subprocess.CaptureAsync(Executables.Dotnet,
                [
                    "build", Path.Combine(root, "tests", project), "-c", "Release", "-v", "q", "--nologo", "--tl:off", "-p:TreatWarningsAsErrors=false",
                    "-p:RunAnalyzers=false", "-p:WarningLevel=0",
                ], ct);
            if (!outcome.Succeeded) break;
        }

        return outcome;
    }

    /// <summary>Takes the mutants out in which the compiler found errors.</summary>
    /// <returns>False when it found none in a mutant.</returns>
    private bool TakeOut(string errors)
    {
        var culprits = Error().Matches(errors)
            .Select(m => (File: m.Groups[1].Value, Line: int.Parse(m.Groups[2].Value), Column: int.Parse(m.Groups[3].Value))).Distinct()
            .SelectMany(place => Weaver.Around(File.ReadAllText(place.File), place.Line, place.Column).Take(1)).ToHashSet();
        broken.UnionWith(Mutants.Where(m => culprits.Contains(m.Id)).Select(m => m.Story));
        File.WriteAllLines(notes, broken);
        return culprits.Count > 0;
    }

    [GeneratedRegex(@"^\s*(/[^(\n]+)\((\d+),(\d+)\): error CS", RegexOptions.Multiline)]
    private static partial Regex Error();
}
