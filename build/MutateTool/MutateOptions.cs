namespace Crm.Build.Mutate;

/// <summary>What a person asks of the mutation run on the command line.</summary>
/// <param name="Areas">Whose code is changed.</param>
/// <param name="Sample">So many mutants of each area, drawn at random; null for all.</param>
/// <param name="Seed">Where drawing begins.</param>
/// <param name="Budget">When an area has taken this long, no more of its mutants are run.</param>
/// <param name="Data">The folder that is kept; null for a temporary one.</param>
/// <param name="List">Only say which mutants there are.</param>
/// <param name="Record">Write the figures into docs/reliability.md.</param>
internal sealed record MutateOptions(IReadOnlyList<Area> Areas, int? Sample, int Seed, TimeSpan Budget, string? Data, bool List, bool Record)
{
    /// <summary>Shown for <c>--help</c>, and after a command line that cannot be understood.</summary>
    public static readonly string Usage = $"""
        mutate [area…] [options]

        Changes the code that keeps the platform's promises in small ways, one at a time (a comparison, a condition, a value, a statement or an
        SQL clause left out), and runs the tests that must notice. A change that no test notices survives: it is either a missing test, or it
        makes no difference to anybody. All changes are built once, asleep, into a copy of the clone; each run of the tests wakes one.

        Areas (all, when none is named): {string.Join(", ", Area.All.Select(area => area.Name))}

          --sample N     so many changes of each area, drawn at random (all)
          --seed N       where drawing begins (1)
          --minutes N    no more changes of an area once it has taken so long; they come in the order they are drawn in, so that what was
                         run until then is an even sample (1440)
          --data DIR     keep copy and verdicts there, and do not run again what an earlier run there has killed (a temporary folder,
                         removed in the end)
          --list         only say which changes there are that compile
          --record       write the figures into their section of docs/reliability.md
          --help         this text

        Exit code: 0 when at least {MutantTable.Aim} % of each area are killed, otherwise 1.
        """;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="UsageException">Something in it was not understood.</exception>
    public static MutateOptions Parse(IEnumerable<string> words)
    {
        var all = words.ToList();
        var names = all.TakeWhile(word => !word.StartsWith('-')).ToList();
        var arguments = new Arguments(all.Skip(names.Count), Usage);
        var sample = arguments.Number("--sample", otherwise: 0, least: 1, most: 100_000);
        var options = new MutateOptions(
            names.Count == 0 ? Area.All : [.. names.Select(name => Area.All.SingleOrDefault(area => area.Name == name) ?? throw new UsageException($"There is no area {name}.", Usage))],
            sample == 0 ? null : sample,
            arguments.Number("--seed", otherwise: 1, least: 0, most: int.MaxValue),
            TimeSpan.FromMinutes(arguments.Number("--minutes", otherwise: 1440, least: 1, most: 1440)),
            arguments.Value("--data"),
            arguments.Flag("--list"),
            arguments.Flag("--record"));
        arguments.End();
        return options;
    }

    /// <summary>What a person types to have these figures again.</summary>
    public string Command => $"./build/mutate{(Areas.Count < Area.All.Count ? " " + string.Join(' ', Areas.Select(a => a.Name)) : "")}{(Sample is { } sample ? $" --sample {sample}" : "")} --seed {Seed} --minutes {Budget.TotalMinutes}";

    /// <summary>The mutants of an area that are run, in this order.</summary>
    public IReadOnlyList<Mutant> Draw(Area area, IReadOnlyList<Mutant> mutants)
    {
        var random = new Random(Seed);
        return [.. mutants.Where(m => m.Area == area).OrderBy(_ => random.Next()).Take(Sample ?? int.MaxValue)];
    }
}
