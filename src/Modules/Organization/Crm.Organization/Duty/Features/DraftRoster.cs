using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Features;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Duty.Features;

/// <param name="Project">The project's code.</param>
/// <param name="Month">The month, such as 2026-12.</param>
/// <param name="Shifts">How many each shift needs, on working days and on days off; each shift once.</param>
/// <param name="Days">Days on which a shift needs another number; each once.</param>
internal sealed record DraftRosterBody(string Project, string Month, IReadOnlyList<ShiftNeed> Shifts, IReadOnlyList<DayNeed>? Days = null);

internal sealed record DraftRoster(ProjectScope Scope, DraftRosterBody Body) : ICommand<RosterAnswer>;

/// <param name="Project">The project's code.</param>
/// <param name="Month">The month.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Version">For If-Match; also the ETag.</param>
internal sealed record RosterAnswer(string Project, string Month, RosterStatus Status, int Version) : IVersioned
{
    public static Answer<RosterAnswer> Of(int status, Roster roster, Instant at) => new(
        status, new RosterAnswer(roster.Project, RosterMonth.Write(roster.Month), roster.Status, roster.Version), new Deed("roster", roster.Id.ToString(), roster.Project, at), roster.Version,
        status == 201 ? $"/api/v1/rosters/{roster.Project}/{RosterMonth.Write(roster.Month)}" : null);
}

internal sealed class DraftRosterValidator : AbstractValidator<DraftRosterBody>
{
    public DraftRosterValidator()
    {
        RuleFor(b => b.Project).IsCode();
        RuleFor(b => b.Month).Must(m => RosterMonth.Read(m) is not null).WithMessage(_ => new Text("must be a month such as 2026-12", "应为月份，如 2026-12").Localized);
        RuleFor(b => b.Shifts).AreNeeds();
        RuleFor(b => b.Days).AreDays();
    }
}

/// <summary>What a roster may need.</summary>
internal static class NeedRules
{
    private const int MostShifts = 20, MostDays = 500, MostPeople = 100;

    /// <summary>How many each shift needs.</summary>
    public static IRuleBuilderOptions<T, IReadOnlyList<ShiftNeed>> AreNeeds<T>(this IRuleBuilder<T, IReadOnlyList<ShiftNeed>> rule) => rule
        .Must(needs => needs.Count is >= 1 and <= MostShifts && needs.All(n => n is { Shift.Length: >= 1 and <= 50, WorkingDays: >= 0 and <= MostPeople, DaysOff: >= 0 and <= MostPeople })
            && needs.DistinctBy(n => n.Shift).Count() == needs.Count)
        .WithMessage(_ => new Text($"must be 1 to {MostShifts} shifts, each once, with 0 to {MostPeople} people", $"应为 1 到 {MostShifts} 个不重复的班次，人数为 0 到 {MostPeople}").Localized);

    /// <summary>And on days that differ.</summary>
    public static IRuleBuilderOptions<T, IReadOnlyList<DayNeed>?> AreDays<T>(this IRuleBuilder<T, IReadOnlyList<DayNeed>?> rule) => rule
        .Must(days => days is null || (days.Count <= MostDays && days.All(d => d is { Shift.Length: >= 1 and <= 50, Needed: >= 0 and <= MostPeople }) && days.DistinctBy(d => (d.Date, d.Shift)).Count() == days.Count))
        .WithMessage(_ => new Text($"must name each shift of a day once, with 0 to {MostPeople} people", $"同一天的同一班次只能出现一次，人数为 0 到 {MostPeople}").Localized);
}

/// <summary>ORG-04: a month's roster begins as a draft, with its shifts laid out and nobody in them.</summary>
internal sealed class DraftRosterHandler(OrganizationDb db, OrganizationDirectory directory, RosterLayout layout, IClock clock) : IRequestHandler<DraftRoster, Answer<RosterAnswer>>
{
    public async Task<Answer<RosterAnswer>> Handle(DraftRoster request, CancellationToken cancellationToken)
    {
        var b = request.Body;
        var roster = new Roster { Project = directory.Current.ProjectIn(request.Scope, b.Project).Code, Month = RosterMonth.Read(b.Month)!.Value, Needs = new(b.Shifts, b.Days ?? []) };
        db.Add(roster);
        // Whether there is one already is decided before it is laid out.
        await db.SaveChangesAsync(cancellationToken);
        await layout.LayAsync(roster, cancellationToken);
        return RosterAnswer.Of(201, roster, clock.GetCurrentInstant());
    }
}

internal static class DraftRosterEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/rosters", (Body<DraftRosterBody> body, Call call) => call.Send(new DraftRoster(call.Scope, body.Value)))
        .Tells<RosterAnswer>(
            "draftRoster", "Draft a month's roster",
            "A draft for a month of a project, with how many each shift needs on working days and on days off by the working calendar. Fill it by generation or by hand, then publish it.",
            status: 201, rules: DutyRule.Rule)
        .WithMetadata(new CreatesSomething())
        .Example(new
        {
            project = "demo", month = "2026-12", shifts = new[] { new { shift = "day", workingDays = 1, daysOff = 1 }, new { shift = "evening", workingDays = 1, daysOff = 1 } },
            days = new[] { new { date = "2026-12-31", shift = "evening", needed = 2 } },
        })
        .Requires(DutyPermissions.Arrange);
}
