using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Duty.Features;

/// <param name="Shifts">How many each shift needs, on working days and on days off; each shift once.</param>
/// <param name="Days">Days on which a shift needs another number; each once.</param>
internal sealed record EditRosterBody(IReadOnlyList<ShiftNeed> Shifts, IReadOnlyList<DayNeed>? Days = null);

internal sealed record EditRoster(string Project, string Month, ProjectScope Scope, EditRosterBody Body) : ICommand<RosterAnswer>;

internal sealed class EditRosterValidator : AbstractValidator<EditRosterBody>
{
    public EditRosterValidator()
    {
        RuleFor(b => b.Shifts).AreNeeds();
        RuleFor(b => b.Days).AreDays();
    }
}

/// <summary>ORG-04: a draft needs other numbers. It is laid out again by the shifts and the calendar of today; who has a shift that stays as it is keeps it.</summary>
internal sealed class EditRosterHandler(OrganizationDb db, CommandContext context, RosterLayout layout, IClock clock) : IRequestHandler<EditRoster, Answer<RosterAnswer>>
{
    public async Task<Answer<RosterAnswer>> Handle(EditRoster request, CancellationToken cancellationToken)
    {
        var (project, month, scope, body) = request;
        var roster = await db.TakeRosterAsync(scope, project, month, context, cancellationToken);
        roster.EnsureDraft();
        roster.Needs = new(body.Shifts, body.Days ?? []);
        await layout.LayAsync(roster, cancellationToken);
        roster.Changed();
        return RosterAnswer.Of(200, roster, clock.GetCurrentInstant());
    }
}

internal static class EditRosterEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/rosters/{project}/{month}", (string project, string month, Body<EditRosterBody> body, Call call) => call.Send(new EditRoster(project, month, call.Scope, body.Value)))
        .Tells<RosterAnswer>("editRoster", "Say how many a draft needs", "Other numbers for a draft; its shifts are laid out again as they are defined now. Needs If-Match.", rules: DutyRule.Rule)
        .WithMetadata(new EditsSomething())
        .AboutRoster()
        .Example(new { shifts = new[] { new { shift = "day", workingDays = 2, daysOff = 1 }, new { shift = "evening", workingDays = 1, daysOff = 1 } } })
        .Requires(DutyPermissions.Arrange);
}
