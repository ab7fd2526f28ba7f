using Crm.Organization.Duty;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Setup;

/// <summary>ORG-01: a project opened at the console, and the company it belongs to where there is none of that code yet.</summary>
internal static class OpenProjectAtConsole
{
    /// <exception cref="Refusal">What <see cref="ProjectRule"/> refuses.</exception>
    public static Task RunAsync(string ownerConnection, KeyRing keys, ProjectRow project, CancellationToken ct) => SetupTransaction.RunAsync(ownerConnection, keys, "OpenProject", async db =>
    {
        if (!await db.Companies.AnyAsync(c => c.Code == project.Company, ct))
        {
            db.Companies.Add(new Company { Code = project.Company, Name = project.Company });
            await db.SaveChangesAsync(ct);
        }

        await ProjectRule.EnsureAsync(db, project, isNew: true, ct);
        db.Projects.Add(project);
        db.AddRange(StandardShifts.Of(project.Code));
        return ("project", project.Code, project.Code);
    }, ct);
}
