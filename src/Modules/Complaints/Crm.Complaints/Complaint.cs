using Crm.Complaints.Contracts;
using Crm.Organization.Contracts;
using Crm.Shared.Clocks;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Complaints;

/// <summary>
/// A case from reception to archive (CMP-19): the mutable side of an immutable record. Every change first catches up with the clocks, so that
/// what time has already decided is written down before anybody acts, whether or not a sweep has been there.
/// </summary>
internal sealed class Complaint : Subject<CasePolicies>
{
    private const string Engine = "rule:";
    private readonly List<Step> steps = [];
    private readonly List<Supplement> supplements = [];

    private Complaint()
    {
        Record = null!;
        Number = "";
    }

    private Complaint(Guid id, ComplaintRecord record)
    {
        (Id, Record, Number, Project, Kind, Severity, RegisteredAt) =
            (id, record, record.Number, record.Project, record.Kind, record.ProposedSeverity, record.RegisteredAt);
    }

    public ComplaintRecord Record { get; private set; }

    public string Number { get; private set; }

    public CaseKind Kind { get; private set; }

    public Severity Severity { get; private set; }

    public CaseStatus Status { get; private set; }

    /// <summary>The round of the case, from 1; each reopening begins the next and leaves the earlier ones as they are.</summary>
    public int Cycle { get; private set; } = 1;

    public Instant RegisteredAt { get; private set; }

    /// <summary>Who has it in hand: the subject who accepted it; null before that.</summary>
    public string? Handler { get; private set; }

    /// <summary>ORG-16: the customer it is about; null for somebody who left no phone, and until the directory has told, within seconds.</summary>
    public Guid? CustomerId { get; private set; }

    /// <summary>The first running deadline: what "overdue" is read from.</summary>
    public Instant? EarliestDueAt { get; private set; }

    /// <summary>ORG-12: who it is about; null once they have been forgotten.</summary>
    public Complainant? Complainant { get; private set; }

    /// <summary>ORG-12: when the person it is about was forgotten; null while they are not.</summary>
    public Instant? ErasedAt { get; private set; }

    public IReadOnlyCollection<Step> Steps => steps;

    public IReadOnlyCollection<Supplement> Supplements => supplements;

    /// <summary>CMP-03: registers a case; CMP-09, CMP-13, CMP-14 and CMP-16 start the clocks of a complaint.</summary>
    public static Complaint Register(ComplaintRecord record, Moment moment)
    {
        var complaint = new Complaint(record.ComplaintId, record);
        complaint.Note(StepKind.Registered, moment);
        complaint.Raise(new CaseRegistered(record.Kind.ToWire(), complaint.Severity.ToWire(), record.Category, record.Channel.ToWire())
        {
            OccurredAt = moment.Now, ComplaintId = complaint.Id, Number = complaint.Number, Project = complaint.Project, Cycle = complaint.Cycle, LeftPhone = record.LeftPhone,
        });
        complaint.StartCycleClocks(moment, from: record.ReceivedAt, reportFrom: record.RegisteredAt);
        complaint.CatchUp(moment);
        return complaint;
    }

    /// <summary>CMP-02, CMP-03: the source posted its ticket again with other words: they are kept beside the record.</summary>
    /// <param name="content">The words.</param>
    /// <param name="read">Opens what was said before, in a row of this id.</param>
    /// <param name="moment">When, and by whom.</param>
    /// <returns>False when these words are known already.</returns>
    public bool Supplement(string content, Func<PersonalText?, Guid, string?> read, Moment moment)
    {
        // Of somebody who was forgotten nothing more is kept: the ticket is known, and that is all.
        if (ErasedAt is not null || read(Record.Content, Id) == content || supplements.Any(s => read(s.Content, s.Id) == content)) return false;
        supplements.Add(new Supplement { ComplaintId = Id, At = moment.Now, By = moment.By, Content = content });
        Move(StepKind.Supplemented, Status, moment);
        return true;
    }

    /// <summary>CMP-19: somebody takes it in hand.</summary>
    public void Accept(Moment moment)
    {
        CaseLife.Ensure(Status, CaseAct.Acceptance);
        Handler = moment.By;
        Move(StepKind.Accepted, CaseStatus.Accepted, moment);
    }

    /// <summary>ORG-03: who had it in hand has left; it is their successor's from now on.</summary>
    public void PassOn(string heir, Moment moment)
    {
        var text = $"{Handler} has left. {Handler} 已离职。";
        Handler = heir;
        Move(StepKind.PassedOn, Status, moment, text, toWhom: heir);
    }

    /// <summary>CMP-09: the customer is told how it stands; the first time ends the feedback clock.</summary>
    public void GiveFeedback(string content, Moment moment)
    {
        CaseLife.Ensure(Status, CaseAct.CustomerFeedback);
        FeedbackInCycle = Cycle;
        Running(ComplaintClock.Feedback)?.Meet(moment.Now, CaseLife.Noun(CaseAct.CustomerFeedback));
        Move(StepKind.CustomerFeedback, Status, moment, content);
    }

    /// <summary>The cycle in which the customer was last told how it stands; null before the first time.</summary>
    public int? FeedbackInCycle { get; private set; }

    /// <summary>CMP-13: the recorded report to the head (who, to whom, when, how) ends its clock and starts that of the acknowledgement.</summary>
    public void ReportToHead(string to, string how, Moment moment)
    {
        CaseLife.Ensure(Status, CaseAct.HeadReport);
        EnsureMajor();
        if (Running(ComplaintClock.HeadReport) is { } report)
        {
            report.Meet(moment.Now, CaseLife.Noun(CaseAct.HeadReport));
            Start(ComplaintClock.HeadAcknowledgement, moment.Now, moment);
        }

        Move(StepKind.HeadReported, Status, moment, toWhom: to, how: how);
    }

    /// <summary>CMP-13: the head has taken note. Before any report, this ends the report's clock as well.</summary>
    public void AcknowledgeByHead(Moment moment)
    {
        CaseLife.Ensure(Status, CaseAct.HeadAcknowledgement);
        EnsureMajor();
        Running(ComplaintClock.HeadReport)?.Meet(moment.Now, CaseLife.Noun(CaseAct.HeadAcknowledgement));
        Running(ComplaintClock.HeadAcknowledgement)?.Meet(moment.Now, CaseLife.Noun(CaseAct.HeadAcknowledgement));
        Move(StepKind.HeadAcknowledged, Status, moment);
    }

    /// <summary>CMP-14: a solution is agreed with the customer. Whether that alone ends the clock is a policy value.</summary>
    public void AgreeSolution(string content, Moment moment)
    {
        CaseLife.Ensure(Status, CaseAct.AgreedSolution);
        SolutionAgreedInCycle = Cycle;
        if (moment.Policies.SolutionEnds == SolutionEnds.Agreed)
            Running(ComplaintClock.Solution)?.Meet(moment.Now, CaseLife.Noun(CaseAct.AgreedSolution));
        Move(StepKind.SolutionAgreed, Status, moment, content);
    }

    /// <summary>The cycle in which a solution was last agreed; null before the first.</summary>
    public int? SolutionAgreedInCycle { get; private set; }

    /// <summary>
    /// CMP-04, CMP-29: changes the severity by hand. Clocks that no longer apply end as cancelled; a clock that applies again goes on from
    /// the time its predecessor in this cycle had used up.
    /// </summary>
    public void ChangeSeverity(Severity severity, string reason, Moment moment)
    {
        CaseLife.Ensure(Status, CaseAct.Severity);
        EnsureOnScale(severity, moment.Policies);
        if (severity == Severity)
            throw new BrokenRule("CMP-04", new Text($"The severity is {severity.ToWire()} already.", $"严重程度已经是 {severity.ToWire()}。"), [.. moment.Policies.Scale.Except([severity]).Select(s => s.ToWire())]);

        var before = Severity;
        Severity = severity;
        if (Kind == CaseKind.Complaint && (before == Severity.Major) != (severity == Severity.Major))
        {
            foreach (var clock in RunningClocks) clock.Cancel(moment.Now, CaseLife.Noun(CaseAct.Severity));
            foreach (var kind in ClocksToGoOn().Where(k => !IsDoneInCycle(k, moment)))
            {
                var earlier = Clocks.Where(c => c.Cycle == Cycle && c.Kind == kind.ToWire()).ToArray();
                // Met once is met for the cycle; and what has become major by itself (CMP-16) does not do so a second time.
                if (earlier.Any(c => c.End is not ClockEnd.Cancelled)) continue;
                Start(kind, moment.Now, moment, ran: [.. earlier.Select(c => c.RanUntil(moment.Now))], rung: earlier.Max(c => c.EndedPast));
            }

            // The area manager's time to report it begins now, because the system tells at once (CMP-13).
            if (IsMajor) Raise(new ComplaintEscalated(before.ToWire(), severity.ToWire(), "CMP-04") { OccurredAt = moment.Now, ComplaintId = Id, Number = Number, Project = Project, Cycle = Cycle, Handler = Handler });
        }

        Move(StepKind.SeverityChanged, Status, moment, reason);
        CatchUp(moment);
    }

    /// <summary>
    /// CMP-19, CMP-20: the matter is settled. Ends every clock of the cycle: an agreed solution is now carried out; the others are met where
    /// due has not passed. CMP-23: where nobody can be written to, a note says so.
    /// </summary>
    public void Resolve(string summary, Moment moment)
    {
        CaseLife.Ensure(Status, CaseAct.Resolution);
        if (SolutionAgreedInCycle == Cycle) Running(ComplaintClock.Solution)?.Meet(moment.Now, CaseLife.Noun(CaseAct.Resolution));
        foreach (var clock in RunningClocks) clock.Close(moment.Now, CaseLife.Noun(CaseAct.Resolution));
        Move(StepKind.Resolved, CaseStatus.Resolved, moment, summary);
        if (Record.NobodyToWriteTo && !HasWrittenReply)
        {
            HasWrittenReply = true;
            steps.Add(NewStep(StepKind.WrittenReply, moment.Now, Engine + "CMP-23", "The complainant left neither name nor phone: there is nobody to write to. 投诉人未留姓名和电话，无处书面答复。"));
        }

        Raise(new ComplaintResolved(Kind.ToWire(), IsMajor, Record.ReceivedBy, moment.By, Record.Exemption?.ToWire())
        {
            OccurredAt = moment.Now, ComplaintId = Id, Number = Number, Project = Project, Cycle = Cycle,
        });
    }

    /// <summary>CMP-21: the result was checked.</summary>
    public void Verify(string result, Moment moment)
    {
        CaseLife.Ensure(Status, CaseAct.Verification);
        Move(StepKind.Verified, CaseStatus.Verified, moment, result);
    }

    /// <summary>CMP-23: the written reply is attached to the case.</summary>
    public void ReplyInWriting(string content, Moment moment)
    {
        CaseLife.Ensure(Status, CaseAct.WrittenReply);
        HasWrittenReply = true;
        Move(StepKind.WrittenReply, Status, moment, content);
    }

    /// <summary>CMP-23: a written reply, or the note that nobody can be written to, is attached.</summary>
    public bool HasWrittenReply { get; private set; }

    /// <summary>CMP-19, CMP-20: begins a new numbered cycle with fresh clocks; the cycles before stay as they are.</summary>
    public void Reopen(string reason, Moment moment)
    {
        CaseLife.Ensure(Status, CaseAct.Reopening);
        if (ErasedAt is not null) throw PersonalTexts.Erased;
        Cycle++;
        Move(StepKind.Reopened, CaseStatus.Reopened, moment, reason);
        Raise(new ComplaintReopened { OccurredAt = moment.Now, ComplaintId = Id, Number = Number, Project = Project, Cycle = Cycle, Handler = Handler, Major = IsMajor });
        StartCycleClocks(moment, from: moment.Now, reportFrom: moment.Now);
    }

    /// <summary>CMP-19: the customer takes it back; running clocks are cancelled.</summary>
    public void Withdraw(string reason, Moment moment)
    {
        CaseLife.Ensure(Status, CaseAct.Withdrawal);
        foreach (var clock in RunningClocks) clock.Cancel(moment.Now, CaseLife.Noun(CaseAct.Withdrawal));
        Move(StepKind.Withdrawn, CaseStatus.Withdrawn, moment, reason);
        Raise(new ComplaintWithdrawn { OccurredAt = moment.Now, ComplaintId = Id, Number = Number, Project = Project, Cycle = Cycle });
    }

    /// <summary>CMP-19: files the case. CMP-23: one without a return visit needs its written reply first.</summary>
    public void Archive(Moment moment)
    {
        CaseLife.Ensure(Status, CaseAct.Archive);
        if (Record.Exemption is not null && !HasWrittenReply)
        {
            throw new BrokenRule("CMP-23", new Text(
                "No return visit is made for this case: attach the written reply before it is filed.", "本件免回访，归档前须附书面答复。"), CaseLife.Noun(CaseAct.WrittenReply));
        }

        Move(StepKind.Archived, CaseStatus.Archived, moment);
        Raise(new ComplaintArchived { OccurredAt = moment.Now, ComplaintId = Id, Number = Number, Project = Project, Cycle = Cycle });
    }

    /// <summary>CMP-24, ORG-12: why the person it is about cannot be forgotten yet; null when they can.</summary>
    /// <param name="archivedAt">When it was filed last.</param>
    /// <param name="moment">With the project's retention.</param>
    public Kept? Keeps(Instant? archivedAt, Moment moment) => Status switch
    {
        CaseStatus.Withdrawn => null,
        CaseStatus.Archived when moment.Policies.RetainedUntil(archivedAt!.Value) is var until => until <= moment.Now ? null : new Kept("retention", until),
        _ => new Kept("open", Until: null),
    };

    /// <summary>ORG-12: the person it is about has been forgotten. What happened, when, and how it was judged stays.</summary>
    public void Erase(Moment moment)
    {
        Complainant = null;
        ErasedAt = moment.Now;
        Move(StepKind.Erased, Status, moment);
    }

    /// <summary>A return visit of this cycle is over; kept in the history.</summary>
    public void NoteFollowUp(string outcome, string visitor, Moment moment) => steps.Add(NewStep(StepKind.FollowedUp, moment.Now, visitor, outcome));

    /// <inheritdoc/>
    public override void CatchUp(Moment moment)
    {
        while (RingNext(moment.Now) is var (clock, rung))
        {
            if (rung.Rung == Rung.Warn)
                Raise(new ComplaintClockWarned(clock.Kind, clock.DueAt, rung.Late) { OccurredAt = rung.At, ComplaintId = Id, Number = Number, Project = Project, Cycle = clock.Cycle, Handler = Handler });
            else
                Raise(new ComplaintClockBreached(clock.Kind, clock.DueAt, rung.Late) { OccurredAt = rung.At, ComplaintId = Id, Number = Number, Project = Project, Cycle = clock.Cycle, Handler = Handler });
            if (rung.Rung == Rung.Breach && clock.Kind == ComplaintClock.Escalation.ToWire()) PromoteToMajor(clock, rung, moment);
        }

        EarliestDueAt = RunningClocks.Select(c => (Instant?)c.DueAt).Min();
    }

    /// <inheritdoc/>
    protected override void Moved(Clock clock, PlannedMove move, Moment moment) => Move(
        StepKind.DeadlineMoved, Status, moment, $"{clock.Kind}: {move.DueAt} → {clock.DueAt} ({clock.Policy}, {clock.Given})");

    /// <summary>CMP-04: the severity must be one of the project's scale.</summary>
    public static void EnsureOnScale(Severity severity, CasePolicies policies)
    {
        if (!policies.Scale.Contains(severity))
        {
            throw new BrokenRule("CMP-04", new Text(
                $"This project does not use the severity {severity.ToWire()}.", $"本项目不使用严重程度 {severity.ToWire()}。"), [.. policies.Scale.Select(s => s.ToWire())]);
        }
    }

    /// <summary>CMP-16: not reasonably resolved in time: major from the instant it was due, the major clocks with their full budget.</summary>
    private void PromoteToMajor(Clock escalation, ClockRung rung, Moment moment)
    {
        var before = Severity;
        Severity = Severity.Major;
        escalation.Expire("CMP-16");
        Touch();
        steps.Add(NewStep(StepKind.Promoted, rung.At, Engine + "CMP-16", $"{escalation.Policy} {escalation.Given}"));
        Raise(new ComplaintEscalated(before.ToWire(), Severity.ToWire(), "CMP-16") { OccurredAt = rung.At, ComplaintId = Id, Number = Number, Project = Project, Cycle = Cycle, Handler = Handler });
        // Written down late, the people still get their full time: from when they could first know.
        var from = rung.Late ? moment.Now : rung.At;
        foreach (var kind in OwnClocks()) Start(kind, from, moment);
    }

    private void StartCycleClocks(Moment moment, Instant from, Instant reportFrom)
    {
        if (Kind != CaseKind.Complaint) return;
        foreach (var kind in OwnClocks()) Start(kind, kind == ComplaintClock.HeadReport ? reportFrom : from, moment);
    }

    /// <summary>The clocks with which a cycle of this severity begins.</summary>
    private ComplaintClock[] OwnClocks() => IsMajor
        ? [ComplaintClock.HeadReport, ComplaintClock.Solution]
        : [ComplaintClock.Feedback, ComplaintClock.Escalation];

    /// <summary>CMP-29: the clocks of a severity changed by hand: its own, and that of an acknowledgement somebody still waits for.</summary>
    private IEnumerable<ComplaintClock> ClocksToGoOn() => IsMajor && Clocks.Any(c => c.Cycle == Cycle && c.Kind == ComplaintClock.HeadAcknowledgement.ToWire())
        ? OwnClocks().Append(ComplaintClock.HeadAcknowledgement)
        : OwnClocks();

    /// <summary>What a clock would ask for was done in this cycle while another severity did not ask for it.</summary>
    private bool IsDoneInCycle(ComplaintClock kind, Moment moment) => kind switch
    {
        ComplaintClock.Feedback => FeedbackInCycle == Cycle,
        ComplaintClock.Solution => SolutionAgreedInCycle == Cycle && moment.Policies.SolutionEnds == SolutionEnds.Agreed,
        _ => false,
    };

    private void Start(ComplaintClock kind, Instant at, Moment moment, IReadOnlyList<Interval>? ran = null, Rung? rung = null)
    {
        StartClock(Cycle, moment.Policies.Setting(kind, at, ran ?? [], rung));
        EarliestDueAt = RunningClocks.Select(c => (Instant?)c.DueAt).Min();
    }

    private Clock? Running(ComplaintClock kind) => RunningClocks.SingleOrDefault(c => c.Cycle == Cycle && c.Kind == kind.ToWire());

    /// <summary>A major complaint; repairs and questions have no major clocks, however grave they are.</summary>
    private bool IsMajor => Kind == CaseKind.Complaint && Severity == Severity.Major;

    private void EnsureMajor()
    {
        if (!IsMajor)
            throw new BrokenRule("CMP-13", new Text("Only a major complaint is reported to the head.", "只有重大投诉需上报负责人。"), CaseLife.Noun(CaseAct.Severity));
    }

    private void Move(StepKind kind, CaseStatus to, Moment moment, string? text = null, string? toWhom = null, string? how = null)
    {
        Status = to;
        Touch();
        Note(kind, moment, text, toWhom, how);
        EarliestDueAt = RunningClocks.Select(c => (Instant?)c.DueAt).Min();
    }

    private void Note(StepKind kind, Moment moment, string? text = null, string? to = null, string? how = null) =>
        steps.Add(NewStep(kind, moment.Now, moment.By, text, to, how));

    private Step NewStep(StepKind kind, Instant at, string by, string? text = null, string? to = null, string? how = null) => new()
    {
        ComplaintId = Id, Cycle = Cycle, Kind = kind, At = at, By = by, Status = Status, Severity = Severity, Text = text, To = to, How = how,
    };
}
