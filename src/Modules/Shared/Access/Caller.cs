using Crm.Shared.Privacy;

namespace Crm.Shared.Access;

/// <summary>The projects in which somebody may do one thing: all of them, or those listed. Always passed explicitly to the query it limits.</summary>
public sealed class ProjectScope
{
    // Not frozen: scopes are made in the middle of requests, and freezing costs more than it saves.
    private readonly HashSet<string> projects;
    private readonly HashSet<string> places;

    private ProjectScope(bool everywhere, HashSet<string> projects, HashSet<string> places) => (Everywhere, this.projects, this.places) = (everywhere, projects, places);

    /// <summary>Every project, present and future.</summary>
    public static ProjectScope All { get; } = new(everywhere: true, [], []);

    /// <summary>No project at all.</summary>
    public static ProjectScope None { get; } = new(everywhere: false, [], []);

    /// <summary>True when the scope is not limited to listed projects.</summary>
    public bool Everywhere { get; }

    /// <summary>The listed project codes; empty when <see cref="Everywhere"/>.</summary>
    public IReadOnlyCollection<string> Projects => projects;

    /// <summary>True when nothing can be in the scope.</summary>
    public bool IsEmpty => !Everywhere && projects.Count == 0;

    /// <summary>Exactly these project codes.</summary>
    /// <param name="projects">The codes.</param>
    /// <param name="places">The companies and areas, whose projects these are, that it covers as a whole: projects that join them later included.</param>
    public static ProjectScope Of(IEnumerable<string> projects, params IEnumerable<string> places) => new(everywhere: false, [.. projects], [.. places]);

    /// <summary>True when the project lies in the scope.</summary>
    public bool Includes(string project) => Everywhere || projects.Contains(project);

    /// <summary>True when every project of the other scope lies in this one.</summary>
    public bool Includes(ProjectScope other) => Everywhere || (!other.Everywhere && other.projects.IsSubsetOf(projects));

    /// <summary>True when every project of the place lies in the scope, future ones included.</summary>
    public bool Covers(string place) => Everywhere || places.Contains(place);

    /// <summary>Both scopes together.</summary>
    public ProjectScope Union(ProjectScope other) => Everywhere || other.Everywhere ? All : Of(projects.Concat(other.projects), places.Concat(other.places));
}

/// <summary>
/// Who is calling: a member of staff (subject = staff code) or a machine with an API key (subject = "key:" and its prefix), with what the
/// database, never the token, says they may do and where (ORG-03).
/// </summary>
/// <param name="Subject">The stable identity written into history and audit.</param>
/// <param name="Staff">The staff code, or null for a machine.</param>
/// <param name="Grants">Permission → where it holds.</param>
[NotPersonal("a staff code, or the prefix of an API key", "Subject")]
public sealed record Caller(string Subject, string? Staff, IReadOnlyDictionary<string, ProjectScope> Grants)
{
    /// <summary>Where the caller holds <paramref name="permission"/>; <see cref="ProjectScope.None"/> when nowhere.</summary>
    public ProjectScope Scope(string permission) => Grants.GetValueOrDefault(permission, ProjectScope.None);
}
