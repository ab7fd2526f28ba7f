using Crm.ApiTests.Infrastructure;
using Crm.Shared.Audit;
using Npgsql;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>
/// ORG-10: whatever somebody with all rights on the database does to the audit behind the API, the verifier names the row. Each thing is done
/// by a superuser in a transaction of his own, looked at from inside it, and taken back, so that every test begins with a whole chain.
/// </summary>
[Trait("Rule", "ORG-10")]
public sealed class AuditTamperingTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private const string Schema = "complaints";

    [Theory]
    [InlineData("at = at + interval '1 microsecond'")]
    [InlineData("action = 'ReopenComplaint'")]
    [InlineData("actor = 'demo.head'")]
    [InlineData("subject_kind = 'followUp'")]
    [InlineData("subject_id = 'other'")]
    [InlineData("project = 'harbour'")]
    [InlineData("trace_id = NULL")]
    [InlineData("remote_address = '10.0.0.1'")]
    [InlineData("reason = ''")]
    [InlineData("recorded_at = recorded_at + interval '1 microsecond'")]
    [InlineData("mac = ''")]
    [InlineData("form = 2")]
    public Task An_entry_whose_field_was_edited_is_named(string edit) => TamperAsync(async (db, entry, _) =>
    {
        await AuditUnderTest.ExecuteAsync(db, $"UPDATE complaints.audit_entries SET {edit} WHERE id = $1", entry);
        // What no hash covers is covered by the mark.
        (await FindAsync(db)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(f => f.Row.ShouldBe($"complaints.audit_entries {entry}"), f => f.What.ShouldNotBeEmpty());
    });

    [Fact]
    public Task An_entry_that_is_gone_is_named() => TamperAsync(async (db, entry, seal) =>
    {
        await AuditUnderTest.ExecuteAsync(db, "DELETE FROM complaints.audit_entries WHERE id = $1", entry);
        (await FindAsync(db)).ShouldHaveSingleItem().ToString().ShouldBe($"complaints.audit_entries {entry} is missing: seal {seal} covers it");
    });

    [Fact]
    public Task An_entry_that_is_gone_with_its_place_in_the_list_is_named_by_its_seal() => TamperAsync(async (db, entry, seal) =>
    {
        await AuditUnderTest.ExecuteAsync(db, "DELETE FROM complaints.audit_entries WHERE id = $1", entry);
        await AuditUnderTest.ExecuteAsync(db, "DELETE FROM complaints.audit_seal_entries WHERE entry_id = $1", entry);
        (await FindAsync(db)).ShouldContain(f => f.Row == $"complaints.audit_seals {seal}" && f.What.Contains("listed"));
    });

    [Theory]
    [InlineData("an entry nobody marked", false)]
    [InlineData("an entry marked for another schema", true)]
    public Task An_entry_that_was_put_there_is_named_before_it_is_sealed(string what, bool marked) => TamperAsync(async (db, _, _) =>
    {
        var put = system.Entry(marked ? "followups" : Schema, what);
        await AuditUnderTest.WriteAsync(db, Schema, put);
        if (!marked) await AuditUnderTest.ExecuteAsync(db, "UPDATE complaints.audit_entries SET mac = sha256('guess') WHERE id = $1", put.Id);
        (await FindAsync(db)).ShouldHaveSingleItem().ToString().ShouldBe($"complaints.audit_entries {put.Id} was not written by a host: its mark is wrong (it is not sealed yet)");
    });

    [Fact]
    public Task An_entry_that_was_taken_out_of_its_list_is_named() => TamperAsync(async (db, entry, seal) =>
    {
        await AuditUnderTest.ExecuteAsync(db, "UPDATE complaints.audit_entries SET recorded_at = recorded_at - interval '1 hour' WHERE id = $1", entry);
        await AuditUnderTest.ExecuteAsync(db, "DELETE FROM complaints.audit_seal_entries WHERE entry_id = $1", entry);
        var findings = await FindAsync(db);
        findings.ShouldContain(f => f.Row == $"complaints.audit_entries {entry}" && f.What.Contains("never sealed"));
        findings.ShouldContain(f => f.Row == $"complaints.audit_seals {seal}");
    });

    [Theory]
    [InlineData("hash = sha256('guess')")]
    [InlineData("position = position + 1000")]
    public Task A_line_of_a_list_that_was_edited_is_named(string edit) => TamperAsync(async (db, entry, seal) =>
    {
        await AuditUnderTest.ExecuteAsync(db, $"UPDATE complaints.audit_seal_entries SET {edit} WHERE entry_id = $1", entry);
        (await FindAsync(db)).ShouldContain(f => f.Row == $"complaints.audit_entries {entry}" || f.Row.StartsWith($"complaints.audit_seal_entries {seal}/"));
    });

    [Theory]
    [InlineData("form = 7")]
    [InlineData("previous = sha256('guess')")]
    [InlineData("hash = sha256('guess')")]
    [InlineData("mac = sha256('guess')")]
    [InlineData("entries = entries + 1")]
    [InlineData("total = total + 1")]
    [InlineData("horizon = '5'")]
    [InlineData("sealed_at = sealed_at + interval '1 microsecond'")]
    public Task A_seal_whose_field_was_edited_is_named(string edit) => TamperAsync(async (db, _, seal) =>
    {
        await AuditUnderTest.ExecuteAsync(db, $"UPDATE complaints.audit_seals SET {edit} WHERE number = $1", seal);
        (await FindAsync(db)).ShouldContain(f => f.Row == $"complaints.audit_seals {seal}");
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_seal_that_is_gone_is_named_with_or_without_its_list(bool withList) => TamperAsync(async (db, _, seal) =>
    {
        await AuditUnderTest.ExecuteAsync(db, "DELETE FROM complaints.audit_seals WHERE number = $1", seal);
        if (withList) await AuditUnderTest.ExecuteAsync(db, "DELETE FROM complaints.audit_seal_entries WHERE seal = $1", seal);
        var findings = await FindAsync(db);
        findings.ShouldContain(f => f.ToString() == $"complaints.audit_seals {seal} is missing: the chain goes on without it");
        if (!withList) findings.ShouldContain(f => f.Row.StartsWith($"complaints.audit_seal_entries {seal}/") && f.What.Contains("which is not there"));
    });

    [Fact]
    public Task A_seal_that_was_put_at_the_end_is_named() => TamperAsync(async (db, _, _) =>
    {
        var last = (await AuditUnderTest.SealsAsync(db, Schema))[^1];
        await AuditUnderTest.ExecuteAsync(db, """
            INSERT INTO complaints.audit_seals SELECT number + 1, form, hash, sha256('guess'), sha256('guess'), entries, total, horizon, sealed_at FROM complaints.audit_seals WHERE number = $1
            """, last.Number);
        (await FindAsync(db)).ShouldContain(f => f.ToString() == $"complaints.audit_seals {last.Number + 1} was not made by a host: its mark is wrong");
    });

    [Fact]
    public Task The_end_that_was_cut_off_is_named_by_those_who_have_seen_it() => TamperAsync(async (db, _, _) =>
    {
        var seals = await AuditUnderTest.SealsAsync(db, Schema);
        var seen = new Witness(seals[^1].Number, seals[^1].Hash, "yesterday's anchor");
        (await AuditUnderTest.FindAsync(db, Schema, system.Keys(), seen)).ShouldBeEmpty();
        await AuditUnderTest.ExecuteAsync(db, "DELETE FROM complaints.audit_entries e USING complaints.audit_seal_entries l WHERE l.entry_id = e.id AND l.seal = $1", seals[^1].Number);
        await AuditUnderTest.ExecuteAsync(db, "DELETE FROM complaints.audit_seal_entries WHERE seal = $1", seals[^1].Number);
        (await FindAsync(db)).ShouldNotBeEmpty("a seal without its list");
        await AuditUnderTest.ExecuteAsync(db, "DELETE FROM complaints.audit_seals WHERE number = $1", seals[^1].Number);
        (await AuditUnderTest.FindAsync(db, Schema, system.Keys(), seen)).ShouldHaveSingleItem().ToString()
            .ShouldBe($"complaints.audit_seals {seen.Seal} is missing: the chain ends at {seen.Seal - 1}, but yesterday's anchor has seen it");
    });

    [Fact]
    public Task A_chain_written_anew_by_somebody_who_has_the_keys_is_named_by_those_who_have_seen_the_old_one() => TamperAsync(async (db, entry, seal) =>
    {
        var last = (await AuditUnderTest.SealsAsync(db, Schema))[^1];
        await RewriteAsync(db, entry);
        (await AuditUnderTest.FindAsync(db, Schema, system.Keys())).ShouldBeEmpty("the rewriting is consistent: nothing in the database gives it away");
        (await AuditUnderTest.FindAsync(db, Schema, system.Keys(), new Witness(last.Number, last.Hash, "yesterday's anchor"))).ShouldHaveSingleItem().ToString()
            .ShouldBe($"complaints.audit_seals {last.Number} is not the one that yesterday's anchor has seen: the chain up to there was written anew");
        (await AuditUnderTest.FindAsync(db, Schema, keys: null, new Witness(last.Number, last.Hash, "it"))).Count.ShouldBe(1, "an auditor needs no keys for that");
        seal.ShouldBeLessThanOrEqualTo(last.Number);
    });

    [Fact]
    public async Task The_command_names_the_row_and_ends_with_1_and_the_host_that_seals_a_forged_entry_says_so()
    {
        var environment = new[] { ("CRM_MIGRATION_DATABASE", system.Server.Postgres.MigratorConnectionString(system.Database)), ("Crm__Secrets", system.Server.Secrets) };
        (await system.Admin.RegisterAsync()).Is(201);
        await system.SealedAsync();
        var well = await HostProgram.RunAsync(["verify-audit"], environment);
        well.ExitCode.ShouldBe(0, well.Output + well.Errors);
        well.Output.ShouldSatisfyAllConditions(o => o.ShouldContain("The audit is as the hosts have left it."), o => o.ShouldMatch(@"complaints +\d+ entries under +\d+ seals"), o => o.ShouldMatch(@"\d+ rows in .* a second"));

        // Another system, so that the others keep a whole chain.
        var other = new CrmSystem(system.Server);
        await other.InitializeAsync();
        await using var _ = other;
        var forged = Enumerable.Range(0, 3).Select(n => other.Entry("followups", $"forged {n}")).ToArray();
        await using (var role = await other.OpenRoleAsync("organization"))
        await using (var transaction = await role.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            foreach (var entry in forged) await AuditUnderTest.WriteAsync(role, "organization", entry);
            await transaction.CommitAsync(TestContext.Current.CancellationToken);
        }

        var ready = await Eventually.BecomesAsync(() => other.Host.Anonymous().GetAsync("/health/ready"), r => r.Text("status") == "degraded", "the host has met the forged entry");
        ready.Text("audit").ShouldBe("tampered with: run verify-audit");
        CapturedLogs.Instance.Lines.Count(line => line.Contains("The audit has been tampered with") && forged.Any(f => line.Contains(f.Id.ToString())) && line.Contains("nor were 2 more")).ShouldBe(1, "many are one line");
        var broken = await HostProgram.RunAsync(["verify-audit"], [("CRM_MIGRATION_DATABASE", other.Server.Postgres.MigratorConnectionString(other.Database)), ("Crm__Secrets", other.Server.Secrets)]);
        broken.ExitCode.ShouldBe(1);
        foreach (var entry in forged) broken.Output.ShouldContain($"organization.audit_entries {entry.Id} was not written by a host: its mark is wrong");
        broken.Errors.ShouldBe("The audit is not as the hosts have left it. Findings: 3.");
        (await HostProgram.RunAsync(["verify-audit"])).ShouldSatisfyAllConditions(e => e.ExitCode.ShouldBe(78), e => e.Errors.ShouldContain("CRM_MIGRATION_DATABASE is missing"), e => e.Errors.ShouldContain("Crm:Secrets"));
        (await HostProgram.RunAsync(["verify-audit", "now"])).ExitCode.ShouldBe(2);
    }

    /// <summary>Lets somebody who may do everything tamper with an entry in the middle of the chain, or with its seal, and takes it back.</summary>
    private async Task TamperAsync(Func<NpgsqlConnection, Guid, long, Task> tamper)
    {
        var entries = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            (await system.Admin.RegisterAsync()).Is(201);
            await system.SealedAsync();
        }

        await using var db = await system.OpenSuperuserAsync();
        await using var transaction = await db.BeginTransactionAsync(TestContext.Current.CancellationToken);
        (await FindAsync(db)).ShouldBeEmpty("the chain is whole before");
        var seals = await AuditUnderTest.SealsAsync(db, Schema);
        seals.Count.ShouldBeGreaterThanOrEqualTo(3);
        var middle = seals[^2].Number;
        await using (var command = new NpgsqlCommand("SELECT entry_id FROM complaints.audit_seal_entries WHERE seal = $1 AND position = 1", db) { Parameters = { new() { Value = middle } } })
            entries.Add((Guid)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!);
        await tamper(db, entries[0], middle);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        (await FindAsync(db)).ShouldBeEmpty("and after");
    }

    private Task<IReadOnlyList<AuditFinding>> FindAsync(NpgsqlConnection db) => AuditUnderTest.FindAsync(db, Schema, system.Keys());

    /// <summary>Changes who did it, marks the entry anew, and makes every seal again from there.</summary>
    private async Task RewriteAsync(NpgsqlConnection db, Guid changed)
    {
        await AuditUnderTest.ExecuteAsync(db, "UPDATE complaints.audit_entries SET actor = 'demo.head' WHERE id = $1", changed);
        var previous = AuditSeal.Nothing;
        foreach (var old in await AuditUnderTest.SealsAsync(db, Schema))
        {
            var seal = new AuditSeal { Number = old.Number, Form = old.Form, Previous = previous, Entries = old.Entries, Total = old.Total, Horizon = old.Horizon, SealedAt = old.SealedAt };
            var covered = new List<AuditEntry>();
            await using (var command = new NpgsqlCommand($"SELECT {AuditRows.Of("e")} FROM complaints.audit_seal_entries l JOIN complaints.audit_entries e ON e.id = l.entry_id WHERE l.seal = $1 ORDER BY l.position", db) { Parameters = { new() { Value = old.Number } } })
            await using (var reader = await command.ExecuteReaderAsync())
                while (await reader.ReadAsync()) covered.Add(AuditEntry.Read(reader, first: 0));
            using var hash = CanonicalForm.BeginSeal(Schema, seal);
            foreach (var entry in covered.Select(e => e.Mark(Schema, system.Keys())))
            {
                hash.Cover(entry.Id, CanonicalForm.HashOf(Schema, entry));
                await AuditUnderTest.ExecuteAsync(db, "UPDATE complaints.audit_entries SET mac = $2 WHERE id = $1", entry.Id, entry.Mac);
                await AuditUnderTest.ExecuteAsync(db, "UPDATE complaints.audit_seal_entries SET hash = $2 WHERE entry_id = $1", entry.Id, CanonicalForm.HashOf(Schema, entry));
            }

            seal.Close(Schema, hash.End(), system.Keys());
            await AuditUnderTest.ExecuteAsync(db, "UPDATE complaints.audit_seals SET previous = $2, hash = $3, mac = $4 WHERE number = $1", seal.Number, seal.Previous, seal.Hash, seal.Mac);
            previous = seal.Hash;
        }
    }
}
