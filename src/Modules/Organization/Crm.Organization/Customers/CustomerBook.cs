using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Data;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;

namespace Crm.Organization.Customers;

/// <summary>ORG-16: where a person is found by their phone, or becomes known. Works in the transaction at hand and leaves saving to the caller.</summary>
internal sealed class CustomerBook(OrganizationDb db, KeyRing keys, GradeBook grades, IEnumerable<ICustomerSubjects> subjects, IClock clock)
{
    /// <summary>A record of a module is about somebody who left a phone: they are known from now on, and the record is theirs.</summary>
    /// <returns>Null when it was done, else why nothing was to be done.</returns>
    public async Task<string?> MeetAsync(string kind, Guid subject, CancellationToken ct)
    {
        if (await db.Set<CustomerSubject>().AnyAsync(s => s.SubjectKind == kind && s.SubjectId == subject, ct)) return "it is linked already";
        if (await subjects.Single(s => s.Kind == kind).ReadAsync(subject, ct) is not { } said) return "it left no phone";
        var now = clock.GetCurrentInstant();
        var (customer, _) = await OpenAsync(said.Phone, Customer.Rule, now, ct);
        // Under the customer's lock: of two that heard of the record at once, one links it.
        if (!await TakeSubjectAsync(kind, subject, customer.Id, now, ct)) return "it is linked already";
        customer.Hear(said, keys, now);
        customer.Link(kind, subject, now);
        foreach (var fact in said.Facts) await grades.NoteAsync(fact, kind, subject, eventId: subject, ct);
        await grades.RegradeAsync(customer, now, ct);
        return null;
    }

    /// <summary>A fact of a record was reported: whose it is, may have another grade now.</summary>
    public async Task RegradeAsync(string kind, Guid subject, CancellationToken ct)
    {
        var customer = await db.Set<CustomerSubject>().Where(s => s.SubjectKind == kind && s.SubjectId == subject).Select(s => (Guid?)s.CustomerId).SingleOrDefaultAsync(ct);
        if (customer is { } id) await grades.RegradeAsync(await TakeAsync(id, ct), clock.GetCurrentInstant(), ct);
    }

    /// <summary>
    /// The customer of this phone, locked; made now if there is none. The phone's unique index decides who makes it: whoever comes second at the
    /// same moment waits for the first, and finds what they have made.
    /// </summary>
    public async Task<(Customer Customer, bool IsNew)> OpenAsync(Phone phone, string recordedBy, Instant now, CancellationToken ct)
    {
        var (id, contact, index) = (Ids.Next(), Ids.Next(), keys.Index(phone.E164));
        await using var batch = db.Batch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            WITH phone AS (
                INSERT INTO organization.customer_phones (id, customer_id, phone_index, phone_sealed, added_at) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (phone_index) DO NOTHING RETURNING id, customer_id)
            INSERT INTO organization.customers (id, first_phone, grade, graded_by_hand, known_since, recorded_by, version, event_sequence)
            SELECT customer_id, id, 'c', false, $5, $6, 1, 0 FROM phone
            """)
        {
            Parameters =
            {
                new() { Value = contact }, new() { Value = id }, new() { Value = index }, new() { Value = keys.Seal(phone.E164, CustomerPhone.Place(contact)) },
                new() { Value = now.ToDateTimeUtc() }, new() { Value = recordedBy },
            },
        });
        // A statement of its own, and so a snapshot of its own: it sees what another transaction has made meanwhile.
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            SELECT c.id FROM organization.customer_phones p JOIN organization.customers c ON c.id = p.customer_id WHERE p.phone_index = $1 FOR UPDATE OF c
            """)
        {
            Parameters = { new() { Value = index } },
        });
        var known = (Guid)(await batch.ExecuteScalarAsync(ct))!;
        var customer = await LockedAsync(known, ct);
        // Forgotten between the two looks: the phone is nobody's any more.
        return customer.IsErased ? await OpenAsync(phone, recordedBy, now, ct) : (customer, known == id);
    }

    /// <summary>The customer, locked, with all of theirs. Where they were merged into another record meanwhile: that one.</summary>
    public async Task<Customer> TakeAsync(Guid id, CancellationToken ct)
    {
        await db.LockAsync<Customer>(id, ct);
        return await LockedAsync(id, ct);
    }

    private async Task<Customer> LockedAsync(Guid id, CancellationToken ct)
    {
        var customer = await db.Customers.Whole().SingleAsync(c => c.Id == id, ct);
        return customer.MergedInto is { } survivor ? await TakeAsync(survivor, ct) : customer;
    }

    private async Task<bool> TakeSubjectAsync(string kind, Guid subject, Guid customer, Instant now, CancellationToken ct)
    {
        await using var batch = db.Batch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            INSERT INTO organization.customer_subjects (subject_kind, subject_id, customer_id, linked_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
            """)
        {
            Parameters = { new() { Value = kind }, new() { Value = subject }, new() { Value = customer }, new() { Value = now.ToDateTimeUtc() } },
        });
        return await batch.ExecuteNonQueryAsync(ct) == 1;
    }
}
