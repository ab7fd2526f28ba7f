using Crm.Organization.Access;
using Crm.Organization.Data;
using Crm.Organization.Duty;
using Crm.Organization.Estate;
using Crm.Organization.Webhooks;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Successor">The staff code of who takes over.</param>
/// <param name="Reason">Why they leave.</param>
internal sealed record DepartStaffBody(string Successor, [property: Personal(Datum.StaffWords, Guard.TakenIn)] string Reason);

internal sealed record DepartStaff(string Code, DepartStaffBody Body) : ICommand<StaffAnswer>, IGivesReason
{
    public string Reason => Body.Reason;
}

internal sealed class DepartStaffValidator : AbstractValidator<DepartStaffBody>
{
    public DepartStaffValidator()
    {
        RuleFor(b => b.Successor).IsStaffCode();
        RuleFor(b => b.Reason).NotEmpty().MaximumLength(500);
    }
}

/// <summary>
/// ORG-03: a person leaving hands over what they hold. Areas, service desks, stations and webhooks pass on in this transaction; their coming shifts are open; what other modules know of passes
/// on when they hear of it, and what comes to the leaver later by a sweep.
/// </summary>
internal sealed class DepartStaffHandler(OrganizationDb db, CommandContext context, LeaversShifts shifts, IClock clock) : IRequestHandler<DepartStaff, Answer<StaffAnswer>>
{
    public async Task<Answer<StaffAnswer>> Handle(DepartStaff request, CancellationToken cancellationToken)
    {
        var (successor, reason) = request.Body;
        await db.ChangeDirectoryAsync(cancellationToken);
        var person = await db.Staff.SingleOrDefaultAsync(s => s.Code == request.Code, cancellationToken) ?? throw new NotFound("member of staff", "员工");
        context.EnsureCurrent(person.Version);
        var now = clock.GetCurrentInstant();
        person.Depart(successor, reason, now);

        var (projects, areas) = (await db.Projects.ToListAsync(cancellationToken), await db.Areas.ToListAsync(cancellationToken));
        var staff = await db.Staff.AsNoTracking().Where(s => s.Active && s.Code != person.Code).Select(s => s.Code).ToListAsync(cancellationToken);
        var held = (await db.Assignments.ToListAsync(cancellationToken)).ToLookup(a => a.Staff);
        var stations = await db.Set<Station>().Where(s => s.InCharge == person.Code && s.ClosedAt == null).ToListAsync(cancellationToken);
        new Succession(person.Code, held, projects, areas, [.. stations.Select(s => s.Project)]).Ensure(successor, staff);

        foreach (var area in areas.Where(a => a.Manager == person.Code))
        {
            area.Manager = successor;
            area.Edited();
        }

        foreach (var project in projects.Where(p => p.ServiceDesk == person.Code))
        {
            project.ServiceDesk = successor;
            project.Edited();
        }

        foreach (var station in stations)
        {
            station.InCharge = successor;
            station.Edited();
        }

        foreach (var webhook in await db.WebhooksIn(ProjectScope.All).Where(w => w.Owner == person.Code).ToListAsync(cancellationToken)) webhook.PassTo(successor);

        db.Assignments.RemoveRange(held[person.Code]);
        await Administrators.SaveIfOneStaysAsync(db, cancellationToken);
        while (await shifts.PassOnAsync([person.Code], cancellationToken) > 0)
        {
        }

        return StaffAnswer.Of(person, now);
    }
}

internal static class DepartStaffEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/staff/{code}/departure", (string code, Body<DepartStaffBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new DepartStaff(code, body.Value)), ct))
        .Tells<StaffAnswer>(
            "departStaff", "Let a member of staff leave",
            "They can sign in no more and lose their roles; everything they hold passes on to the successor: areas, service desks, stations and webhooks at once, their coming shifts are open, open cases and planned follow-ups within seconds, each with a step in its history. The successor works here and reaches the same projects; a refusal names who does.",
            rules: "ORG-03")
        .About("member of staff", "员工", (OrganizationDb db, string code, ProjectScope scope) => db.StaffIn(scope).Where(s => s.Code == code))
        .Example(new { successor = "demo.manager", reason = "调离" })
        .RequiresEverywhere(OrganizationPermissions.ManageStaff);
}
