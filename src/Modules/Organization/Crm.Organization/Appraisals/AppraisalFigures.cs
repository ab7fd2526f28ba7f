using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Violations;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Appraisals;

/// <summary>ORG-14: the figures that the modules give, for the criteria that ask for them.</summary>
internal sealed class AppraisalFigures(IEnumerable<StaffFigures> modules)
{
    /// <summary>Every figure there is, by name.</summary>
    public IReadOnlyDictionary<string, FigureKind> Kinds => modules.SelectMany(m => m.Kinds).ToDictionary(k => k.Name);

    /// <summary>What the figures of these criteria are now. A figure that no module gives any more was nothing to measure.</summary>
    public async Task<FrozenFigure[]> ReadAsync(IReadOnlyCollection<Criterion> criteria, string staff, string project, Interval period, CancellationToken ct)
    {
        var frozen = new List<FrozenFigure>();
        foreach (var module in modules)
        {
            var kinds = module.Kinds.ToDictionary(k => k.Name);
            Criterion[] asked = [.. criteria.Where(c => c.Figure is not null && kinds.ContainsKey(c.Figure))];
            if (asked.Length == 0) continue;
            var figures = await module.ReadAsync(staff, project, period, ct);
            frozen.AddRange(asked.Select(c => new FrozenFigure(c.Code, kinds[c.Figure!].Form, figures[c.Figure!].Count, figures[c.Figure!].Of)));
        }

        return [.. frozen];
    }
}

/// <summary>ORG-13, ORG-14: what violations take from an appraisal.</summary>
internal sealed class ViolationFigures(OrganizationDb db) : StaffFigures
{
    private const string PointsTaken = "organization.violation-points";

    public override IReadOnlyList<FigureKind> Kinds { get; } =
    [
        new(PointsTaken, FigureForm.Deduction, new Text("Points that sanctions take for violations recorded in the period that have not been overturned.", "期内登记且未被撤销的违规所扣的分数。")),
    ];

    public override async Task<IReadOnlyDictionary<string, Figure>> ReadAsync(string staff, string? project, Interval period, CancellationToken ct)
    {
        var (from, to) = (period.Start, period.End);
        var sanctions = await db.Violations.Where(v => v.Staff == staff && v.State != ViolationState.Overturned && v.RecordedAt >= from && v.RecordedAt < to && (project == null || v.Project == project))
            .Select(v => v.Sanctions).ToListAsync(ct);
        return new Dictionary<string, Figure> { [PointsTaken] = new(sanctions.SelectMany(s => s).Where(s => s.Measure == SanctionMeasure.PointsDeduction).Sum(s => (long)s.Amount!.Value), 1) };
    }
}
