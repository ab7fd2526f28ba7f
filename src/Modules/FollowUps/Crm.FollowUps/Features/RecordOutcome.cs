using Crm.FollowUps.Data;
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

namespace Crm.FollowUps.Features;

/// <param name="Channel">How the customer was asked (FUP-05).</param>
/// <param name="Reached">Whether the customer was reached.</param>
/// <param name="Satisfaction">1 to 5: required when reached.</param>
/// <param name="NotReached">Why not, when not reached; <c>noAnswer</c> when absent.</param>
/// <param name="ServiceQuality">1 to 5.</param>
/// <param name="Attitude">1 to 5.</param>
/// <param name="FeeVerified">The fee charged was verified with the customer.</param>
/// <param name="Qualified">False when the work was found not in order; it then goes back whatever the satisfaction.</param>
/// <param name="Shortcomings">What fell short.</param>
/// <param name="Suggestions">What the customer suggests.</param>
/// <param name="Remarks">Anything else.</param>
/// <param name="Signature">Reference of the customer's signature: required for a visit in person.</param>
internal sealed record RecordOutcomeBody(
    VisitChannel Channel, bool Reached, int? Satisfaction = null, NotReached? NotReached = null, int? ServiceQuality = null, int? Attitude = null, bool? FeeVerified = null,
    bool? Qualified = null, [property: Personal(Datum.CustomerWords, Guard.TakenIn)] string? Shortcomings = null, [property: Personal(Datum.CustomerWords, Guard.TakenIn)] string? Suggestions = null, [property: Personal(Datum.CustomerWords, Guard.TakenIn)] string? Remarks = null, [property: Personal(Datum.CustomerSignature, Guard.TakenIn)] string? Signature = null);

internal sealed record RecordOutcome(Guid Id, ProjectScope Scope, RecordOutcomeBody Body) : ICommand<FollowUpAnswer>;

/// <param name="Id">The follow-up.</param>
/// <param name="Number">Its people-facing number.</param>
/// <param name="State">Where it stands now.</param>
/// <param name="Attempts">Attempts that count so far.</param>
/// <param name="NextAttemptAt">When not reached: the next attempt counts from then on.</param>
/// <param name="DueAt">The last instant in time.</param>
/// <param name="Version">For If-Match; also the ETag.</param>
internal sealed record FollowUpAnswer(Guid Id, string Number, FollowUpState State, int Attempts, Instant? NextAttemptAt, Instant DueAt, int Version) : IVersioned;

internal sealed class RecordOutcomeValidator : AbstractValidator<RecordOutcomeBody>
{
    public RecordOutcomeValidator()
    {
        RuleFor(b => b.Satisfaction).NotNull().When(b => b.Reached)
            .WithMessage(_ => new Text("FUP-06: required, 1 to 5, when the customer was reached", "FUP-06：联系到客户时必填，1 到 5").Localized);
        RuleFor(b => b.Satisfaction).InclusiveBetween(1, 5);
        RuleFor(b => b.ServiceQuality).InclusiveBetween(1, 5);
        RuleFor(b => b.Attitude).InclusiveBetween(1, 5);
        RuleFor(b => b.Satisfaction).Null().When(b => !b.Reached).WithMessage(_ => new Text("only when the customer was reached", "仅在联系到客户时填写").Localized);
        RuleFor(b => b.NotReached).Null().When(b => b.Reached).WithMessage(_ => new Text("only when the customer was not reached", "仅在未联系到客户时填写").Localized);
        RuleFor(b => b.Signature).NotEmpty().When(b => b.Reached && b.Channel == VisitChannel.InPerson)
            .WithMessage(_ => new Text("FUP-05: a visit in person needs the customer's signature", "FUP-05：上门回访须有客户签名").Localized);
        RuleFor(b => b.Signature).MaximumLength(200);
        RuleFor(b => b.Shortcomings).MaximumLength(2_000);
        RuleFor(b => b.Suggestions).MaximumLength(2_000);
        RuleFor(b => b.Remarks).MaximumLength(4_000);
    }
}

/// <summary>FUP-05, FUP-06, FUP-07, FUP-10: what came of a visit or call.</summary>
internal sealed class RecordOutcomeHandler(FollowUpDesk desk) : IRequestHandler<RecordOutcome, Answer<FollowUpAnswer>>
{
    public async Task<Answer<FollowUpAnswer>> Handle(RecordOutcome request, CancellationToken cancellationToken)
    {
        var (followUp, moment) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        var b = request.Body;
        followUp.Record(
            new VisitOutcome(
                b.Channel, b.Reached, b.Reached ? null : b.NotReached ?? NotReached.NoAnswer, b.Satisfaction, b.ServiceQuality, b.Attitude, b.FeeVerified, b.Qualified,
                b.Shortcomings, b.Suggestions, b.Remarks, b.Signature),
            moment);
        return new(
            200, new FollowUpAnswer(followUp.Id, followUp.Number, followUp.State, followUp.AttemptCount, followUp.NextAttemptAt, followUp.DueAt, followUp.Version),
            new Deed("followUp", followUp.Id.ToString(), followUp.Project, moment.Now), followUp.Version);
    }
}

internal static class RecordOutcomeEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/follow-ups/{id:guid}/outcome", (Guid id, Body<RecordOutcomeBody> body, Call call) => call.Send(new RecordOutcome(id, call.Scope, body.Value)))
        .Tells<FollowUpAnswer>(
            "recordFollowUpOutcome", "Record the outcome of a follow-up",
            "Reached: the follow-up is completed; a low satisfaction sends the matter back and reopens the complaint. Not reached: it is tried again by policy, then closed as unreachable. An attempt outside calling hours or too soon after the last is kept but does not count.",
            rules: "FUP-05, FUP-06, FUP-07, FUP-10")
        .Example(new { channel = "phone", reached = true, satisfaction = 5, attitude = 5, serviceQuality = 4, remarks = "电梯运行正常" })
        .About("follow-up", "回访", (FollowUpsDb db, Guid id, ProjectScope scope) => db.FollowUps.VisibleIn(scope).Where(f => f.Id == id))
        .Requires(FollowUpPermissions.Record);
}
