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

    public override Task<IReadOnlyList<PersonalRecord>> FindAsync(Phone phone, CancellationToken ct) =>
        Db.FindAsync(Keys, phone.E164, indexes => ListAsync(c => indexes.Contains(c.Complainant!.PhoneIndex), ct), ct);

    /// <summary>Cases of a customer of the directory: also those that left another phone of theirs.</summary>
    public override Task<IReadOnlyList<PersonalRecord>> FindOfAsync(IReadOnlyCollection<Guid> records, CancellationToken ct) => ListAsync(c => c.CustomerId != null && records.Contains(c.CustomerId.Value), ct);

    protected override Instant? ErasedAt(Complaint complaint) => complaint.ErasedAt;

    protected override async Task<Kept?> KeptAsync(Complaint complaint, Moment moment, CancellationToken ct) => complaint.Keeps(
        await Db.Steps.Where(s => s.ComplaintId == complaint.Id && s.Kind == StepKind.Archived).MaxAsync(s => (Instant?)s.At, ct), moment);

    protected override async Task EraseAsync(Complaint complaint, Moment moment, CancellationToken ct)
    {
        await Db.Complainants.Where(p => p.ComplaintId == complaint.Id).ExecuteDeleteAsync(ct);
        complaint.Erase(moment);
    }

    private async Task<IReadOnlyList<PersonalRecord>> ListAsync(Expression<Func<Complaint, bool>> which, CancellationToken ct)
    {
        var cases = await Db.Complaints.AsNoTracking().Where(which).OrderBy(c => c.Id)
            .Select(c => new { Case = c, ArchivedAt = c.Steps.Where(s => s.Kind == StepKind.Archived).Max(s => (Instant?)s.At) }).ToListAsync(ct);
        return [.. cases.Select(c => new PersonalRecord(Kind, c.Case.Id, c.Case.Number, c.Case.Project, c.Case.Keeps(c.ArchivedAt, Desk.MomentIn(c.Case.Project, by: ""))))];
    }
}
