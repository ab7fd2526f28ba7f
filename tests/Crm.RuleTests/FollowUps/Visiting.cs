using Crm.FollowUps;
using Crm.Organization.Contracts;
using Crm.Shared.Clocks;
using Crm.Shared.Http;
using NodaTime;
using static Crm.RuleTests.Calendar;
using Moment = Crm.Shared.Clocks.Moment<Crm.FollowUps.VisitPolicies>;

namespace Crm.RuleTests;

/// <summary>A follow-up under test with the clock on the wall beside it.</summary>
internal sealed class Visiting
{
    /// <summary>When every matter under test was settled: ten in the morning of a Monday in Shanghai.</summary>
    public static readonly Instant Settled = InShanghai("2026-03-02T10:00:00");

    private readonly OrganizationSnapshot organization;
    private readonly Project project;

    private Visiting(Project project, OrganizationSnapshot organization, FollowUpKind kind, bool major, Instant plannedAt)
    {
        (this.project, this.organization, Now) = (project, organization, plannedAt);
        FollowUp = FollowUp.Plan(
            new Origin(Guid.CreateVersion7(), "TS20260302-000001", Cycle: 1, project.Code, major, Settled), kind, "HF20260302-000001", "demo.officer", Moment);
    }

    public FollowUp FollowUp { get; }

    public Instant Now { get; private set; }

    private Moment Moment => new(Now, "demo.officer", new VisitPolicies(organization, project, Now));

    public static Visiting Planned(FollowUpKind kind = FollowUpKind.Complaint, bool major = false, Project? project = null, Instant? at = null, params PolicyOverride[] own) =>
        new(project ?? Company.Demo, Company.With(own), kind, major, at ?? Settled);

    /// <summary>Moves the clock as a command does: what time has decided is written down first.</summary>
    public Visiting At(Instant now)
    {
        Now = now;
        FollowUp.CatchUp(Moment);
        return this;
    }

    /// <summary>At an instant nobody answers.</summary>
    public Visiting Missed(Instant at, NotReached why = NotReached.NoAnswer)
    {
        At(at).FollowUp.Record(Outcome(reached: false, notReached: why), Moment);
        return this;
    }

    /// <summary>At an instant the customer answers.</summary>
    public Visiting Reached(Instant at, int satisfaction = 5, bool? qualified = null)
    {
        At(at).FollowUp.Record(Outcome(reached: true, satisfaction: satisfaction, qualified: qualified), Moment);
        return this;
    }

    public Visiting Cancelled(Instant at)
    {
        At(at).FollowUp.Cancel(Moment);
        return this;
    }

    public Clock Due => Clocks(FollowUpClock.Due).Single();

    public IEnumerable<Clock> Clocks(FollowUpClock kind) => FollowUp.Clocks.Where(c => c.Kind == kind.ToWire());

    public IReadOnlyList<TEvent> Raised<TEvent>() => [.. FollowUp.Raised.OfType<TEvent>()];

    private static VisitOutcome Outcome(bool reached, int? satisfaction = null, NotReached? notReached = null, bool? qualified = null) => new(
        VisitChannel.Phone, reached, notReached, satisfaction, ServiceQuality: null, Attitude: null, FeeVerified: null, qualified, Shortcomings: null, Suggestions: null, Remarks: null, Signature: null);
}
