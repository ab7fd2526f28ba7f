namespace Crm.Build.Bench;

/// <summary>
/// A customer for each case of <see cref="ManyCases"/>, with a phone, a home and what they consented to, written by SQL, past the hosts. Nobody
/// can call as one of them: their phones are sealed with no key.
/// </summary>
internal static class ManyCustomers
{
    private static readonly (string What, string Sql)[] Tables =
    [
        ("customers", """
            INSERT INTO organization.customers (id, name_sealed, first_phone, grade, graded_by_hand, known_since, recorded_by, version, event_sequence)
            SELECT customer_id, sha256(id::text::bytea), id, (ARRAY['a','b','c','c','c'])[1 + (hashint8extended(extract(epoch FROM registered_at)::int8, 1) & 65535)::int % 5], false,
                   registered_at, 'rule:ORG-16', 2, 1
            FROM complaints.complaints ORDER BY customer_id
            """),
        ("phones", """
            INSERT INTO organization.customer_phones (id, customer_id, phone_index, phone_sealed, added_at)
            SELECT c.id, c.customer_id, sha256(('phone of ' || c.customer_id)::bytea), sha256(c.number::bytea) || '\x0102030405060708'::bytea, c.registered_at
            FROM complaints.complaints c ORDER BY c.customer_id
            """),
        ("homes", """
            INSERT INTO organization.customer_homes (id, customer_id, project, building, unit, capacity, since)
            SELECT c.id, c.customer_id, c.project, r.building, r.unit, (ARRAY['owner','owner','tenant','family'])[1 + r.building::int % 4], c.registered_at
            FROM complaints.complaints c JOIN complaints.complainants r ON r.complaint_id = c.id ORDER BY c.customer_id
            """),
        ("projects of customers", """
            INSERT INTO organization.customer_projects (customer_id, project, grade)
            SELECT c.customer_id, c.project, k.grade FROM complaints.complaints c JOIN organization.customers k ON k.id = c.customer_id ORDER BY c.customer_id
            """),
        ("links", """
            INSERT INTO organization.customer_subjects (subject_kind, subject_id, customer_id, linked_at) SELECT 'complaint', id, customer_id, registered_at FROM complaints.complaints ORDER BY id
            """),
        ("consents", """
            INSERT INTO organization.customer_consents (id, customer_id, purpose, given, way, at, recorded_by)
            SELECT gen_random_uuid(), customer_id, 'marketing', cycle = 1, 'phone', registered_at, 'bench' FROM complaints.complaints WHERE status = 'archived' ORDER BY customer_id
            """),
    ];

    /// <summary>Writes them into a database that has the cases and no customers.</summary>
    public static async Task WriteAsync(BenchDatabase database, Action<string> say, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await ExecuteAsync("SET session_replication_role = replica; SET synchronous_commit = off");
        foreach (var (what, sql) in Tables)
        {
            say($"      writing {what}");
            await ExecuteAsync(sql);
        }

        await ExecuteAsync("RESET session_replication_role; RESET synchronous_commit");
        say("      vacuuming");
        await ExecuteAsync("VACUUM (ANALYZE)");
        await ExecuteAsync("CHECKPOINT");

        async Task ExecuteAsync(string sql)
        {
            await using var command = new Npgsql.NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}
