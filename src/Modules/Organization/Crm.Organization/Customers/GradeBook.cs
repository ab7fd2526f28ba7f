using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;

namespace Crm.Organization.Customers;

/// <summary>ORG-16: where facts are noted and grades follow from them. Works in the transaction at hand and leaves saving to the caller.</summary>
internal sealed class GradeBook(OrganizationDb db, OrganizationDirectory directory, CustomerPolicies policies)
{
    /// <summary>Notes a fact; the same event changes nothing a second time.</summary>
    public async Task NoteAsync(string fact, string subjectKind, Guid subject, Guid eventId, CancellationToken ct)
    {
        await using var batch = db.Batch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            INSERT INTO organization.customer_facts (event_id, fact, subject_kind, subject_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
            """)
        {
            Parameters = { new() { Value = eventId }, new() { Value = fact }, new() { Value = subjectKind }, new() { Value = subject } },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Gives a customer, who is locked, the grade that the rules give now; unless somebody has set one.</summary>
    public async Task RegradeAsync(Customer customer, Instant now, CancellationToken ct)
    {
        if (customer.GradedByHand) return;
        var organization = directory.Current;
        GradeRules[] rules = [.. customer.Projects.Select(p => organization.FindProject(p.Project)).OfType<Project>().Select(project => organization.Read(policies.Grades, project, now).Value)];
        var facts = await CountAsync(customer.Id, [.. rules.SelectMany(r => r.A.Concat(r.B)).Select(r => r.Fact).Distinct()], ct);
        facts[Grading.HomesOwned] = customer.Homes.Count(h => h.Capacity == HomeCapacity.Owner);
        facts[Grading.HomesRented] = customer.Homes.Count(h => h.Capacity == HomeCapacity.Tenant);
        if (customer.GradeByRule(Grading.Of(facts, rules), now) is { } grading) db.Add(grading);
    }

    /// <summary>How often each of these facts was reported; a phone that stands for thousands of cases is counted only where a rule asks for it.</summary>
    private async Task<Dictionary<string, int>> CountAsync(Guid customer, string[] asked, CancellationToken ct) =>
        asked.All(fact => fact is Grading.HomesOwned or Grading.HomesRented)
            ? []
            : await db.Set<CustomerSubject>().Where(s => s.CustomerId == customer)
                .Join(db.Set<ReportedFact>().Where(f => asked.Contains(f.Fact)), s => new { s.SubjectKind, s.SubjectId }, f => new { f.SubjectKind, f.SubjectId }, (_, fact) => fact.Fact)
                .GroupBy(fact => fact).Select(of => new { Fact = of.Key, Count = of.Count() }).ToDictionaryAsync(of => of.Fact, of => of.Count, ct);
}
