using Crm.Shared.Access;

namespace Crm.Organization.Data;

/// <summary>ORG-03: who sees which part of the organization: those whose right reaches one of its projects.</summary>
internal static class OrganizationScope
{
    public static IQueryable<ProjectRow> ProjectsIn(this OrganizationDb db, ProjectScope scope) =>
        scope.Everywhere ? db.Projects : db.Projects.Where(p => scope.Projects.Contains(p.Code));

    public static IQueryable<Company> CompaniesIn(this OrganizationDb db, ProjectScope scope)
    {
        var projects = db.ProjectsIn(scope);
        return scope.Everywhere ? db.Companies : db.Companies.Where(c => projects.Any(p => p.Company == c.Code));
    }

    public static IQueryable<Area> AreasIn(this OrganizationDb db, ProjectScope scope)
    {
        var projects = db.ProjectsIn(scope);
        return scope.Everywhere ? db.Areas : db.Areas.Where(a => projects.Any(p => p.Area == a.Code));
    }

    public static IQueryable<Department> DepartmentsIn(this OrganizationDb db, ProjectScope scope)
    {
        var projects = db.ProjectsIn(scope);
        return scope.Everywhere ? db.Departments : db.Departments.Where(d => projects.Any(p => p.Code == d.Project || p.Company == d.Company));
    }

    /// <summary>Staff who hold a role that reaches one of the projects, or work in a department of theirs.</summary>
    public static IQueryable<StaffRow> StaffIn(this OrganizationDb db, ProjectScope scope)
    {
        if (scope.Everywhere) return db.Staff;
        var (reaching, departments) = (db.RolesReaching(scope), db.DepartmentsIn(scope));
        return db.Staff.Where(s => reaching.Any(a => a.Staff == s.Code) || departments.Any(d => d.Code == s.Department));
    }

    /// <summary>The roles of one member of staff that lie in the scope or reach into it.</summary>
    public static IQueryable<RoleAssignment> RolesIn(this OrganizationDb db, ProjectScope scope, string staff) =>
        (scope.Everywhere ? db.Assignments : db.RolesReaching(scope)).Where(a => a.Staff == staff);

    /// <summary>The roles that somebody holds in one of the projects, be it through their area, their company or the group.</summary>
    public static IQueryable<RoleAssignment> RolesReaching(this OrganizationDb db, ProjectScope scope)
    {
        var projects = db.ProjectsIn(scope);
        return db.Assignments.Where(a => (a.Company == null && a.Area == null && a.Project == null)
            || projects.Any(p => p.Code == a.Project || p.Company == a.Company || (a.Area != null && p.Area == a.Area)));
    }
}
