using Crm.Organization.Contracts;
using Crm.Shared.Data;
using Crm.Shared.Events;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Violations;

/// <summary>ORG-13: where a violation stands.</summary>
internal enum ViolationState
{
    /// <summary>Recorded; it counts.</summary>
    Recorded,

    /// <summary>The person has appealed; it counts until it is decided.</summary>
    Appealed,

    /// <summary>It stands, and counts for good.</summary>
    Upheld,

    /// <summary>It was none, and counts no more.</summary>
    Overturned,
}

/// <summary>ORG-13: what can come of an appeal.</summary>
internal enum ViolationDecision
{
    /// <summary>维持.</summary>
    Upheld,

    /// <summary>撤销.</summary>
    Overturned,
}

/// <summary>ORG-13: a violation as it is recorded.</summary>
/// <param name="Staff">Whose.</param>
/// <param name="Project">Where.</param>
/// <param name="Kind">The version of its kind that counts at the recording.</param>
/// <param name="OccurredAt">When it was done.</param>
/// <param name="Facts">What was done.</param>
/// <param name="Evidence">Where the evidence is found.</param>
/// <param name="Source">The module that reported it; null for a person.</param>
/// <param name="Reference">The module's own reference.</param>
internal sealed record Finding(string Staff, Project Project, ViolationKindVersion Kind, Instant OccurredAt, [property: Personal(Datum.StaffWords, Guard.TakenIn)] string Facts, string? Evidence, string? Source = null, string? Reference = null);

/// <summary>ORG-13: a violation recorded against somebody. Changed under the person's row lock, like everything that counts with it.</summary>
internal sealed class Violation : Aggregate
{
    private readonly List<ViolationStep> steps = [];

    private Violation() => (Staff, Project, Kind, Facts, RecordedBy, Sanctions) = ("", "", "", "", "", []);

    public string Staff { get; private set; }

    public string Project { get; private set; }

    public string Kind { get; private set; }

    /// <summary>The version of the kind whose ladder counts.</summary>
    public int KindVersion { get; private set; }

    public Instant OccurredAt { get; private set; }

    [Personal(Datum.StaffWords, Guard.Plain)]
    public string Facts { get; private set; }

    public string? Evidence { get; private set; }

    public string? Source { get; private set; }

    public string? Reference { get; private set; }

    public string RecordedBy { get; private set; }

    public Instant RecordedAt { get; private set; }

    /// <summary>Its place among everything recorded of this kind against this person, from 1: what counting goes by.</summary>
    public int Place { get; private set; }

    public ViolationState State { get; private set; }

    /// <summary>Which offence it is.</summary>
    public int Number { get; private set; }

    public Sanction[] Sanctions { get; private set; }

    /// <summary>The last instant at which the person may appeal.</summary>
    public Instant AppealableUntil { get; private set; }

    public IReadOnlyCollection<ViolationStep> Steps => steps;

    /// <summary>As counting sees it.</summary>
    public Offence Offence => new(OccurredAt, Counts: State != ViolationState.Overturned);

    /// <summary>Records it, with the number and the sanctions that follow from what was recorded before.</summary>
    /// <param name="finding">What was found.</param>
    /// <param name="before">Everything of its kind recorded against the person before.</param>
    /// <param name="appealWithin">How long the person may appeal.</param>
    /// <param name="by">Who records it.</param>
    /// <param name="now">Read after the lock.</param>
    public static Violation Record(Finding finding, IReadOnlyCollection<Violation> before, Duration appealWithin, string by, Instant now)
    {
        var violation = new Violation
        {
            Staff = finding.Staff, Project = finding.Project.Code, Kind = finding.Kind.Kind, KindVersion = finding.Kind.Version, OccurredAt = finding.OccurredAt, Facts = finding.Facts,
            Evidence = finding.Evidence, Source = finding.Source, Reference = finding.Reference, RecordedBy = by, RecordedAt = now, Place = before.Count + 1, AppealableUntil = now + appealWithin,
        };
        violation.Count(finding.Kind.Terms.Ladder, before, finding.Project.Zone);
        violation.Note(ViolationStepKind.Recorded, by, now, text: null);
        violation.Tell(ViolationNews.Recorded, now);
        return violation;
    }

    /// <summary>The person appeals, in time and once.</summary>
    /// <exception cref="BrokenRule">ORG-13.</exception>
    public void Appeal(string reason, string by, Instant now)
    {
        if (State != ViolationState.Recorded) throw Refuse($"The violation is {State.ToWire()}: there is nothing to appeal against.", $"该记录处于 {State.ToWire()} 状态，不能申诉。");
        if (now > AppealableUntil) throw Refuse($"The time to appeal was over at {AppealableUntil}.", $"申诉期已于 {AppealableUntil} 结束。");
        State = ViolationState.Appealed;
        Note(ViolationStepKind.Appealed, by, now, reason);
        Touch();
        Raise(new ViolationAppealed(Id, Staff, Project, Kind, RecordedBy) { OccurredAt = now });
    }

    /// <summary>Somebody who neither recorded it nor is concerned decides. Without an appeal it can only be overturned: a mistake is taken back.</summary>
    /// <exception cref="BrokenRule">ORG-13.</exception>
    public void Decide(ViolationDecision decision, string reason, string by, Instant now)
    {
        if (by == Staff || by == RecordedBy) throw Refuse("Somebody else decides: neither the person concerned nor who recorded it.", "须由当事人和登记人以外的人决定。");
        if (State is ViolationState.Upheld or ViolationState.Overturned) throw Refuse($"The violation was {State.ToWire()} already.", $"该记录已处于 {State.ToWire()} 状态。");
        if (State == ViolationState.Recorded && decision == ViolationDecision.Upheld)
            throw Refuse("Nobody has appealed: it stands as it is.", "尚无申诉，无需维持。", ViolationDecision.Overturned.ToWire());
        State = decision == ViolationDecision.Upheld ? ViolationState.Upheld : ViolationState.Overturned;
        Note(decision == ViolationDecision.Upheld ? ViolationStepKind.Upheld : ViolationStepKind.Overturned, by, now, reason);
        Touch();
        Tell(decision == ViolationDecision.Upheld ? ViolationNews.Upheld : ViolationNews.Overturned, now);
    }

    /// <summary>One before it was overturned: its number and sanctions are worked out anew, by the ladder it was recorded under.</summary>
    /// <returns>True when they have changed.</returns>
    public bool Recount(Ladder ladder, IReadOnlyCollection<Violation> before, DateTimeZone zone, Instant now)
    {
        if (State == ViolationState.Overturned) return false;
        var number = Number;
        Count(ladder, before, zone);
        if (Number == number) return false;
        Note(ViolationStepKind.Recounted, "rule:ORG-13", now, text: null);
        Touch();
        Tell(ViolationNews.Recounted, now);
        return true;
    }

    private void Count(Ladder ladder, IReadOnlyCollection<Violation> before, DateTimeZone zone)
    {
        Number = ladder.NumberOf(OccurredAt, before.Select(v => v.Offence), zone);
        Sanctions = [.. ladder.SanctionsOf(Number)];
    }

    private void Note(ViolationStepKind kind, string by, Instant now, string? text) =>
        steps.Add(new ViolationStep { ViolationId = Id, Kind = kind, At = now, By = by, Text = text, Number = Number, Sanctions = Sanctions });

    private void Tell(ViolationNews news, Instant now) => Raise(new ViolationTold(Id, Staff, Project, Kind, news.ToWire(), Number, AppealableUntil) { OccurredAt = now });

    private static BrokenRule Refuse(string en, string zh, params string[] allowed) => new("ORG-13", new Text(en, zh), allowed);
}

/// <summary>ORG-13: what can happen to a violation.</summary>
internal enum ViolationStepKind
{
    /// <summary>It was recorded.</summary>
    Recorded,

    /// <summary>The person appealed.</summary>
    Appealed,

    /// <summary>It stands.</summary>
    Upheld,

    /// <summary>It counts no more.</summary>
    Overturned,

    /// <summary>One before it was overturned: it is an earlier offence than it was.</summary>
    Recounted,
}

/// <summary>ORG-13: one step in a violation's life: who, when, why, and what it led to from then on. Append-only.</summary>
internal sealed class ViolationStep
{
    public Guid Id { get; init; } = Ids.Next();

    public required Guid ViolationId { get; init; }

    public required ViolationStepKind Kind { get; init; }

    public required Instant At { get; init; }

    /// <summary>A subject, or "rule:" and the rule's id.</summary>
    public required string By { get; init; }

    /// <summary>The reason, where one was given.</summary>
    [Personal(Datum.StaffWords, Guard.Plain)]
    public string? Text { get; init; }

    public required int Number { get; init; }

    public required Sanction[] Sanctions { get; init; }
}

/// <summary>ORG-13: what the person is told of.</summary>
internal enum ViolationNews
{
    Recorded,
    Upheld,
    Overturned,
    Recounted,
}

/// <summary>ORG-13: something about a violation that the person concerned is to know.</summary>
internal sealed record ViolationTold(Guid ViolationId, string Staff, string Project, string Kind, string News, int Number, Instant AppealableUntil) : IntegrationEvent;

/// <summary>ORG-13: somebody has appealed: who recorded it is to know.</summary>
internal sealed record ViolationAppealed(Guid ViolationId, string Staff, string Project, string Kind, string RecordedBy) : IntegrationEvent;
