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
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty.Features;

/// <param name="NameZh">What Chinese speakers call it.</param>
/// <param name="NameEn">What English speakers call it.</param>
/// <param name="Begins">When it begins, by the clock on the project's wall.</param>
/// <param name="Ends">When it ends: the next day when that is not later than its beginning.</param>
/// <param name="From">The first day of which this counts, not in the past; today when absent.</param>
/// <param name="Until">The last day on which there is such a shift; absent for none.</param>
[NotPersonal("what a shift is called", "NameZh", "NameEn")]
internal sealed record EditShiftBody(string NameZh, string NameEn, LocalTime Begins, LocalTime Ends, LocalDate? From = null, LocalDate? Until = null);

internal sealed record EditShift(string Project, string Code, Caller Caller, ProjectScope Scope, EditShiftBody Body) : ICommand<ShiftAnswer>;

internal sealed class EditShiftValidator : AbstractValidator<EditShiftBody>
{
    public EditShiftValidator()
    {
        RuleFor(b => b.NameZh).IsName();
        RuleFor(b => b.NameEn).IsName();
        RuleFor(b => b.Ends).Must((b, ends) => ends != b.Begins).WithMessage(_ => ShiftTexts.NoLength);
        RuleFor(b => b.Until).Must((b, until) => !(until < b.From)).WithMessage(_ => ShiftTexts.NoDays);
    }
}

/// <summary>ORG-04: from a day on a shift has other hours or another name, or comes to an end. Published rosters keep the hours people were told.</summary>
internal sealed class EditShiftHandler(OrganizationDb db, OrganizationDirectory directory, CommandContext context, IClock clock) : IRequestHandler<EditShift, Answer<ShiftAnswer>>
{
    public async Task<Answer<ShiftAnswer>> Handle(EditShift request, CancellationToken cancellationToken)
    {
        var (project, code, caller, scope, b) = request;
        var id = await db.ShiftsIn(scope, project, code).Select(s => (Guid?)s.Id).SingleOrDefaultAsync(cancellationToken) ?? throw new NotFound("shift", "班次");
        await db.LockAsync<Shift>(id, cancellationToken);
        var shift = await db.Set<Shift>().SingleAsync(s => s.Id == id, cancellationToken);
        context.EnsureCurrent(shift.Version);
        var now = clock.GetCurrentInstant();
        var today = now.InZone(directory.Current.FindProject(project)!.Zone).Date;
        if (b.From < today) throw Malformed.Field("from", new Text("must not lie in the past", "不得早于今天"));
        shift.Say(new(b.NameZh, b.NameEn), new(b.Begins, b.Ends), b.From ?? today, b.Until, caller.Subject, now);
        return ShiftAnswer.Of(200, shift, now);
    }
}

internal static class EditShiftEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/shifts/{project}/{code}", (string project, string code, Body<EditShiftBody> body, Call call) =>
            call.Send(new EditShift(project, code, call.Caller, call.Scope, body.Value)))
        .Tells<ShiftAnswer>(
            "editShift", "Edit a shift",
            "Its hours and names from a day on; `until` ends it. Rosters that are made already keep their hours; a draft takes the new ones when its needs are saved or it is generated again. Needs If-Match.",
            rules: DutyRule.Rule)
        .WithMetadata(new EditsSomething())
        .AboutShift()
        .Example(new { nameZh = "晚班", nameEn = "Evening", begins = "16:00", ends = "00:00", from = "2026-12-01" })
        .Requires(DutyPermissions.Arrange);
}
