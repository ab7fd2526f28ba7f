using Crm.Organization.Access;
using Crm.Organization.Data;
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

/// <param name="Name">The person's name.</param>
/// <param name="Subject">The <c>sub</c> of their tokens.</param>
/// <param name="Department">The department they work in; absent for none.</param>
/// <param name="Email">Where e-mails to them go; absent for nowhere. Kept sealed.</param>
internal sealed record EditStaffBody([property: Personal(Datum.StaffName, Guard.TakenIn)] string Name, [property: Personal(Datum.StaffSignIn, Guard.TakenIn)] string Subject, string? Department = null, [property: Personal(Datum.StaffAddress, Guard.TakenIn)] string? Email = null);

internal sealed record EditStaff(string Code, Caller Caller, EditStaffBody Body) : ICommand<StaffAnswer>;

internal sealed class EditStaffValidator : AbstractValidator<EditStaffBody>
{
    public EditStaffValidator()
    {
        RuleFor(b => b.Name).IsName();
        RuleFor(b => b.Subject).NotEmpty().MaximumLength(200);
        RuleFor(b => b.Department!).IsCode().When(b => b.Department is not null);
        RuleFor(b => b.Email).IsEmail();
    }
}

/// <summary>ORG-02: a member of staff gets another name, department, address or way to sign in; the code stays. ORG-03: who may do what they may is given to nobody by somebody who may not.</summary>
internal sealed class EditStaffHandler(OrganizationDb db, CommandContext context, KeyRing keys, IClock clock) : IRequestHandler<EditStaff, Answer<StaffAnswer>>
{
    public async Task<Answer<StaffAnswer>> Handle(EditStaff request, CancellationToken cancellationToken)
    {
        await db.ChangeDirectoryAsync(cancellationToken);
        var person = await db.Staff.SingleOrDefaultAsync(s => s.Code == request.Code, cancellationToken) ?? throw new NotFound("member of staff", "员工");
        context.EnsureCurrent(person.Version);
        // Another way to sign in is all that they may do, given to whoever signs in that way.
        if (request.Body.Subject != person.Subject) await EnsureCouldGiveAsync(request.Caller, person, cancellationToken);
        (person.Name, person.Subject, person.Department, var email) = request.Body;
        person.ReachAt(email, keys);
        await StaffRule.EnsureAsync(db, person.Code, person.Subject, person.Department, cancellationToken);
        person.Edited();
        return StaffAnswer.Of(person, clock.GetCurrentInstant());
    }

    private async Task EnsureCouldGiveAsync(Caller caller, StaffRow person, CancellationToken ct)
    {
        var held = await db.Assignments.AsNoTracking().Where(a => a.Staff == person.Code).Join(db.Roles, a => a.Role, r => r.Name, (a, r) => new { Assignment = a, r.Permissions }).ToListAsync(ct);
        foreach (var role in held) caller.EnsureHolds(role.Permissions, role.Assignment.Scope);
    }
}

internal static class EditStaffEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/staff/{code}", (string code, Body<EditStaffBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new EditStaff(code, call.Caller, body.Value)), ct))
        .Tells<StaffAnswer>("editStaff", "Edit a member of staff", "Name, department, e-mail address, and the subject they sign in with; that only of somebody who may do no more than you yourself. Needs If-Match.", rules: "ORG-02, ORG-03, ORG-09")
        .WithMetadata(new EditsSomething())
        .About("member of staff", "员工", (OrganizationDb db, string code, ProjectScope scope) => db.StaffIn(scope).Where(s => s.Code == code))
        .Example(new { name = "陈晓", subject = "6f1c2b", department = "demo-care", email = "chen@example.com" })
        .RequiresEverywhere(OrganizationPermissions.ManageStaff);
}
