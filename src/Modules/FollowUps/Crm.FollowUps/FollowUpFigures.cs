using Crm.FollowUps.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.FollowUps;

/// <summary>ORG-14: what is counted of a person's return visits, and of what customers said of their work.</summary>
internal sealed class FollowUpFigures(FollowUpsDb db, IClock clock) : StaffFigures
{
    private const string OnTime = "followups.on-time", Satisfaction = "followups.satisfaction";
    private const int BestScore = 5;

    public override IReadOnlyList<FigureKind> Kinds { get; } =
    [
        new(OnTime, FigureForm.Share, new Text(
            "Of the follow-ups they were to make that were ended or passed their due instant in the period: those ended in time, also as unreachable. One that was cancelled before it was due does not count.",
            "期内已完成或到期的、由其负责的回访中按时结束（含未能联系到）的比例；到期前取消的不计。")),
        new(Satisfaction, FigureForm.Share, new Text(
            "The satisfaction, 1 to 5, that customers gave in the period in the follow-ups of what they resolved: the sum, of five times as many.", "期内客户在其办结事项的回访中给出的满意度（1 至 5）之和，占满分的比例。")),
    ];

    public override async Task<IReadOnlyDictionary<string, Figure>> ReadAsync(string staff, string? project, Interval period, CancellationToken ct)
    {
        var (from, to, now) = (period.Start, period.End, clock.GetCurrentInstant());
        var visits = db.FollowUps.Where(f => project == null || f.Project == project);
        // What ended in time was due no earlier than it ended: the index by due instant serves both.
        var own = visits.Where(f => f.Assignee == staff && f.DueAt >= from);
        var inTime = await own.CountAsync(f => f.State != FollowUpState.Cancelled && f.EndedAt <= f.DueAt && f.EndedAt >= from && f.EndedAt < to, ct);
        var late = await own.CountAsync(f => f.DueAt < to && f.DueAt < now && (f.EndedAt == null || f.EndedAt > f.DueAt), ct);

        var scores = visits.Where(f => f.SettledBy == staff && f.State == FollowUpState.Completed && f.EndedAt >= from && f.EndedAt < to && f.Satisfaction != null);
        var (given, sum) = (await scores.CountAsync(ct), await scores.SumAsync(f => f.Satisfaction!.Value, ct));
        return new Dictionary<string, Figure> { [OnTime] = new(inTime, inTime + late), [Satisfaction] = new(sum, (long)BestScore * given) };
    }
}
