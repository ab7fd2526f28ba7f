using Crm.Organization.Contracts;
using Crm.Shared.Data;
using Crm.Shared.Events;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Appraisals;

/// <summary>ORG-14: where an appraisal stands.</summary>
internal enum AppraisalState
{
    /// <summary>The appraiser is at it.</summary>
    Draft,

    /// <summary>Its figures are frozen; the person concerned is to look at it.</summary>
    Submitted,

    /// <summary>The person concerned has looked at it.</summary>
    Seen,

    /// <summary>A second person has confirmed it: it stays as it is.</summary>
    Confirmed,
}

/// <summary>ORG-14: a figure as an appraisal keeps it.</summary>
/// <param name="Criterion">The criterion it is for.</param>
/// <param name="Form">How it is read.</param>
/// <param name="Count">How many.</param>
/// <param name="Of">Of how many; 0 where there was nothing to measure.</param>
internal sealed record FrozenFigure(string Criterion, FigureForm Form, long Count, long Of);

/// <summary>ORG-14: points that were given by hand.</summary>
/// <param name="Criterion">The criterion's code.</param>
/// <param name="Points">0 to 100.</param>
internal sealed record GivenPoints(string Criterion, int Points);

/// <summary>ORG-14: the result of an appraisal.</summary>
/// <param name="Total">The weighted mean, to two decimals, half up.</param>
/// <param name="Grade">The grade it is, by the policy of that moment.</param>
/// <param name="Proposes">What the grade proposes.</param>
internal sealed record AppraisalResult(decimal Total, string Grade, Proposal Proposes);

/// <summary>ORG-14: the appraisal of one person for one period. What it was submitted with is frozen; nobody judges or confirms themselves.</summary>
internal sealed class Appraisal : Aggregate
{
    private readonly List<AppraisalStep> steps = [];

    private Appraisal() => (Staff, Project, Form, Appraiser, Criteria, Given, Figures) = ("", "", "", "", [], [], []);

    public string Staff { get; private set; }

    public string Project { get; private set; }

    public string Form { get; private set; }

    public PeriodKind PeriodKind { get; private set; }

    public LocalDate PeriodStart { get; private set; }

    /// <summary>Who judges: who began it, or whom it has passed on to from somebody who left.</summary>
    public string Appraiser { get; private set; }

    public AppraisalState State { get; private set; }

    /// <summary>As the form had them when it was begun.</summary>
    public Criterion[] Criteria { get; private set; }

    public GivenPoints[] Given { get; private set; }

    /// <summary>As they were when it was submitted; empty before that.</summary>
    public FrozenFigure[] Figures { get; private set; }

    /// <summary>Null before it is submitted.</summary>
    public decimal? Total { get; private set; }

    public string? Grade { get; private set; }

    public Proposal? Proposes { get; private set; }

    public Instant? SubmittedAt { get; private set; }

    /// <summary>What the person concerned says to it.</summary>
    [Personal(Datum.StaffWords, Guard.Plain)]
    public string? Comment { get; private set; }

    public string? ConfirmedBy { get; private set; }

    public IReadOnlyCollection<AppraisalStep> Steps => steps;

    public AppraisalPeriod Period => new(PeriodKind, PeriodStart);

    /// <summary>Begins a draft.</summary>
    /// <exception cref="BrokenRule">ORG-14: of oneself, or of a period that has not begun.</exception>
    public static Appraisal Begin(string staff, Project project, AppraisalForm form, AppraisalPeriod period, string by, Instant now)
    {
        if (by == staff) throw Refuse("Nobody appraises themselves.", "不得考核本人。");
        if (now < period.In(project.Zone).Start) throw Refuse("The period has not begun yet.", "考核期尚未开始。");
        var appraisal = new Appraisal
        {
            Staff = staff, Project = project.Code, Form = form.Code, PeriodKind = period.Kind, PeriodStart = period.Start, Appraiser = by, Criteria = form.Criteria,
        };
        appraisal.Note(AppraisalStepKind.Begun, by, now, text: null);
        return appraisal;
    }

    /// <summary>The appraiser gives points by hand: those that are given now, in place of all that were.</summary>
    public void Score(GivenPoints[] points, string by)
    {
        EnsureDraftOf(by);
        string[] byHand = [.. ByHand];
        if (points.Select(p => p.Criterion).FirstOrDefault(c => !byHand.Contains(c)) is not null)
            throw Malformed.Field("scores", new Text($"points are given by hand for {string.Join(", ", byHand)}", $"仅可对以下项目手工评分：{string.Join("、", byHand)}"));
        Given = points;
        Touch();
    }

    /// <summary>The appraiser submits: the figures are frozen, and the result follows from them.</summary>
    /// <param name="figures">As the modules tell them now, for each criterion that has one.</param>
    /// <param name="bands">The grades of this moment.</param>
    /// <param name="zone">The project's.</param>
    /// <param name="by">Who submits.</param>
    /// <param name="now">Read after the row lock.</param>
    public void Submit(FrozenFigure[] figures, IReadOnlyList<GradeBand> bands, DateTimeZone zone, string by, Instant now)
    {
        EnsureDraftOf(by);
        if (now < Period.In(zone).End) throw Refuse("The period has not ended yet: its figures are not whole.", "考核期尚未结束，数据不完整。");
        if (ByHand.Except(Given.Select(g => g.Criterion)).ToArray() is { Length: > 0 } missing)
            throw Refuse($"Points are missing for {string.Join(", ", missing)}.", $"以下项目尚未评分：{string.Join("、", missing)}。", "scores");
        var mean = Points.Mean(Criteria.Select(c => (c.Weight, PointsOf(c, Given, figures))))
            ?? throw Refuse("There was nothing to measure for any criterion: there is no result.", "所有项目均无可计数据，无法得出结果。");
        var grade = AppraisalPolicies.GradeOf(mean.Rounded, bands);
        (State, Figures, Total, Grade, Proposes, SubmittedAt) = (AppraisalState.Submitted, figures, mean.Rounded, grade.Grade, grade.Proposes, now);
        Move(AppraisalStepKind.Submitted, by, now, text: null, tells: Staff);
    }

    /// <summary>The person concerned has looked at it, and may say something to it.</summary>
    public void See(string? comment, Instant now)
    {
        if (State != AppraisalState.Submitted) throw Wrong();
        (State, Comment) = (AppraisalState.Seen, comment);
        Move(AppraisalStepKind.Seen, Staff, now, comment, tells: Appraiser);
    }

    /// <summary>A second person confirms it, once the person concerned has looked at it, or has had the time to.</summary>
    /// <param name="unseen">So long after its submission it may be confirmed unseen.</param>
    /// <param name="by">Who confirms.</param>
    /// <param name="now">Read after the row lock.</param>
    public void Confirm(Duration unseen, string by, Instant now)
    {
        EnsureSecond(by);
        if (State == AppraisalState.Submitted && now <= SubmittedAt + unseen)
            throw Refuse($"The person concerned has not looked at it yet, and may until {SubmittedAt + unseen}.", $"当事人尚未查看，可查看至 {SubmittedAt + unseen}。", "return");
        if (State is not (AppraisalState.Submitted or AppraisalState.Seen)) throw Wrong();
        (State, ConfirmedBy) = (AppraisalState.Confirmed, by);
        Move(AppraisalStepKind.Confirmed, by, now, text: null, tells: Staff);
    }

    /// <summary>A second person gives it back to the appraiser; what it was submitted with stays in its history only.</summary>
    public void Return(string reason, string by, Instant now)
    {
        EnsureSecond(by);
        if (State is not (AppraisalState.Submitted or AppraisalState.Seen)) throw Wrong();
        Move(AppraisalStepKind.Returned, by, now, reason, tells: Appraiser);
        (State, Figures, Total, Grade, Proposes, SubmittedAt, Comment) = (AppraisalState.Draft, [], null, null, null, null, null);
    }

    /// <summary>ORG-03: the appraiser has left; somebody else goes on with it.</summary>
    public void PassOn(string heir, Instant now)
    {
        Appraiser = heir;
        Move(AppraisalStepKind.PassedOn, "rule:ORG-03", now, text: null, tells: heir);
    }

    /// <summary>What a criterion comes to; null where nothing was given or there was nothing to measure.</summary>
    public static Points? PointsOf(Criterion criterion, IEnumerable<GivenPoints> given, IEnumerable<FrozenFigure> figures) => criterion.Figure is null
        ? given.SingleOrDefault(g => g.Criterion == criterion.Code) is { } points ? Points.Given(points.Points) : null
        : figures.SingleOrDefault(f => f.Criterion == criterion.Code) is { } f ? Points.Of(new Figure(f.Count, f.Of), f.Form, criterion.Target) : null;

    private IEnumerable<string> ByHand => Criteria.Where(c => c.Figure is null).Select(c => c.Code);

    private void EnsureDraftOf(string by)
    {
        if (by != Appraiser) throw Refuse($"The appraiser is {Appraiser}.", $"考核人为 {Appraiser}。");
        if (State != AppraisalState.Draft) throw Wrong();
    }

    private void EnsureSecond(string by)
    {
        if (by == Staff || by == Appraiser) throw Refuse("A second person does this: neither the person concerned nor the appraiser.", "须由当事人和考核人以外的人办理。");
    }

    private void Move(AppraisalStepKind kind, string by, Instant now, string? text, string tells)
    {
        Note(kind, by, now, text);
        Touch();
        Raise(new AppraisalTold(Id, tells, Project, kind.ToWire(), Form, PeriodStart) { OccurredAt = now });
    }

    private void Note(AppraisalStepKind kind, string by, Instant now, string? text) =>
        steps.Add(new AppraisalStep { AppraisalId = Id, Kind = kind, At = now, By = by, Text = text, Total = Total, Grade = Grade, Figures = Figures, Given = Given });

    private BrokenRule Wrong() => Refuse($"The appraisal is {State.ToWire()}: this is not possible now.", $"考核处于 {State.ToWire()} 状态，不能进行此操作。", State switch
    {
        AppraisalState.Draft => ["scores", "submission"],
        AppraisalState.Submitted => ["acknowledgement", "confirmation", "return"],
        AppraisalState.Seen => ["confirmation", "return"],
        _ => [],
    });

    private static BrokenRule Refuse(string en, string zh, params string[] allowed) => new("ORG-14", new Text(en, zh), allowed);
}

/// <summary>ORG-14: what can happen to an appraisal.</summary>
internal enum AppraisalStepKind
{
    /// <summary>A draft was begun.</summary>
    Begun,

    /// <summary>The appraiser submitted it.</summary>
    Submitted,

    /// <summary>The person concerned has looked at it.</summary>
    Seen,

    /// <summary>A second person confirmed it.</summary>
    Confirmed,

    /// <summary>A second person gave it back.</summary>
    Returned,

    /// <summary>The appraiser has left, and somebody else goes on with it.</summary>
    PassedOn,
}

/// <summary>ORG-14: one step in an appraisal's life, with what it was submitted with. Append-only.</summary>
internal sealed class AppraisalStep
{
    public Guid Id { get; init; } = Ids.Next();

    public required Guid AppraisalId { get; init; }

    public required AppraisalStepKind Kind { get; init; }

    public required Instant At { get; init; }

    public required string By { get; init; }

    /// <summary>The comment or the reason, where there is one.</summary>
    [Personal(Datum.StaffWords, Guard.Plain)]
    public string? Text { get; init; }

    public decimal? Total { get; init; }

    public string? Grade { get; init; }

    public required FrozenFigure[] Figures { get; init; }

    public required GivenPoints[] Given { get; init; }
}

/// <summary>ORG-14: something about an appraisal that somebody is to know.</summary>
internal sealed record AppraisalTold(Guid AppraisalId, string Tells, string Project, string News, string Form, LocalDate PeriodStart) : IntegrationEvent;
