using Crm.Shared.Clocks;

namespace Crm.Shared.Access;

/// <summary>Who may see which subjects.</summary>
public static class SubjectScope
{
    /// <summary>Those of the scope's projects.</summary>
    public static IQueryable<TSubject> VisibleIn<TSubject>(this IQueryable<TSubject> subjects, ProjectScope scope) where TSubject : Subject =>
        scope.Everywhere ? subjects : subjects.Where(s => scope.Projects.Contains(s.Project));
}
