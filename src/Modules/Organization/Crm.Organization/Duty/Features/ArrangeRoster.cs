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

/// <param name="Remove">The ids of shifts that are taken from people.</param>
/// <param name="Add">Shifts that are given to people.</param>
internal sealed record ArrangeRosterBody(IReadOnlyList<Guid> Remove, IReadOnlyList<GivenShift> Add);

internal sealed record ArrangeRoster(string Project, string Month, Caller Caller, ProjectScope Scope, ArrangeRosterBody Body) : ICommand<RosterAnswer>;

internal sealed class ArrangeRosterValidator : AbstractValidator<ArrangeRosterBody>
{
    public ArrangeRosterValidator()
    {
        RuleFor(b => b.Remove).Must(RosterChange.AreIds).WithMessage(_ => RosterChange.Wrong);
        RuleFor(b => b.Add).Must(RosterChange.AreGiven).WithMessage(_ => RosterChange.Wrong);
    }
}

/// <summary>ORG-04: a draft is changed by hand. It may have more people in a shift than are needed.</summary>
internal sealed class ArrangeRosterHandler(OrganizationDb db, CommandContext context, RosterChange change, IClock clock) : IRequestHandler<ArrangeRoster, Answer<RosterAnswer>>
{
    public async Task<Answer<RosterAnswer>> Handle(ArrangeRoster request, CancellationToken cancellationToken)
    {
        var (project, month, caller, scope, body) = request;
        var roster = await db.TakeRosterAsync(scope, project, month, context, cancellationToken);
        roster.EnsureDraft();
        var now = clock.GetCurrentInstant();
        await change.ApplyAsync(roster, body.Remove, body.Add, OffBecause.Redrafted, caller.Subject, now, cancellationToken);
        return RosterAnswer.Of(200, roster, now);
    }
}

internal static class ArrangeRosterEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/rosters/{project}/{month}/assignments", (string project, string month, Body<ArrangeRosterBody> body, Call call) =>
            call.Send(new ArrangeRoster(project, month, call.Caller, call.Scope, body.Value)))
        .Tells<RosterAnswer>(
            "arrangeRoster", "Change a draft by hand",
            "Takes shifts from people and gives shifts to people, all or none. Nobody gets two shifts at the same time in whatever projects, too little rest, or a shift while on leave.",
            rules: DutyRule.Rule)
        .AboutRoster()
        .Example(new { remove = Array.Empty<Guid>(), add = new[] { new { shift = "day", date = "2026-12-01", staff = "demo.officer" } } })
        .Requires(DutyPermissions.Arrange);
}
