using Crm.Organization.Contracts;
using Crm.Shared.Events;

namespace Crm.Organization.Customers;

/// <summary>ORG-16: what the directory makes of a module's event: who is known by it, and which fact it is of them.</summary>
internal sealed class CustomerReports(CustomerBook book, GradeBook grades, IEnumerable<CustomerSource> sources, IEnumerable<CustomerFact> facts)
{
    public async Task HearAsync<TEvent>(TEvent happened, Guid eventId, CancellationToken ct) where TEvent : IntegrationEvent
    {
        foreach (var source in sources.OfType<CustomerSource<TEvent>>().Where(s => s.When(happened))) await book.MeetAsync(source.Kind, source.Subject(happened), ct);
        foreach (var fact in facts.OfType<CustomerFact<TEvent>>().Where(f => f.When(happened)))
        {
            await grades.NoteAsync(fact.Name, fact.SubjectKind, fact.Subject(happened), eventId, ct);
            // Of a record that is nobody's yet it counts once the record is linked.
            await book.RegradeAsync(fact.SubjectKind, fact.Subject(happened), ct);
        }
    }
}
