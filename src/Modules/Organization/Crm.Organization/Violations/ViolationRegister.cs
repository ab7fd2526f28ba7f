using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Violations;

/// <summary>ORG-13: where violations are recorded and counted, one person's after the other.</summary>
internal sealed class ViolationRegister(OrganizationDb db, OrganizationDirectory directory, IClock clock)
{
    /// <summary>Records a finding under the person's row lock.</summary>
    public async Task<Violation> RecordAsync(string staff, Project project, string kind, Instant occurredAt, string facts, string? evidence, string by, string? source, string? reference, CancellationToken ct)
    {
        await db.LockStaffAsync(staff, ct);
        if (source is not null && await db.Violations.SingleOrDefaultAsync(v => v.Source == source && v.Reference == reference, ct) is { } known) return known;
        var now = clock.GetCurrentInstant();
        if (occurredAt > now) throw Malformed.Field("occurredAt", new Text($"must not be after now ({now})", $"不得晚于当前时间（{now}）"));
        var terms = await db.ViolationKindVersions.Where(v => v.Kind == kind).OrderByDescending(v => v.Version).FirstOrDefaultAsync(ct) ?? throw new NotFound("kind of violation", "违规种类", field: "kind");
        var organization = directory.Current;
        var appeal = organization.Give(organization.Read(ViolationPolicies.Appeal, project, now).Value, project, now, now).Value;
        var violation = Violation.Record(new Finding(staff, project, terms, occurredAt, facts, evidence, source, reference), await HistoryAsync(staff, kind, ct), appeal, by, now);
        db.Violations.Add(violation);
        return violation;
    }

    /// <summary>Takes a violation under the row lock of the person it concerns.</summary>
    /// <exception cref="NotFound">There is none among these.</exception>
    public async Task<Violation> TakeAsync(Guid id, IQueryable<Violation> visible, CommandContext context, CancellationToken ct)
    {
        var staff = await visible.Where(v => v.Id == id).Select(v => v.Staff).SingleOrDefaultAsync(ct) ?? throw new NotFound("violation", "违规记录");
        await db.LockStaffAsync(staff, ct);
        var violation = await db.Violations.SingleAsync(v => v.Id == id, ct);
        context.EnsureCurrent(violation.Version);
        return violation;
    }

    /// <summary>
    /// One was overturned: whatever was recorded after it, of the same kind against the same person, is counted anew in its order, each by the
    /// ladder it was recorded under. A later offence becomes an earlier one, never the other way round.
    /// </summary>
    public async Task RecountAfterAsync(Violation overturned, Instant now, CancellationToken ct)
    {
        var history = await HistoryAsync(overturned.Staff, overturned.Kind, ct);
        var ladders = await db.ViolationKindVersions.AsNoTracking().Where(v => v.Kind == overturned.Kind).ToDictionaryAsync(v => v.Version, v => v.Terms.Ladder, ct);
        foreach (var later in history.Where(v => v.Place > overturned.Place))
            later.Recount(ladders[later.KindVersion], [.. history.Where(v => v.Place < later.Place)], directory.Current.FindProject(later.Project)!.Zone, now);
    }

    private async Task<IReadOnlyList<Violation>> HistoryAsync(string staff, string kind, CancellationToken ct) =>
        await db.Violations.Where(v => v.Staff == staff && v.Kind == kind).OrderBy(v => v.Place).ToListAsync(ct);
}

/// <summary>ORG-13: who may see what.</summary>
internal static class ViolationScope
{
    public static IQueryable<Violation> VisibleIn(this IQueryable<Violation> violations, ProjectScope scope)
    {
        if (scope.Everywhere) return violations;
        if (scope.Projects.Count != 1) return violations.Where(v => scope.Projects.Contains(v.Project));
        var only = scope.Projects.Single();
        return violations.Where(v => v.Project == only);
    }
}
