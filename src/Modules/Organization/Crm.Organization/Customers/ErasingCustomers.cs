using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Customers;

/// <summary>
/// ORG-12, ORG-16: the directory forgets at once, whatever a module has to keep: name, phones, e-mail, identity number, homes, and why somebody gave
/// them a grade. What is counted stays: grade, projects, consent.
/// </summary>
internal sealed class ErasingCustomers(OrganizationDb db, KeyRing keys, IClock clock) : Erasing
{
    public override string Module => OrganizationModule.Schema;

    public override string Kind => "customer";

    public override async Task<IReadOnlyList<PersonalRecord>> FindAsync(Phone phone, CancellationToken ct)
    {
        var known = await db.FindAsync(keys, phone.E164, indexes => db.Set<CustomerPhone>().Where(p => indexes.Contains(p.PhoneIndex)).Select(p => (Guid?)p.CustomerId).SingleOrDefaultAsync(ct), ct);
        return known is { } id ? [new PersonalRecord(Kind, id, Number: null, Project: null, Kept: null)] : [];
    }

    /// <summary>Whom the directory knows by these records: also where it has heard of them only after the order was given.</summary>
    public override async Task<IReadOnlyList<Belonging>> FindOfAsync(Guid[] records, CancellationToken ct)
    {
        var linked = await db.Set<CustomerSubject>().Where(s => records.Contains(s.SubjectId))
            .Join(db.Customers, s => s.CustomerId, c => c.Id, (s, c) => new { s.SubjectId, CustomerId = c.MergedInto ?? c.Id }).ToListAsync(ct);
        var known = linked.Select(l => l.CustomerId).Distinct().ToArray();
        var there = await db.Customers.Where(c => known.Contains(c.Id) && c.ErasedAt == null).Select(c => c.Id).ToHashSetAsync(ct);
        return [.. linked.Where(l => there.Contains(l.CustomerId)).Select(l => new Belonging(l.SubjectId, new PersonalRecord(Kind, l.CustomerId, Number: null, Project: null, Kept: null)))];
    }

    public override async Task<ErasureOutcome> EraseAsync(Guid id, string by, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // Merged since it was found: what was theirs is the other record's now, and it is that person who asked.
        var (customer, now) = (await TakeAsync(id, ct), clock.GetCurrentInstant());
        if (customer.ErasedAt is { } before) return new(before, Kept: null);
        await ForgetAsync(customer, now, ct);
        // What was said before two records became one was said of the same person.
        foreach (var same in await db.Customers.Whole().Where(c => c.MergedInto == customer.Id && c.ErasedAt == null).ToListAsync(ct)) await ForgetAsync(same, now, ct);
        WriteDown(db, keys, customer.Id, customer.ProjectIn(ProjectScope.All), now, by);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(CancellationToken.None);
        return new(now, Kept: null);
    }

    /// <summary>The record, or the one it was merged into, locked.</summary>
    private async Task<Customer> TakeAsync(Guid id, CancellationToken ct)
    {
        await db.LockAsync<Customer>(id, ct);
        var customer = await db.Customers.Whole().SingleAsync(c => c.Id == id, ct);
        return customer.MergedInto is { } survivor ? await TakeAsync(survivor, ct) : customer;
    }

    private async Task ForgetAsync(Customer customer, Instant now, CancellationToken ct)
    {
        db.RemoveRange(customer.Phones);
        db.RemoveRange(customer.Homes);
        customer.Forget(now);
        await SubjectKeys.EraseAsync(db, Kind, customer.Id.ToString(), ct);
    }
}
