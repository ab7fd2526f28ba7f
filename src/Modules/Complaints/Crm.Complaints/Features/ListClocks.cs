using Crm.Complaints.Data;
using Crm.Organization.Contracts;
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

namespace Crm.Complaints.Features;

internal sealed record ListClocks(Guid Id, ProjectScope Scope) : IRequest<Page<ClockExplained>>;

/// <param name="Id">The clock.</param>
/// <param name="Kind">What it asks for.</param>
/// <param name="Cycle">The round of the case it belongs to.</param>
/// <param name="State">How it stands at this moment.</param>
/// <param name="StartedAt">When it began to run.</param>
/// <param name="Given">The time given, as the policy says it: <c>PT24H</c>, or <c>3 working days</c>.</param>
/// <param name="Budget">The whole time given, as it came to around the clock.</param>
/// <param name="Provisional">It was counted by a year of the working calendar whose notice is not out yet.</param>
/// <param name="Consumed">Time used up before it began to run, by an earlier clock of its kind in this cycle.</param>
/// <param name="Elapsed">Time used up at this moment, or when it ended.</param>
/// <param name="WarnAt">When it warns.</param>
/// <param name="DueAt">The last instant in time.</param>
/// <param name="WarnedAt">The warning's instant, once it was written.</param>
/// <param name="BreachedAt">The due instant, once its passing was written.</param>
/// <param name="EndedAt">When it ended; null while it runs.</param>
/// <param name="EndedBy">The command or rule that ended it.</param>
/// <param name="Policy">The policy value it was computed from.</param>
/// <param name="PolicyVersion">The project's version of that value; 0 for the pack's default.</param>
/// <param name="Moves">How often a new policy value or a corrected calendar moved it, and from where to where.</param>
/// <param name="Rungs">What was written down, each with its own instant and the instant of writing.</param>
/// <param name="Intervals">Every interval that counted, and why it began and ended.</param>
/// <param name="HeldBy">Who held the case in the breached time.</param>
internal sealed record ClockExplained(
    Guid Id, ComplaintClock Kind, int Cycle, ClockState State, Instant StartedAt, string Given, Duration Budget, bool Provisional, Duration Consumed, Duration Elapsed, Instant WarnAt, Instant DueAt,
    Instant? WarnedAt, Instant? BreachedAt, Instant? EndedAt, string? EndedBy, string Policy, int PolicyVersion,
    IReadOnlyList<MovedView> Moves, IReadOnlyList<RungView> Rungs, IReadOnlyList<IntervalView> Intervals, IReadOnlyList<HeldView> HeldBy);

/// <param name="At">When it was moved.</param>
/// <param name="By">Who applied the change.</param>
/// <param name="Preview">The preview that named it, which says why.</param>
/// <param name="DueAt">Due before.</param>
/// <param name="NewDueAt">Due after.</param>
internal sealed record MovedView(Instant At, string By, Guid Preview, Instant DueAt, Instant NewDueAt);

/// <param name="Rung">Warn or breach.</param>
/// <param name="At">The instant it is dated at.</param>
/// <param name="WrittenAt">The instant it was recorded.</param>
/// <param name="Late">Recorded too late to act on: the system was down.</param>
internal sealed record RungView(Rung Rung, Instant At, Instant WrittenAt, bool Late);

/// <param name="From">Beginning.</param>
/// <param name="To">End; null while it lasts.</param>
/// <param name="Counted">True when the time counts against the budget.</param>
/// <param name="Cause">What ended it, or that it runs.</param>
[NotPersonal("the rule or act that counted", "Cause")]
internal sealed record IntervalView(Instant From, Instant? To, bool Counted, string Cause);

/// <param name="From">Beginning, not before the due instant.</param>
/// <param name="To">End; null while it lasts.</param>
/// <param name="Holder">Who had the case in hand: who accepted it or was a leaver's successor, before that the project's service desk.</param>
internal sealed record HeldView(Instant From, Instant? To, string Holder);

/// <summary>CMP-30: every clock of a case explains itself.</summary>
internal sealed class ListClocksHandler(ComplaintsDb db, OrganizationDirectory directory, IClock clock) : IRequestHandler<ListClocks, Page<ClockExplained>>
{
    public async Task<Page<ClockExplained>> Handle(ListClocks request, CancellationToken cancellationToken)
    {
        var project = await db.Complaints.VisibleIn(request.Scope).Where(c => c.Id == request.Id).Select(c => c.Project).SingleOrDefaultAsync(cancellationToken)
            ?? throw new NotFound("complaint", "投诉");
        var clocks = await db.Clocks.AsNoTracking().Include(c => c.Rungs).Where(c => c.SubjectId == request.Id).ToListAsync(cancellationToken);
        Guid[] ids = [.. clocks.Select(c => c.Id)];
        var moves = (await db.PlannedMoves.AsNoTracking().Where(m => ids.Contains(m.ClockId) && m.Outcome == MoveOutcome.Moved).OrderBy(m => m.DoneAt).ToListAsync(cancellationToken)).ToLookup(m => m.ClockId);
        var takings = await db.Steps.Where(s => s.ComplaintId == request.Id && (s.Kind == StepKind.Accepted || s.Kind == StepKind.PassedOn)).OrderBy(s => s.At).ThenBy(s => s.Id)
            .Select(s => new Taking(s.At, s.Kind == StepKind.PassedOn ? s.To! : s.By)).ToListAsync(cancellationToken);
        var desk = directory.Current.FindProject(project)!.ServiceDesk;
        var now = clock.GetCurrentInstant();
        return new Page<ClockExplained>([.. clocks.OrderBy(c => c.Cycle).ThenBy(c => c.StartedAt).ThenBy(c => c.DueAt).Select(c => Explain(c, now, desk, takings, moves[c.Id]))], Next: null);
    }

    private static ClockExplained Explain(Clock c, Instant now, string desk, IReadOnlyList<Taking> takings, IEnumerable<PlannedMove> moves) => new(
        c.Id, Enum.Parse<ComplaintClock>(c.Kind, ignoreCase: true), c.Cycle, c.StateAt(now), c.StartedAt, c.Given, c.Budget, c.IsProvisional, c.Consumed, c.ElapsedAt(now), c.WarnAt, c.DueAt,
        c.Rungs.SingleOrDefault(r => r.Rung == Rung.Warn)?.At, c.Rungs.SingleOrDefault(r => r.Rung == Rung.Breach)?.At, c.EndedAt, c.EndedBy, c.Policy, c.PolicyVersion,
        [.. moves.Select(m => new MovedView(m.DoneAt!.Value, m.ReleasedBy!, m.PreviewId, m.DueAt, m.NewDueAt))],
        [.. c.Rungs.OrderBy(r => r.At).Select(r => new RungView(r.Rung, r.At, r.WrittenAt, r.Late))],
        [new IntervalView(c.StartedAt, c.EndedAt, Counted: true, c.EndedBy ?? "running")],
        [.. Holders(from: c.DueAt, to: c.EndedAt, now, desk, takings)]);

    private static IEnumerable<HeldView> Holders(Instant from, Instant? to, Instant now, string desk, IReadOnlyList<Taking> takings)
    {
        var end = to ?? now;
        if (end <= from) yield break;
        var holder = takings.LastOrDefault(t => t.At <= from)?.Holder ?? desk;
        foreach (var taken in takings.Where(t => t.At > from && t.At < end))
        {
            yield return new HeldView(from, taken.At, holder);
            (from, holder) = (taken.At, taken.Holder);
        }

        yield return new HeldView(from, to, holder);
    }

    /// <summary>From then on it was with somebody, who had accepted it or inherited it from a leaver.</summary>
    private sealed record Taking(Instant At, string Holder);
}

internal static class ListClocksEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/complaints/{id:guid}/clocks", (Guid id, Call call) => call.Ask(new ListClocks(id, call.Scope)))
        .Tells<Page<ClockExplained>>("listComplaintClocks", "Explain the clocks of a case", "Every clock of every cycle: the intervals that counted, the policy version, each warning and breach, and who held the case in the breached time.", rules: "CMP-09, CMP-13, CMP-14, CMP-16, CMP-30")
        .AboutComplaint()
        .Requires(ComplaintPermissions.Read);
}
