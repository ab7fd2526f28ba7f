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
        var person = await db.Complainants.AsNoTracking().SingleOrDefaultAsync(p => p.ComplaintId == id, ct);
        if (person?.PhoneSealed is not { } phone) return null;
        var said = await db.Records.AsNoTracking().SingleAsync(r => r.ComplaintId == id, ct);
        var name = keys.OpenRecord(person.SealedKey, db.Schema, id).Open(said.CustomerName, id);
        return new PersonSnapshot(new Phone(keys.Unseal(phone, Complainant.PhonePlace(id))), name, said.Project, person.Building, person.Unit) { Facts = said.Kind == CaseKind.Complaint ? [ComplaintsMade.Name] : [] };
    }

    public async Task<IReadOnlyList<Guid>> ListUnlinkedAsync(Guid after, Guid before, int limit, CancellationToken ct) => await db.Complaints
        .Where(c => c.CustomerId == null && c.Id.CompareTo(after) > 0 && c.Id.CompareTo(before) < 0 && c.Complainant!.PhoneSealed != null)
        .OrderBy(c => c.Id).Select(c => c.Id).Take(limit).ToListAsync(ct);
}
