using Crm.Shared.Access;
using Crm.Shared.Events;
using Crm.Shared.Privacy;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;

namespace Crm.Organization.Contracts;

/// <summary>ORG-16: in which capacity somebody has to do with a home.</summary>
public enum HomeCapacity
{
    /// <summary>业主.</summary>
    Owner,

    /// <summary>租户.</summary>
    Tenant,

    /// <summary>家属.</summary>
    Family,

    /// <summary>意向客户: looks for one.</summary>
    Prospect,
}

/// <summary>ORG-16: the person that a record of a module is about, as the module has them. It stays in the process: no event carries it.</summary>
/// <param name="Phone">What the person is known by.</param>
/// <param name="Name">Their name, where one was left.</param>
/// <param name="Project">The project the record belongs to.</param>
/// <param name="Building">Their building, where it was said.</param>
/// <param name="Unit">Their unit, where it was said.</param>
/// <param name="Capacity">In which capacity, where it is known.</param>
[NotPersonal("stays in the process", "Name", "Building", "Unit", "Facts")]
public sealed record PersonSnapshot(Phone Phone, string? Name, string Project, string? Building = null, string? Unit = null, HomeCapacity? Capacity = null)
{
    /// <summary>The names of the facts that this record is by itself: see <see cref="CustomerFact"/>.</summary>
    public IReadOnlyList<string> Facts { get; init; } = [];
}

/// <summary>ORG-16: where the directory reads who a module's records are about. Every kind of record that keeps somebody's phone has one of these.</summary>
public interface ICustomerSubjects
{
    /// <summary>The kind of record, such as "complaint".</summary>
    string Kind { get; }

    /// <summary>Who the record is about; null where it left no phone, or there is no such record.</summary>
    Task<PersonSnapshot?> ReadAsync(Guid id, CancellationToken ct);

    /// <summary>Records that left a phone and are linked with nobody yet, in order of id.</summary>
    /// <param name="after">Only what follows this id.</param>
    /// <param name="before">Only what precedes this id.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="ct">Cancels.</param>
    Task<IReadOnlyList<Guid>> ListUnlinkedAsync(Guid after, Guid before, int limit, CancellationToken ct);
}

/// <summary>ORG-16: an event by which a person becomes known.</summary>
/// <param name="Kind">The kind of record it is about.</param>
public abstract record CustomerSource(string Kind);

/// <inheritdoc/>
/// <typeparam name="TEvent">The event: ids and facts, no personal data.</typeparam>
/// <param name="Kind">The kind of record it is about.</param>
/// <param name="Subject">That record.</param>
public sealed record CustomerSource<TEvent>(string Kind, Func<TEvent, Guid> Subject) : CustomerSource(Kind) where TEvent : IntegrationEvent
{
    /// <summary>Which of these events make somebody known; all of them unless said otherwise.</summary>
    public Func<TEvent, bool> When { get; init; } = _ => true;
}

/// <summary>ORG-16: a fact that grades go by: how often it is true of a customer. Reported by the snapshot of a record, or by an event.</summary>
/// <param name="Name">The stable name, e.g. "complaints.made": policy values refer to it.</param>
[NotPersonal("the name of a kind of fact", "Name")]
public record CustomerFact(string Name);

/// <inheritdoc/>
/// <typeparam name="TEvent">The event that reports it: ids and facts, no personal data.</typeparam>
/// <param name="Name">The stable name.</param>
/// <param name="SubjectKind">The kind of record the event speaks of.</param>
/// <param name="Subject">That record.</param>
public sealed record CustomerFact<TEvent>(string Name, string SubjectKind, Func<TEvent, Guid> Subject) : CustomerFact(Name) where TEvent : IntegrationEvent
{
    /// <summary>Which of these events report it; all of them unless said otherwise.</summary>
    public Func<TEvent, bool> When { get; init; } = _ => true;
}

/// <summary>ORG-16: a record of a module is about this customer. The module links it when it hears of it.</summary>
/// <param name="Customer">The customer.</param>
/// <param name="SubjectKind">The kind of record.</param>
/// <param name="SubjectId">The record.</param>
public sealed record CustomerLinked(Guid Customer, string SubjectKind, Guid SubjectId) : IntegrationEvent;

/// <summary>
/// ORG-16: two records have turned out to be one person: what was linked with the one is the other's from now on. A record that others were
/// merged into before tells it for each of them once more, so that no order of arrival leaves anything behind.
/// </summary>
/// <param name="Customer">The record that is no more.</param>
/// <param name="Into">The record that stays.</param>
/// <param name="Through">The record it had been merged into before, which is no more either; null for none.</param>
public sealed record CustomerMerged(Guid Customer, Guid Into, Guid? Through) : IntegrationEvent;

/// <summary>ORG-16: something a module has to do with a customer, in short: what an agent sees while the phone rings.</summary>
/// <param name="Id">The record.</param>
/// <param name="Number">Its people-facing number.</param>
/// <param name="Project">Its project.</param>
/// <param name="Kind">What it is: a case's or a follow-up's kind.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Open">There is still something to do.</param>
/// <param name="At">When it began.</param>
/// <param name="DueAt">Its next deadline; null when none runs.</param>
/// <param name="Overdue">That deadline has passed.</param>
public sealed record CallerRecord(Guid Id, string Number, string Project, string Kind, string State, bool Open, Instant At, Instant? DueAt, bool Overdue)
{
    /// <summary>Reads what a module asks its database for: the members in their order, all but the last, which follows from them.</summary>
    public static async Task<IReadOnlyList<CallerRecord>> ReadAsync(NpgsqlCommand question, Instant now, CancellationToken ct)
    {
        await using var row = await question.ExecuteReaderAsync(ct);
        var records = new List<CallerRecord>();
        while (await row.ReadAsync(ct))
        {
            Instant? due = row.IsDBNull(7) ? null : Instant.FromDateTimeUtc(row.GetDateTime(7));
            records.Add(new(
                row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetBoolean(5), Instant.FromDateTimeUtc(row.GetDateTime(6)), due, due < now));
        }

        return records;
    }
}

/// <summary>ORG-16: what a module knows of a caller. Every module that links records with customers has one of these.</summary>
public interface ICallerRecords
{
    /// <summary>The name under which they are shown, such as "complaints".</summary>
    string Name { get; }

    /// <summary>The right that reading them asks for.</summary>
    Permission Permission { get; }

    /// <summary>The customer's records in these projects: what is open first, then the latest first. One statement, on a connection of its own: modules are asked side by side.</summary>
    /// <param name="customer">The customer.</param>
    /// <param name="scope">What lies outside is not told.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="ct">Cancels.</param>
    Task<IReadOnlyList<CallerRecord>> ListAsync(Guid customer, ProjectScope scope, int limit, CancellationToken ct);
}

/// <summary>What modules register of the people their records are about.</summary>
public static class KnownCustomers
{
    /// <summary>Makes an event one that reports a fact of a customer.</summary>
    public static IServiceCollection AddCustomerFact<TEvent>(this IServiceCollection services, CustomerFact<TEvent> fact) where TEvent : IntegrationEvent => services
        .AddSingleton<CustomerFact>(fact)
        .AddSingleton(new EventRoute(HeardEvents.Consumer, typeof(TEvent).Name, typeof(Hearing<TEvent>)) { Wants = happened => fact.When((TEvent)happened) });

    /// <summary>Makes an event one by which a person becomes known.</summary>
    public static IServiceCollection AddCustomerSource<TEvent>(this IServiceCollection services, CustomerSource<TEvent> source) where TEvent : IntegrationEvent => services
        .AddSingleton<CustomerSource>(source)
        .AddSingleton(new EventRoute(HeardEvents.Consumer, typeof(TEvent).Name, typeof(Hearing<TEvent>)) { Wants = happened => source.When((TEvent)happened) });
}
