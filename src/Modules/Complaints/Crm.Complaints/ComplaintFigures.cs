using Crm.Complaints.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Clocks;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Complaints;

/// <summary>ORG-06, ORG-14: what is counted of a person's work on cases.</summary>
internal sealed class ComplaintFigures(ComplaintsDb db, IClock clock) : StaffFigures
{
    private const string Handled = "complaints.handled", OnTime = "complaints.on-time", Satisfied = "complaints.satisfied";

    /// <summary>What reopens a case because of a bad return visit.</summary>
    private const string BadReturnVisit = "rule:FUP-10";

    public override IReadOnlyList<FigureKind> Kinds { get; } =
    [
        new(CasesRegistered, FigureForm.Count, new Text("Cases they registered in the period.", "期内由其登记的案件数。")),
        new(Handled, FigureForm.Count, new Text("Resolutions of cases that they recorded in the period, each round of a case by itself.", "期内由其办结的案件数（每轮单独计）。")),
        new(OnTime, FigureForm.Share, new Text(
            "Of the deadlines, of the cases they have in hand or had in the end, that were met or passed in the period: those that were met in time. One that was cancelled before it was due does not count.",
            "其经办案件中，期内已完成或到期的时限按时完成的比例；到期前取消的不计。")),
        new(Satisfied, FigureForm.Share, new Text(
            "Of the resolutions that they recorded in the period: those after which no dissatisfied return visit reopened the case.", "期内由其办结的案件中，未因回访不满意而重新处理的比例。")),
    ];

    public override async Task<IReadOnlyDictionary<string, Figure>> ReadAsync(string staff, string? project, Interval period, CancellationToken ct)
    {
        var (from, to) = (period.Start, period.End);
        var registered = await db.Records.CountAsync(r => r.RegisteredBy == staff && r.RegisteredAt >= from && r.RegisteredAt < to && (project == null || r.Project == project), ct);

        var resolutions = db.Steps.Where(s => s.Kind == StepKind.Resolved && s.By == staff && s.At >= from && s.At < to && db.Complaints.Any(c => c.Id == s.ComplaintId && (project == null || c.Project == project)));
        var resolved = await resolutions.CountAsync(ct);
        var reopened = await resolutions.CountAsync(s => db.Steps.Any(r => r.ComplaintId == s.ComplaintId && r.Kind == StepKind.Reopened && r.By == BadReturnVisit && r.Cycle == s.Cycle + 1), ct);

        var now = clock.GetCurrentInstant();
        var deadlines = db.Complaints.Where(c => c.Handler == staff && (project == null || c.Project == project)).Join(db.Clocks, c => c.Id, k => k.SubjectId, (c, k) => k);
        var met = await deadlines.CountAsync(k => k.End == ClockEnd.Met && k.EndedAt <= k.DueAt && k.EndedAt >= from && k.EndedAt < to, ct);
        var missed = await deadlines.CountAsync(k => k.DueAt >= from && k.DueAt < to && k.DueAt < now && (k.EndedAt == null || k.EndedAt > k.DueAt || k.End == ClockEnd.Unmet), ct);

        return new Dictionary<string, Figure>
        {
            [CasesRegistered] = new(registered, 1), [Handled] = new(resolved, 1), [OnTime] = new(met, met + missed), [Satisfied] = new(resolved - reopened, resolved),
        };
    }
}
