using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty.Features;

/// <param name="People">The staff codes of who takes turns, in their order.</param>
/// <param name="Shifts">The shifts they take turns in, in the order in which each goes from one to the next, such as day and evening.</param>
internal sealed record TurnsBody(IReadOnlyList<string> People, IReadOnlyList<string> Shifts);

/// <param name="Groups">Who takes turns in what; nobody in two groups.</param>
/// <param name="DaysOff">Days off for everybody, beside leave; the policy organization.days-off-per-month when absent.</param>
internal sealed record GenerateRosterBody(IReadOnlyList<TurnsBody> Groups, int? DaysOff = null);

internal sealed record GenerateRoster(string Project, string Month, Caller Caller, ProjectScope Scope, GenerateRosterBody Body) : ICommand<GeneratedRoster>;

/// <param name="Staff">The staff code.</param>
/// <param name="Reason">Why they could not be given it.</param>
internal sealed record WhyNotView(string Staff, WhyNot Reason);

/// <param name="Shift">The shift's code.</param>
/// <param name="Date">The day it begins on.</param>
/// <param name="Missing">How many are missing.</param>
/// <param name="Why">Why each of those who take turns in it could not be given it; nobody where no group takes turns in it.</param>
internal sealed record UnfilledView(string Shift, LocalDate Date, int Missing, IReadOnlyList<WhyNotView> Why);

/// <param name="Staff">The staff code.</param>
/// <param name="Shifts">How many shifts they have.</param>
/// <param name="AfterHours">How many of them are after hours.</param>
internal sealed record ShareView(string Staff, int Shifts, int AfterHours);

/// <param name="Project">The project's code.</param>
/// <param name="Month">The month.</param>
/// <param name="Shares">How it is shared out.</param>
/// <param name="Uncovered">What could not be covered, and why.</param>
/// <param name="Version">For If-Match; also the ETag.</param>
internal sealed record GeneratedRoster(string Project, string Month, IReadOnlyList<ShareView> Shares, IReadOnlyList<UnfilledView> Uncovered, int Version) : IVersioned;

internal sealed class GenerateRosterValidator : AbstractValidator<GenerateRosterBody>
{
    private const int Most = 100;

    public GenerateRosterValidator()
    {
        RuleFor(b => b.Groups).Must(groups => groups.Count is >= 1 and <= 20 && groups.All(IsGroup) && groups.SelectMany(g => g.People).Distinct().Count() == groups.Sum(g => g.People.Count))
            .WithMessage(_ => new Text($"must be 1 to 20 groups of people and shifts, at most {Most} in each; nobody twice", $"应为 1 到 20 个分组，每组人员与班次各不超过 {Most} 项，同一人只能出现一次").Localized);
        RuleFor(b => b.DaysOff).InclusiveBetween(0, 20);
    }

    private static bool IsGroup(TurnsBody? group) => group is not null && group.People.Count is >= 1 and <= Most && group.Shifts.Count is >= 1 and <= Most
        && group.People.All(p => p is { Length: >= 1 and <= 100 }) && group.Shifts.All(s => s is { Length: >= 1 and <= 50 }) && group.Shifts.Distinct().Count() == group.Shifts.Count;
}

/// <summary>ORG-04: fills a draft from a pattern. What was in it before goes.</summary>
internal sealed class GenerateRosterHandler(OrganizationDb db, CommandContext context, RosterLayout layout, PatternMaking pattern, Placing placing, IClock clock) : IRequestHandler<GenerateRoster, Answer<GeneratedRoster>>
{
    public async Task<Answer<GeneratedRoster>> Handle(GenerateRoster request, CancellationToken cancellationToken)
    {
        var (project, month, caller, scope, body) = request;
        var roster = await db.TakeRosterAsync(scope, project, month, context, cancellationToken);
        roster.EnsureDraft();
        await db.LockStaffAsync(body.Groups.SelectMany(g => g.People), cancellationToken);
        var now = clock.GetCurrentInstant();
        await layout.LayAsync(roster, cancellationToken);
        foreach (var old in await db.Set<ShiftAssignment>().Where(a => a.Roster == roster.Id && a.OffAt == null).ToListAsync(cancellationToken)) old.End(OffBecause.Redrafted, now);
        await db.SaveChangesAsync(cancellationToken);

        var slots = await db.Set<ShiftSlot>().Where(s => s.Roster == roster.Id && s.EndsAt > now).ToDictionaryAsync(s => s.Id, cancellationToken);
        var result = await pattern.FillAsync(roster, [.. slots.Values], body.Groups, body.DaysOff, now, cancellationToken);
        var rest = placing.RestIn(roster.Project, now);
        foreach (var (slot, staff) in result.Given) db.Add(ShiftAssignment.Of(slots[slot.Slot], staff, rest, caller.Subject, now));
        roster.Changed();
        var shares = body.Groups.SelectMany(g => g.People).Select(p => new ShareView(p, result.Given.Count(g => g.Staff == p), result.Given.Count(g => g.Staff == p && g.Slot.AfterHours)));
        var uncovered = result.Unfilled.Select(u => new UnfilledView(u.Slot.Shift, u.Slot.Date, u.Missing, [.. u.Why.Select(w => new WhyNotView(w.Staff, w.Why))]));
        return new(200, new GeneratedRoster(roster.Project, RosterMonth.Write(roster.Month), [.. shares], [.. uncovered], roster.Version), new Deed("roster", roster.Id.ToString(), roster.Project, now), roster.Version);
    }
}

internal static class GenerateRosterEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/rosters/{project}/{month}/generation", (string project, string month, Body<GenerateRosterBody> body, Call call) =>
            call.Send(new GenerateRoster(project, month, call.Caller, call.Scope, body.Value)))
        .Tells<GeneratedRoster>(
            "generateRoster", "Fill a draft from a pattern",
            "People in their order, from one shift to the next, days off spread over the month, rest between shifts, leave respected, duty after hours in turn, and nobody with two shifts more than another of the group where that can be. What could not be covered is answered with the reason for each person. What was in the draft before goes.",
            rules: DutyRule.Rule)
        .AboutRoster()
        .Example(new { groups = new[] { new { people = new[] { "demo.officer", "demo.desk", "demo.manager" }, shifts = new[] { "day", "evening" } } }, daysOff = 4 })
        .Requires(DutyPermissions.Arrange);
}
