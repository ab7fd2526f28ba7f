using Crm.ApiTests.Infrastructure;
using Crm.Shared.Audit;
using NodaTime;
using Npgsql;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-10: every entry is sealed within seconds, once, whoever writes it and however late it commits.</summary>
[Trait("Rule", "ORG-10")]
public sealed class AuditSealTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private const string Schema = "complaints";

    [Fact]
    public async Task A_command_leaves_an_entry_that_is_sealed_by_itself_and_the_verifier_is_content()
    {
        var auditor = await system.SignInAsync("demo.auditor");
        var id = (await system.Admin.RegisterAsync()).Is(201).Id;
        var entries = await Eventually.BecomesAsync(() => auditor.AuditAsync(id), found => found.Count == 1 && found[0].GetProperty("seal").ValueKind != System.Text.Json.JsonValueKind.Null, "the entry is sealed");
        entries[0].ShouldSatisfyAllConditions(
            e => e.GetProperty("module").GetString().ShouldBe(Schema), e => e.GetProperty("action").GetString().ShouldBe("RegisterComplaint"), e => e.GetProperty("actor").GetString().ShouldBe("demo.admin"),
            e => e.GetProperty("subjectKind").GetString().ShouldBe("complaint"), e => e.GetProperty("project").GetString().ShouldBe("demo"), e => e.GetProperty("seal").GetInt64().ShouldBeGreaterThan(0),
            e => e.GetProperty("traceId").GetString()!.Length.ShouldBe(32), e => e.GetProperty("remoteAddress").GetString().ShouldBe("127.0.0.1"));
        (await system.VerifyAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_hosts_that_seal_at_once_leave_no_gap_and_seal_nothing_twice()
    {
        var second = await system.StartHostAsync();
        var clients = await Crowd.SignInAsync(8, "demo.officer", system.Host, second);
        for (var round = 0; round < 3; round++)
        {
            (await Crowd.AtOnceAsync(clients.SelectMany(c => Enumerable.Range(0, 5).Select<int, Func<Task<Reply>>>(_ => () => c.RegisterAsync())))).ShouldAllBe(r => (int)r.Status == 201);
            await system.SealedAsync();
        }

        (await system.VerifyAsync()).ShouldBeEmpty();
        (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.audit_seal_entries")).ShouldBe(await system.ScalarAsync<long>("SELECT count(*) FROM complaints.audit_entries"));
        (await system.ScalarAsync<long>("SELECT count(*) - max(number) FROM complaints.audit_seals")).ShouldBe(0);
        (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.audit_entries")).ShouldBeGreaterThanOrEqualTo(120);
    }

    [Fact]
    public async Task What_commits_after_others_that_were_written_later_is_sealed_all_the_same()
    {
        await using var late = await system.OpenRoleAsync(Schema);
        await using var transaction = await late.BeginTransactionAsync(TestContext.Current.CancellationToken);
        var entry = system.Entry(Schema, "late");
        await AuditUnderTest.WriteAsync(late, Schema, entry);
        for (var others = 0; others < 3; others++)
        {
            (await system.Admin.RegisterAsync()).Is(201);
            await system.SealedAsync();
        }

        var sealedBefore = await system.ScalarAsync<long>("SELECT max(number) FROM complaints.audit_seals");
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        await system.SealedAsync();
        (await system.ScalarAsync<long>("SELECT seal FROM complaints.audit_seal_entries WHERE entry_id = $1", entry.Id)).ShouldBeGreaterThan(sealedBefore);
        (await system.VerifyAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task More_than_one_seal_can_hold_is_sealed_by_several()
    {
        const int Many = 2 * Sealer.MostEntries + 500;
        await using (var role = await system.OpenRoleAsync(Schema))
        {
            await using var transaction = await role.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var batch = new NpgsqlBatch(role);
            for (var i = 0; i < Many; i++) batch.BatchCommands.Add(AuditRows.Insert(Schema, system.Entry(Schema, $"{i}")));
            await batch.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await transaction.CommitAsync(TestContext.Current.CancellationToken);
        }

        await system.SealedAsync();
        (await system.ScalarAsync<int>("SELECT max(entries) FROM complaints.audit_seals")).ShouldBe(Sealer.MostEntries);
        (await system.VerifyAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_host_that_dies_while_it_seals_leaves_nothing_half_done()
    {
        await using (var dying = await system.OpenRoleAsync(Schema))
        {
            await using var transaction = await dying.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using (var take = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('seal complaints', 0))", dying)) await take.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            (await system.Admin.RegisterAsync()).Is(201);
            await AuditUnderTest.ExecuteAsync(dying, """
                INSERT INTO complaints.audit_seals (number, form, previous, hash, mac, entries, total, horizon, sealed_at)
                SELECT coalesce(max(number), 0) + 1, 1, '', '', '', 1, 1, '1', now() FROM complaints.audit_seals
                """);
            await AuditUnderTest.ExecuteAsync(dying, """
                INSERT INTO complaints.audit_seal_entries SELECT e.id, 1000000, 1, '' FROM complaints.audit_entries e
                WHERE NOT EXISTS (SELECT FROM complaints.audit_seal_entries l WHERE l.entry_id = e.id) LIMIT 1
                """);
            (await system.ScalarAsync<bool>("SELECT pg_terminate_backend($1)", dying.ProcessID)).ShouldBeTrue();
        }

        await system.SealedAsync();
        (await system.VerifyAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task In_a_database_that_was_restored_on_another_server_sealing_goes_on()
    {
        (await system.Admin.RegisterAsync()).Is(201);
        await system.SealedAsync();
        await using (var role = await system.OpenRoleAsync(Schema))
        {
            // The last seal of another server, whose transactions had higher numbers.
            await using var transaction = await role.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using (var take = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('seal complaints', 0))", role)) await take.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            var entry = system.Entry(Schema, "restored");
            await AuditUnderTest.WriteAsync(role, Schema, entry);
            var last = (await AuditUnderTest.SealsAsync(role, Schema))[^1];
            var seal = new AuditSeal
            {
                Number = last.Number + 1, Form = 1, Previous = last.Hash, Entries = 1, Total = last.Total + 1, Horizon = 1UL << 60, SealedAt = last.SealedAt + Duration.FromMilliseconds(1),
            };
            AuditEntry written;
            await using (var read = new NpgsqlCommand($"SELECT {AuditRows.Of("e")} FROM {Schema}.audit_entries e WHERE id = $1", role) { Parameters = { new() { Value = entry.Id } } })
            await using (var reader = await read.ExecuteReaderAsync(TestContext.Current.CancellationToken))
            {
                await reader.ReadAsync(TestContext.Current.CancellationToken);
                written = AuditEntry.Read(reader, first: 0);
            }

            using var hash = CanonicalForm.BeginSeal(Schema, seal);
            hash.Cover(entry.Id, CanonicalForm.HashOf(Schema, written));
            seal.Close(Schema, hash.End(), system.Keys());
            await using var batch = new NpgsqlBatch(role) { BatchCommands = { AuditRows.Insert(Schema, seal) } };
            await batch.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await AuditUnderTest.ExecuteAsync(role, "INSERT INTO complaints.audit_seal_entries VALUES ($1, $2, 1, $3)", entry.Id, seal.Number, CanonicalForm.HashOf(Schema, written));
            await transaction.CommitAsync(TestContext.Current.CancellationToken);
        }

        for (var others = 0; others < 2; others++)
        {
            (await system.Admin.RegisterAsync()).Is(201);
            await system.SealedAsync();
        }

        (await system.VerifyAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Entries_from_before_there_were_marks_get_theirs_when_the_database_is_brought_up_to_date_and_only_before_the_first_seal()
    {
        var owner = system.Server.Postgres.MigratorConnectionString(system.Database);
        const string Unmarked = "INSERT INTO {0}.audit_entries (id, at, action, actor, subject_kind, subject_id, form, mac) SELECT gen_random_uuid(), now(), 'Old', 'demo.admin', 'test', 'old', 0, '' FROM generate_series(1, 1500)";
        await system.ExecuteAsync($"CREATE SCHEMA earlier; CREATE TABLE earlier.audit_entries (LIKE complaints.audit_entries INCLUDING ALL); CREATE TABLE earlier.audit_seals (LIKE complaints.audit_seals); {string.Format(System.Globalization.CultureInfo.InvariantCulture, Unmarked, "earlier")}; GRANT ALL ON SCHEMA earlier TO PUBLIC; GRANT ALL ON ALL TABLES IN SCHEMA earlier TO PUBLIC");
        await EarlierEntries.MarkAsync(owner, "earlier", system.Keys(), TestContext.Current.CancellationToken);
        (await system.ScalarAsync<long>("SELECT count(*) FROM earlier.audit_entries WHERE form = 1 AND length(mac) = 32")).ShouldBe(1500);
        (await system.ScalarAsync<long>("SELECT count(DISTINCT xid::text) FROM earlier.audit_entries")).ShouldBe(2);

        await system.ExecuteAsync($"INSERT INTO earlier.audit_seals SELECT 1, 1, '', '', '', 1, 1, '1', now(); {string.Format(System.Globalization.CultureInfo.InvariantCulture, Unmarked, "earlier")}");
        await EarlierEntries.MarkAsync(owner, "earlier", system.Keys(), TestContext.Current.CancellationToken);
        (await system.ScalarAsync<long>("SELECT count(*) FROM earlier.audit_entries WHERE form = 0")).ShouldBe(1500);
    }
}
