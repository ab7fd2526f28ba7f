using Crm.Shared.Clocks;

namespace Crm.Shared.Access;

/// <summary>Who may see which subjects.</summary>
public static class SubjectScope
{
    /// <summary>Those of the scope's projects. One project is asked for by equality, which an index in the list's order can serve.</summary>
    public static IQueryable<TSubject> VisibleIn<TSubject>(this IQueryable<TSubject> subjects, ProjectScope scope) where TSubject : Subject
    {
        if (scope.Everywhere) return subjects;
        if (scope.Projects.Count != 1) return subjects.Where(s => scope.Projects.Contains(s.Project));
        var only = scope.Projects.Single();
        return subjects.Where(s => s.Project == only);
    }
}
