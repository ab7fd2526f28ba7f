using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Estate;

/// <summary>ORG-01, ORG-03: buildings, units and stations are seen by those whose right reaches their project.</summary>
internal static class EstateScope
{
    public static IQueryable<Building> BuildingsIn(this OrganizationDb db, ProjectScope scope) =>
        scope.Everywhere ? db.Set<Building>() : db.Set<Building>().Where(b => scope.Projects.Contains(b.Project));

    public static IQueryable<Building> BuildingIn(this OrganizationDb db, ProjectScope scope, string project, string code) =>
        db.BuildingsIn(scope).Where(b => b.Project == project && b.Code == code);

    public static IQueryable<Unit> UnitsIn(this OrganizationDb db, ProjectScope scope) =>
        scope.Everywhere ? db.Set<Unit>() : db.Set<Unit>().Where(u => scope.Projects.Contains(u.Project));

    public static IQueryable<Station> StationsIn(this OrganizationDb db, ProjectScope scope) =>
        scope.Everywhere ? db.Set<Station>() : db.Set<Station>().Where(s => scope.Projects.Contains(s.Project));

    /// <summary>The project that a path names, where the caller may see it.</summary>
    public static IQueryable<ProjectRow> ProjectIn(this OrganizationDb db, ProjectScope scope, string project) => db.ProjectsIn(scope).Where(p => p.Code == project);

    /// <summary>Insists that the path names a project of the scope, and that it is as the caller believes, if they said so.</summary>
    /// <exception cref="NotFound">Missing, or outside the scope.</exception>
    /// <exception cref="StaleVersion">It has changed since.</exception>
    public static async Task EnsureProjectAsync(this OrganizationDb db, ProjectScope scope, string project, CommandContext context, CancellationToken ct) =>
        context.EnsureCurrent(await db.ProjectIn(scope, project).Select(p => (int?)p.Version).SingleOrDefaultAsync(ct) ?? throw new NotFound("project", "项目"));
}
