using Crm.FollowUps.Data;
using Crm.Shared.Access;
using Crm.Shared.Clocks;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.FollowUps.Features;

internal sealed record GetFollowUp(Guid Id, ProjectScope Scope) : IRequest<FollowUpDetails>;

/// <param name="Id">The follow-up.</param>
/// <param name="Number">Its people-facing number.</param>
/// <param name="Project">Its project.</param>
/// <param name="Kind">What is followed up.</param>
/// <param name="Origin">The case it asks about.</param>
/// <param name="OriginNumber">That case's number.</param>
/// <param name="OriginCycle">The cycle of the case it asks about.</param>
/// <param name="CustomerId">The customer of the directory; null for somebody who left no phone, and until they are known.</param>
/// <param name="Round">First, second, … round on the matter.</param>
/// <param name="Major">True after a major complaint.</param>
/// <param name="Assignee">The staff code of who is to make it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="PlannedAt">When it was planned.</param>
/// <param name="DueAt">The last instant in time.</param>
/// <param name="Attempts">Attempts that count so far.</param>
/// <param name="NextAttemptAt">The next attempt counts from then on.</param>
/// <param name="EndedAt">When it was completed, given up or cancelled.</param>
/// <param name="Clocks">Its deadlines.</param>
/// <param name="Visits">Every attempt, oldest first.</param>
/// <param name="PassedOn">From whom to whom it has passed, oldest first.</param>
/// <param name="ErasedAt">ORG-12: when the customer was forgotten at their request, and the words of the visits with them; null while they are not.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record FollowUpDetails(
    Guid Id, string Number, string Project, FollowUpKind Kind, Guid Origin, string OriginNumber, int OriginCycle, Guid? CustomerId, int Round, bool Major, string Assignee, FollowUpState State,
    Instant PlannedAt, Instant DueAt, int Attempts, Instant? NextAttemptAt, Instant? EndedAt, IReadOnlyList<FollowUpClockView> Clocks, IReadOnlyList<VisitView> Visits, IReadOnlyList<PassedOnView> PassedOn,
    Instant? ErasedAt, int Version) : IVersioned;

/// <param name="At">When.</param>
/// <param name="By">The rule that did it.</param>
/// <param name="From">The staff code of who was to make it.</param>
/// <param name="To">The staff code of who is to make it since.</param>
/// <param name="Reason">Why.</param>
[NotPersonal("which rule passed it on, and whose it was by staff code", "Reason")]
internal sealed record PassedOnView(Instant At, string By, string From, string To, string Reason);

/// <param name="Kind">What it asks for.</param>
/// <param name="State">How it stands at this moment.</param>
/// <param name="StartedAt">When it began to run.</param>
/// <param name="WarnAt">When it warns.</param>
/// <param name="DueAt">The last instant in time.</param>
/// <param name="WarnedAt">The warning's instant, once it was written.</param>
/// <param name="BreachedAt">The due instant, once its passing was written.</param>
/// <param name="Late">The breach was recorded too late to act on.</param>
internal sealed record FollowUpClockView(FollowUpClock Kind, ClockState State, Instant StartedAt, Instant WarnAt, Instant DueAt, Instant? WarnedAt, Instant? BreachedAt, bool Late);

/// <param name="At">When.</param>
/// <param name="By">Who.</param>
/// <param name="Channel">How.</param>
/// <param name="Reached">Whether the customer was reached.</param>
/// <param name="NotReached">Why not.</param>
/// <param name="Counted">Whether it is one of the attempts the policy wants.</param>
/// <param name="Satisfaction">1 to 5.</param>
/// <param name="ServiceQuality">1 to 5.</param>
/// <param name="Attitude">1 to 5.</param>
/// <param name="FeeVerified">The fee was verified.</param>
/// <param name="Qualified">False when the work was found not in order.</param>
/// <param name="Shortcomings">What fell short.</param>
/// <param name="Suggestions">What the customer suggests.</param>
/// <param name="Remarks">Anything else.</param>
/// <param name="Signature">Reference of the customer's signature.</param>
internal sealed record VisitView(
    Instant At, string By, VisitChannel Channel, bool Reached, NotReached? NotReached, bool Counted, int? Satisfaction, int? ServiceQuality, int? Attitude, bool? FeeVerified,
    bool? Qualified, [property: Personal(Datum.CustomerWords, Guard.InScope)] string? Shortcomings, [property: Personal(Datum.CustomerWords, Guard.InScope)] string? Suggestions, [property: Personal(Datum.CustomerWords, Guard.InScope)] string? Remarks, [property: Personal(Datum.CustomerSignature, Guard.InScope)] string? Signature);

/// <summary>FUP-06: a follow-up with its records and deadlines.</summary>
internal sealed class GetFollowUpHandler(FollowUpsDb db, KeyRing keys, IClock clock) : IRequestHandler<GetFollowUp, FollowUpDetails>
{
    public async Task<FollowUpDetails> Handle(GetFollowUp request, CancellationToken cancellationToken)
    {
        var f = await db.FollowUps.AsNoTracking().VisibleIn(request.Scope).Include(x => x.Visits).Include(x => x.PassedOn).Include(x => x.Clocks).ThenInclude(c => c.Rungs).AsSplitQuery()
            .SingleOrDefaultAsync(x => x.Id == request.Id, cancellationToken) ?? throw new NotFound("follow-up", "回访");
        var (now, key) = (clock.GetCurrentInstant(), keys.OpenRecord(f.SealedKey, db.Schema, f.Id));
        return new FollowUpDetails(
            f.Id, f.Number, f.Project, f.Kind, f.OriginId, f.OriginNumber, f.OriginCycle, f.CustomerId, f.Round, f.Major, f.Assignee, f.State, f.PlannedAt, f.DueAt, f.AttemptCount, f.NextAttemptAt, f.EndedAt,
            [.. f.Clocks.OrderBy(c => c.StartedAt).ThenBy(c => c.DueAt).Select(c => View(c, now))],
            [.. f.Visits.OrderBy(v => v.At).ThenBy(v => v.Id).Select(v => new VisitView(
                v.At, v.By, v.Channel, v.Reached, v.NotReached, v.Counted, v.Satisfaction, v.ServiceQuality, v.Attitude, v.FeeVerified, v.Qualified,
                key.Open(v.Shortcomings, v.Id), key.Open(v.Suggestions, v.Id), key.Open(v.Remarks, v.Id), key.Open(v.Signature, v.Id)))],
            [.. f.PassedOn.OrderBy(p => p.At).ThenBy(p => p.Id).Select(p => new PassedOnView(p.At, p.By, p.From, p.To, p.Reason))],
            f.ErasedAt, f.Version);
    }

    private static FollowUpClockView View(Clock c, Instant now)
    {
        var breach = c.Rungs.SingleOrDefault(r => r.Rung == Rung.Breach);
        return new(
            Enum.Parse<FollowUpClock>(c.Kind, ignoreCase: true), c.StateAt(now), c.StartedAt, c.WarnAt, c.DueAt,
            c.Rungs.SingleOrDefault(r => r.Rung == Rung.Warn)?.At, breach?.At, breach?.Late ?? false);
    }
}

internal static class GetFollowUpEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/follow-ups/{id:guid}", (Guid id, Call call) => call.Ask(new GetFollowUp(id, call.Scope)))
        .Tells<FollowUpDetails>("getFollowUp", "Get a follow-up", "One follow-up with every attempt and its deadlines.", rules: "FUP-06, FUP-07")
        .About("follow-up", "回访", (FollowUpsDb db, Guid id, ProjectScope scope) => db.FollowUps.VisibleIn(scope).Where(f => f.Id == id))
        .Requires(FollowUpPermissions.Read);
}
