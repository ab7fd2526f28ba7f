using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Mail;
using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Active">True: only those who work here; false: only those who have left.</param>
/// <param name="Project">Only those who hold a role that reaches this project, or work in a department of it or of its company.</param>
/// <param name="Role">Only those who hold this role somewhere.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListStaffQuery(bool? Active = null, string? Project = null, string? Role = null, int? Limit = null, string? Cursor = null);

internal sealed record ListStaff(ProjectScope Scope, ListStaffQuery Query) : IRequest<Page<StaffItem>>;

internal sealed record GetStaff(string Code, ProjectScope Scope, ProjectScope Managing) : IRequest<StaffDetails>;

/// <param name="Code">The staff code.</param>
/// <param name="Name">The person's name.</param>
/// <param name="Department">The department they work in; null for none.</param>
/// <param name="Active">False for somebody who has left.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record StaffItem(string Code, [property: Personal(Datum.StaffName, Guard.InScope)] string Name, string? Department, bool Active, int Version);

/// <param name="Code">The staff code.</param>
/// <param name="Name">The person's name.</param>
/// <param name="Subject">The <c>sub</c> of their tokens.</param>
/// <param name="Department">The department they work in; null for none.</param>
/// <param name="Email">Where e-mails to them go: in full with the permission organization.manage-staff, otherwise masked; null for nowhere.</param>
/// <param name="Active">False for somebody who has left.</param>
/// <param name="LeftAt">When they left.</param>
/// <param name="Successor">Who took over what they held.</param>
/// <param name="LeavingReason">Why they left.</param>
/// <param name="Roles">The roles they hold, each in its place.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record StaffDetails(
    string Code, [property: Personal(Datum.StaffName, Guard.InScope)] string Name, [property: Personal(Datum.StaffSignIn, Guard.InScope)] string Subject, string? Department,
    [property: Personal(Datum.StaffAddress, Guard.Masked, Unless = "organization.manage-staff")] string? Email, bool Active, Instant? LeftAt, string? Successor, [property: Personal(Datum.StaffWords, Guard.InScope)] string? LeavingReason, HeldRole[] Roles, int Version) : IVersioned;

/// <param name="Id">What to take it away by.</param>
/// <param name="Role">The role's name.</param>
/// <param name="Scope">In what it is held.</param>
/// <param name="Place">The code of that company, area or project; null for the group.</param>
internal sealed record HeldRole(Guid Id, string Role, ScopeKind Scope, string? Place);

/// <summary>
/// ORG-02, ORG-03: staff with a role that reaches the caller's projects, or in a department of theirs, by code. ORG-10: who sees an address in
/// full is written down before they do.
/// </summary>
internal sealed class ListStaffHandler(OrganizationDb db, OrganizationDirectory directory, AuditedReads reads, KeyRing keys) : IRequestHandler<ListStaff, Page<StaffItem>>, IRequestHandler<GetStaff, StaffDetails>
{
    public async Task<Page<StaffItem>> Handle(ListStaff request, CancellationToken cancellationToken)
    {
        var q = request.Query;
        var limit = Paging.Limit(q.Limit);
        var staff = db.StaffIn(directory.Current.Narrow(request.Scope, q.Project));
        if (q.Active is { } active) staff = staff.Where(s => s.Active == active);
        if (q.Role is { } role) staff = staff.Where(s => db.Assignments.Any(a => a.Staff == s.Code && a.Role == role));
        if (Paging.ReadCursor<CodeKey>(q.Cursor) is { Code: var after }) staff = staff.Where(s => s.Code.CompareTo(after) > 0);
        var rows = await staff.OrderBy(s => s.Code).Take(limit + 1).Select(s => new StaffItem(s.Code, s.Name, s.Department, s.Active, s.Version)).ToListAsync(cancellationToken);
        return Paging.Cut(rows, limit, s => new CodeKey(s.Code));
    }

    public async Task<StaffDetails> Handle(GetStaff request, CancellationToken cancellationToken)
    {
        var person = await db.StaffIn(request.Scope).AsNoTracking().SingleOrDefaultAsync(s => s.Code == request.Code, cancellationToken) ?? throw new NotFound("member of staff", "员工");
        var roles = await db.Assignments.AsNoTracking().Where(a => a.Staff == person.Code).OrderBy(a => a.Id).ToListAsync(cancellationToken);
        var email = person.EmailBy(keys);
        if (email is not null && request.Managing.Everywhere) await reads.WriteAsync(db, nameof(GetStaff), [new ShownRecord("staff", person.Code, Project: null)], cancellationToken);
        else if (email is not null) email = EmailAddress.Masked(email);
        return new StaffDetails(
            person.Code, person.Name, person.Subject, person.Department, email, person.Active, person.LeftAt, person.Successor, person.LeavingReason,
            [.. roles.Select(a => new HeldRole(a.Id, a.Role, a.Scope.Kind, a.Scope.Place))], person.Version);
    }
}

internal static class ListStaffEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/staff", (Query<ListStaffQuery> query, Call call) => call.Ask(new ListStaff(call.Scope, query.Value)))
            .Tells<Page<StaffItem>>("listStaff", "List staff", "Staff with a role that reaches your projects, or in a department of theirs, by code; those who have left included.", rules: "ORG-02, ORG-03")
            .Requires(OrganizationPermissions.ReadStaff);
        routes.MapGet("/staff/{code}", (string code, Call call) => call.Ask(new GetStaff(code, call.Scope, call.Caller.Scope(OrganizationPermissions.ManageStaff.Name))))
            .Tells<StaffDetails>("getStaff", "Get a member of staff", "One person with their roles, and the ETag an edit needs.", rules: "ORG-02, ORG-03")
            .About("member of staff", "员工", (OrganizationDb db, string code, ProjectScope scope) => db.StaffIn(scope).Where(s => s.Code == code))
            .Requires(OrganizationPermissions.ReadStaff);
    }
}
