using System.Linq.Expressions;
using Crm.Complaints.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Complaints;

/// <summary>ORG-12: cases of somebody who asks to be forgotten: name, phone, home and every word that was typed; clocks, steps and counts stay.</summary>
internal sealed class ErasingCases(ComplaintsDb db, ComplaintDesk desk, KeyRing keys) : Erasing<ComplaintsDb, Complaint, CasePolicies>(db, desk, keys)
{
    public override string Kind => "complaint";

    public override Task<IReadOnlyList<PersonalRecord>> FindAsync(Phone phone, CancellationToken ct) => Db.FindAsync<IReadOnlyList<PersonalRecord>>(
        Keys, phone.E164, async indexes => [.. (await ListAsync(c => indexes.Contains(c.Complainant!.PhoneIndex), ct)).Select(c => c.Record)], ct);

    /// <summary>Cases of a customer of the directory: also those that left another phone of theirs.</summary>
    public override async Task<IReadOnlyList<Belonging>> FindOfAsync(Guid[] records, CancellationToken ct) =>
        [.. (await ListAsync(c => c.CustomerId != null && records.Contains(c.CustomerId.Value), ct)).Select(c => new Belonging(c.Customer!.Value, c.Record))];

    protected override Instant? ErasedAt(Complaint complaint) => complaint.ErasedAt;

    protected override async Task<Kept?> KeptAsync(Complaint complaint, Moment moment, CancellationToken ct) => complaint.Keeps(
        await Db.Steps.Where(s => s.ComplaintId == complaint.Id && s.Kind == StepKind.Archived).MaxAsync(s => (Instant?)s.At, ct), moment);

    protected override async Task EraseAsync(Complaint complaint, Moment moment, CancellationToken ct)
    {
        await Db.Complainants.Where(p => p.ComplaintId == complaint.Id).ExecuteDeleteAsync(ct);
        complaint.Erase(moment);
    }

    private async Task<IReadOnlyList<(Guid? Customer, PersonalRecord Record)>> ListAsync(Expression<Func<Complaint, bool>> which, CancellationToken ct)
    {
        var cases = await Db.Complaints.AsNoTracking().Where(which).OrderBy(c => c.Id)
            .Select(c => new { Case = c, ArchivedAt = c.Steps.Where(s => s.Kind == StepKind.Archived).Max(s => (Instant?)s.At) }).ToListAsync(ct);
        var moments = cases.Select(c => c.Case.Project).Distinct().ToDictionary(p => p, p => Desk.MomentIn(p, by: ""));
        return [.. cases.Select(c => (c.Case.CustomerId, new PersonalRecord(Kind, c.Case.Id, c.Case.Number, c.Case.Project, c.Case.Keeps(c.ArchivedAt, moments[c.Case.Project]))))];
    }
}
