using Crm.Complaints.Contracts;
using Crm.FollowUps.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Data;
using Crm.Shared.Events;
using NodaTime;

namespace Crm.FollowUps.Reactions;

/// <summary>FUP-02: a resolved complaint, a finished repair or paid service plans its follow-up; CMP-23: an exempt case plans none.</summary>
internal sealed class WhenComplaintResolved(FollowUpsDb db, FollowUpDesk desk, OrganizationDirectory directory, FollowUpNumbers numbers) : Reaction<ComplaintResolved>
{
    protected override async Task<Outcome> On(ComplaintResolved happened, CancellationToken ct)
    {
        var (newest, customer) = await db.ReachCycleAsync(happened.ComplaintId, happened.Cycle, ct);
        if (newest > happened.Cycle) return Outcome.Ignored($"cycle {happened.Cycle} is over");
        if (KindOf(happened.Kind) is not { } kind) return Outcome.Ignored($"a case of kind {happened.Kind} is not followed up");
        if (happened.Exempt is not null) return Outcome.Ignored($"exempt: {happened.Exempt}");

        var moment = desk.MomentIn(happened.Project, by: "rule:FUP-02");
        var organization = directory.Current;
        var project = organization.FindProject(happened.Project)!;
        var number = await numbers.NextAsync(db, moment.Now.InZone(project.Zone).Date, ct);
        db.FollowUps.Add(FollowUp.Plan(
            new Origin(happened.ComplaintId, happened.Number, happened.Cycle, happened.Project, happened.Major, SettledAt: happened.OccurredAt, happened.ResolvedBy, customer),
            kind, number, Assignment.Of(happened.Major, happened.ReceivedBy, project, organization), moment));
        return Outcome.Done;
    }

    private static FollowUpKind? KindOf(string caseKind) => caseKind switch
    {
        "complaint" => FollowUpKind.Complaint,
        "repair" => FollowUpKind.Repair,
        "paidService" => FollowUpKind.PaidService,
        _ => null,
    };
}

/// <summary>Numbers of follow-ups: HF (回访), date, counter.</summary>
internal sealed class FollowUpNumbers
{
    private readonly NumberBlock block = new("HF", FollowUpsDb.Numbers);

    public Task<string> NextAsync(FollowUpsDb db, LocalDate today, CancellationToken ct) => block.NextAsync(db, today, ct);
}
