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

/// <param name="Code">The staff code, for ever: written into histories, and never given to anybody else.</param>
/// <param name="Name">The person's name.</param>
/// <param name="Subject">The <c>sub</c> of their tokens, as the identity provider issues them.</param>
/// <param name="Department">The department they work in; absent for none.</param>
/// <param name="Email">Where e-mails to them go; absent for nowhere. Kept sealed.</param>
internal sealed record AppointStaffBody(string Code, [property: Personal(Datum.StaffName, Guard.TakenIn)] string Name, [property: Personal(Datum.StaffSignIn, Guard.TakenIn)] string Subject, string? Department = null, [property: Personal(Datum.StaffAddress, Guard.TakenIn)] string? Email = null);

internal sealed record AppointStaff(AppointStaffBody Body) : ICommand<StaffAnswer>;

/// <param name="Code">The staff code.</param>
/// <param name="Version">For If-Match; also the ETag.</param>
internal sealed record StaffAnswer(string Code, int Version) : IVersioned
{
    /// <summary>The answer of a command that has just changed somebody's record.</summary>
    public static Answer<StaffAnswer> Of(StaffRow person, Instant at) => new(
        200, new StaffAnswer(person.Code, person.Version), new Deed("staff", person.Code, Project: null, at), person.Version);
}

internal sealed class AppointStaffValidator : AbstractValidator<AppointStaffBody>
{
    public AppointStaffValidator()
    {
        RuleFor(b => b.Code).IsStaffCode();
        RuleFor(b => b.Name).IsName();
        RuleFor(b => b.Subject).NotEmpty().MaximumLength(200);
        RuleFor(b => b.Department!).IsCode().When(b => b.Department is not null);
        RuleFor(b => b.Email).IsEmail();
    }
}

/// <summary>ORG-02, ORG-09: somebody comes to work here, and may do nothing until they are given a role.</summary>
internal sealed class AppointStaffHandler(OrganizationDb db, KeyRing keys, IClock clock) : IRequestHandler<AppointStaff, Answer<StaffAnswer>>
{
    public async Task<Answer<StaffAnswer>> Handle(AppointStaff request, CancellationToken cancellationToken)
    {
        var (code, name, subject, department, email) = request.Body;
        await db.ChangeDirectoryAsync(cancellationToken);
        if (await db.Staff.AnyAsync(s => s.Code == code, cancellationToken))
            throw new BrokenRule("ORG-02", new Text($"The staff code {code} belongs to somebody already; codes are never reused.", $"员工编号 {code} 已被使用，编号不重复使用。"));
        await StaffRule.EnsureAsync(db, code, subject, department, cancellationToken);
        var person = new StaffRow { Code = code, Name = name, Subject = subject, Department = department };
        person.ReachAt(email, keys);
        db.Staff.Add(person);
        return StaffAnswer.Of(person, clock.GetCurrentInstant()) with { Status = 201, Location = $"/api/v1/staff/{code}" };
    }
}

internal static class AppointStaffEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/staff", (Body<AppointStaffBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new AppointStaff(body.Value)), ct))
        .Tells<StaffAnswer>("appointStaff", "Appoint a member of staff", "They can sign in at once, and may do nothing until they are given a role.", status: 201, rules: "ORG-02, ORG-09")
        .WithMetadata(new CreatesSomething())
        .Example(new { code = "li.na", name = "李娜", subject = "6f1c2a", department = "demo-care", email = "li.na@example.com" })
        .RequiresEverywhere(OrganizationPermissions.ManageStaff);
}
