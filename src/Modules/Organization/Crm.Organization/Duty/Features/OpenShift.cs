using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Features;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Duty.Features;

/// <param name="Project">The project's code.</param>
/// <param name="Code">Its code, for ever: small letters, digits and hyphens.</param>
/// <param name="NameZh">What Chinese speakers call it.</param>
/// <param name="NameEn">What English speakers call it.</param>
/// <param name="Begins">When it begins, by the clock on the project's wall, such as 17:00.</param>
/// <param name="Ends">When it ends: the next day when that is not later than its beginning, such as 01:00.</param>
/// <param name="From">The first day of which this counts; today when absent.</param>
/// <param name="Until">The last day; absent for none.</param>
[NotPersonal("what a shift is called", "NameZh", "NameEn")]
internal sealed record OpenShiftBody(string Project, string Code, string NameZh, string NameEn, LocalTime Begins, LocalTime Ends, LocalDate? From = null, LocalDate? Until = null);

internal sealed record OpenShift(Caller Caller, ProjectScope Scope, OpenShiftBody Body) : ICommand<ShiftAnswer>;

/// <param name="Project">The project's code.</param>
/// <param name="Code">The shift's code.</param>
/// <param name="Version">For If-Match; also the ETag.</param>
internal sealed record ShiftAnswer(string Project, string Code, int Version) : IVersioned
{
    public static Answer<ShiftAnswer> Of(int status, Shift shift, Instant at) => new(
        status, new ShiftAnswer(shift.Project, shift.Code, shift.Version), new Deed("shift", shift.Id.ToString(), shift.Project, at), shift.Version,
        status == 201 ? $"/api/v1/shifts/{shift.Project}/{shift.Code}" : null);
}

internal sealed class OpenShiftValidator : AbstractValidator<OpenShiftBody>
{
    public OpenShiftValidator()
    {
        RuleFor(b => b.Project).IsCode();
        RuleFor(b => b.Code).IsCode();
        RuleFor(b => b.NameZh).IsName();
        RuleFor(b => b.NameEn).IsName();
        RuleFor(b => b.Ends).Must((b, ends) => ends != b.Begins).WithMessage(_ => ShiftTexts.NoLength);
        RuleFor(b => b.Until).Must((b, until) => !(until < b.From)).WithMessage(_ => ShiftTexts.NoDays);
    }
}

/// <summary>What is wrong with a shift.</summary>
internal static class ShiftTexts
{
    public static string NoLength => new Text("must differ from begins", "不得与 begins 相同").Localized;

    public static string NoDays => new Text("must not be before from", "不得早于 from").Localized;
}

/// <summary>ORG-04: a shift of a project.</summary>
internal sealed class OpenShiftHandler(OrganizationDb db, OrganizationDirectory directory, IClock clock) : IRequestHandler<OpenShift, Answer<ShiftAnswer>>
{
    public Task<Answer<ShiftAnswer>> Handle(OpenShift request, CancellationToken cancellationToken)
    {
        var (caller, scope, b) = request;
        var (project, now) = (directory.Current.ProjectIn(scope, b.Project), clock.GetCurrentInstant());
        var shift = new Shift { Project = project.Code, Code = b.Code };
        shift.Say(new(b.NameZh, b.NameEn), new(b.Begins, b.Ends), b.From ?? now.InZone(project.Zone).Date, b.Until, caller.Subject, now);
        db.Add(shift);
        return Task.FromResult(ShiftAnswer.Of(201, shift, now));
    }
}

internal static class OpenShiftEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/shifts", (Body<OpenShiftBody> body, Call call) => call.Send(new OpenShift(call.Caller, call.Scope, body.Value)))
        .Tells<ShiftAnswer>(
            "openShift", "Open a shift",
            "A shift of a project. A time that the clock skips is the instant at which it is put forward; of a time that comes twice it is the first. Every project begins with day, evening and regular.",
            status: 201, rules: DutyRule.Rule)
        .WithMetadata(new CreatesSomething())
        .Example(new { project = "demo", code = "night", nameZh = "夜班", nameEn = "Night", begins = "22:00", ends = "06:00", from = "2026-12-01" })
        .Requires(DutyPermissions.Arrange);
}
