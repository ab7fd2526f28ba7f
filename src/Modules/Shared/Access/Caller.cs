namespace Crm.Shared.Access;

/// <summary>The projects in which somebody may do one thing: all of them, or those listed. Always passed explicitly to the query it limits.</summary>
public sealed class ProjectScope
{
    // Not frozen: scopes are made in the middle of requests, and freezing costs more than it saves.
    private readonly HashSet<string> projects;

    private ProjectScope(bool everywhere, HashSet<string> projects) => (Everywhere, this.projects) = (everywhere, projects);

    /// <summary>Every project, present and future.</summary>
    public static ProjectScope All { get; } = new(everywhere: true, []);

    /// <summary>No project at all.</summary>
    public static ProjectScope None { get; } = new(everywhere: false, []);

    /// <summary>True when the scope is not limited to listed projects.</summary>
    public bool Everywhere { get; }

    /// <summary>The listed project codes; empty when <see cref="Everywhere"/>.</summary>
    public IReadOnlyCollection<string> Projects => projects;

    /// <summary>True when nothing can be in the scope.</summary>
    public bool IsEmpty => !Everywhere && projects.Count == 0;

    /// <summary>Exactly these project codes.</summary>
    public static ProjectScope Of(IEnumerable<string> projects) => new(everywhere: false, [.. projects]);

    /// <summary>True when the project lies in the scope.</summary>
    public bool Includes(string project) => Everywhere || projects.Contains(project);

    /// <summary>Both scopes together.</summary>
    public ProjectScope Union(ProjectScope other) => Everywhere || other.Everywhere ? All : Of(projects.Concat(other.projects));
}

/// <summary>
/// Who is calling: a member of staff (subject = staff code) or a machine with an API key (subject = "key:" and its prefix), with what the
/// database, never the token, says they may do and where (ORG-03).
/// </summary>
/// <param name="Subject">The stable identity written into history and audit.</param>
/// <param name="Staff">The staff code, or null for a machine.</param>
/// <param name="Grants">Permission → where it holds.</param>
public sealed record Caller(string Subject, string? Staff, IReadOnlyDictionary<string, ProjectScope> Grants)
{
    /// <summary>Where the caller holds <paramref name="permission"/>; <see cref="ProjectScope.None"/> when nowhere.</summary>
    public ProjectScope Scope(string permission) => Grants.GetValueOrDefault(permission, ProjectScope.None);
}
