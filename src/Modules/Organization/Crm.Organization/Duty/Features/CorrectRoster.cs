using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Duty.Features;

/// <param name="Remove">The ids of shifts that are taken from people; one that runs ends now.</param>
/// <param name="Add">Shifts that are given to people.</param>
/// <param name="Reason">Why.</param>
internal sealed record CorrectRosterBody(IReadOnlyList<Guid> Remove, IReadOnlyList<GivenShift> Add, [property: Personal(Datum.Reason, Guard.TakenIn)] string Reason);

internal sealed record CorrectRoster(string Project, string Month, Caller Caller, ProjectScope Scope, CorrectRosterBody Body) : ICommand<RosterAnswer>, IGivesReason
{
    public string Reason => Body.Reason;
}

internal sealed class CorrectRosterValidator : AbstractValidator<CorrectRosterBody>
{
    public CorrectRosterValidator()
    {
        RuleFor(b => b.Remove).Must(RosterChange.AreIds).WithMessage(_ => RosterChange.Wrong);
        RuleFor(b => b.Add).Must(RosterChange.AreGiven).WithMessage(_ => RosterChange.Wrong);
        RuleFor(b => b.Reason).NotEmpty().MaximumLength(500);
    }
}

/// <summary>ORG-04: a published roster is put right, with a reason; those it concerns are told.</summary>
internal sealed class CorrectRosterHandler(OrganizationDb db, CommandContext context, RosterChange change, OpenHours hours, IClock clock) : IRequestHandler<CorrectRoster, Answer<RosterAnswer>>
{
    public async Task<Answer<RosterAnswer>> Handle(CorrectRoster request, CancellationToken cancellationToken)
    {
        var (project, month, caller, scope, body) = request;
        var roster = await db.TakeRosterAsync(scope, project, month, context, cancellationToken);
        roster.EnsurePublished();
        var now = clock.GetCurrentInstant();
        var touched = await change.ApplyAsync(roster, body.Remove, body.Add, OffBecause.Corrected, caller.Subject, now, cancellationToken);
        await hours.ReviewAsync(touched.Select(s => s.Id), cancellationToken);
        return RosterAnswer.Of(200, roster, now);
    }
}

internal static class CorrectRosterEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/rosters/{project}/{month}/correction", (string project, string month, Body<CorrectRosterBody> body, Call call) =>
            call.Send(new CorrectRoster(project, month, call.Caller, call.Scope, body.Value)))
        .Tells<RosterAnswer>("correctRoster", "Correct a published roster", "Takes shifts from people and gives shifts to people, all or none, with a reason. Those it concerns are told; hours that it opens are told to the supervisors.", rules: DutyRule.Rule)
        .AboutRoster()
        .Example(new { remove = new[] { "01a2019d-863d-7dfc-961d-e804b66d7933" }, add = new[] { new { shift = "day", date = "2026-12-01", staff = "demo.officer" } }, reason = "人员突发疾病" })
        .Requires(DutyPermissions.Arrange);
}
