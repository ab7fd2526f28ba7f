using Crm.Complaints.Contracts;
using Crm.Complaints.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;

namespace Crm.Complaints;

/// <summary>ORG-16: who the cases are about, for the customer directory: read in the process, never put into an event.</summary>
internal sealed class CaseCustomers(ComplaintsDb db, KeyRing keys) : ICustomerSubjects
{
    public const string Subject = "complaint";

    /// <summary>By a registered case that left a phone somebody becomes known.</summary>
    public static readonly CustomerSource<CaseRegistered> Source = new(Subject, e => e.ComplaintId) { When = e => e.LeftPhone };

    /// <summary>How many complaints somebody has made; other kinds of case are none.</summary>
    public static readonly CustomerFact ComplaintsMade = new("complaints.made");

    public string Kind => Subject;

    public async Task<PersonSnapshot?> ReadAsync(Guid id, CancellationToken ct)
    {
        var read = await (
            from p in db.Complainants
            join r in db.Records on p.ComplaintId equals r.ComplaintId
            where p.ComplaintId == id && p.PhoneSealed != null
            select new { p.PhoneSealed, p.SealedKey, p.Building, p.Unit, r.CustomerName, r.Project, r.Kind }).SingleOrDefaultAsync(ct);
        if (read is null) return null;
        var name = keys.OpenRecord(read.SealedKey, db.Schema, id).Open(read.CustomerName, id);
        return new PersonSnapshot(new Phone(keys.Unseal(read.PhoneSealed!, Complainant.PhonePlace(id))), name, read.Project, read.Building, read.Unit) { Facts = read.Kind == CaseKind.Complaint ? [ComplaintsMade.Name] : [] };
    }

    public async Task<IReadOnlyList<Guid>> ListUnlinkedAsync(Guid after, Guid before, int limit, CancellationToken ct) => await db.Complaints
        .Where(c => c.CustomerId == null && c.Id.CompareTo(after) > 0 && c.Id.CompareTo(before) < 0 && c.Complainant!.PhoneSealed != null)
        .OrderBy(c => c.Id).Select(c => c.Id).Take(limit).ToListAsync(ct);
}
