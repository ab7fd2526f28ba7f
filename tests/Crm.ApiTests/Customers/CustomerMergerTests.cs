using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Crm.Organization.Contracts;
using Crm.Organization.Customers;
using Crm.Shared.Data;
using Crm.Shared.Privacy;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Crm.ApiTests.Customers;

/// <summary>ORG-16: two records that are one person, and records from before the directory.</summary>
public sealed class CustomerMergerTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private static int phones;

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task The_record_that_stays_has_all_that_the_other_had_and_links_follow()
    {
        var (phone, second) = (NewPhone(), NewPhone());
        var (kept, gone) = (await RegisteredAsync("demo", phone, "郑女士", "1"), await RegisteredAsync("harbour", second, "郑老师", "2"));
        var (customer, other) = (await CustomerOfAsync(kept), await CustomerOfAsync(gone));
        (await EditAsync(other, new { name = "郑老师", email = "zheng@example.com", nationalId = "11010519491231002X" })).Is(200);
        (await system.Admin.PostAsync($"/api/v1/customers/{other}/consent", new { purpose = "serviceCalls", given = true, way = "phone", at = "2026-01-01T00:00:00Z" })).Is(200);
        await ThenAsync(gone, "acceptance");
        await ThenAsync(gone, "resolution", new { summary = "已修复" });
        await Eventually.BecomesAsync(() => system.Admin.ListAsync($"/api/v1/follow-ups?customer={other}"), found => found.Count == 1, "the follow-up is linked");

        (await MergeAsync(customer, other)).Is(200);
        var merged = (await system.Admin.GetAsync($"/api/v1/customers/{customer}")).Is(200);
        merged.ShouldSatisfyAllConditions(
            m => m.Text("name").ShouldBe("郑女士"), m => m.Text("email").ShouldBe("zheng@example.com"), m => m.Text("nationalId").ShouldBe("11010519491231002X"),
            m => m.Json.GetProperty("contacts").EnumerateArray().Select(c => c.GetProperty("phone").GetString()).ShouldBe([$"+86{phone}", $"+86{second}"]),
            m => m.Json.GetProperty("projects").EnumerateArray().Select(p => p.GetString()).ShouldBe(["demo", "harbour"]),
            m => m.Json.GetProperty("homes").GetArrayLength().ShouldBe(2), m => m.Json.GetProperty("consent").GetArrayLength().ShouldBe(1));
        (await system.Admin.GetAsync($"/api/v1/customers/{other}")).Is(200).Id.ShouldBe(customer, "the old address answers with the record that stays");
        (await system.Admin.PostAsync($"/api/v1/customers/{other}/homes", new { project = "demo", unit = "1" })).Is(409).Text("detail").ShouldContain(customer.ToString());
        (await system.Admin.ListAsync("/api/v1/customers")).Select(c => c.GetProperty("id").GetGuid()).ShouldNotContain(other);
        (await MergeAsync(customer, other)).Is(409);
        (await MergeAsync(customer, customer)).Is(409);
        (await MergeAsync(customer, Guid.NewGuid())).Is(404).Error("other").ShouldNotBeEmpty();

        await Eventually.BecomesAsync(() => system.Admin.ListAsync($"/api/v1/complaints?customer={customer}"), found => found.Count == 2, "the cases follow");
        await Eventually.BecomesAsync(() => system.Admin.ListAsync($"/api/v1/follow-ups?customer={customer}"), found => found.Count == 1, "the follow-ups follow");
        (await CustomerOfAsync(await RegisteredAsync("demo", second, "郑", null))).ShouldBe(customer, "whoever calls from the other's phone is this one");
        var found = (await system.Admin.PostAsync("/api/v1/customers/lookup", new { phone = second }, key: null)).Is(200).Json;
        found.GetProperty("customer").GetProperty("id").GetGuid().ShouldBe(customer);
        found.GetProperty("customer").GetProperty("consent").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task Records_merged_one_after_another_leave_no_link_behind_in_whichever_order_it_is_heard()
    {
        var cases = new List<Guid>();
        for (var i = 0; i < 3; i++) cases.Add(await RegisteredAsync("demo", NewPhone(), "卫女士", null));
        Guid[] records = [await CustomerOfAsync(cases[0]), await CustomerOfAsync(cases[1]), await CustomerOfAsync(cases[2])];

        // The first into the second, the second into the third; the consumer hears of it the other way round.
        (await MergeAsync(records[1], records[0])).Is(200);
        (await MergeAsync(records[2], records[1])).Is(200);
        await Eventually.BecomesAsync(() => system.Admin.ListAsync($"/api/v1/complaints?customer={records[2]}"), found => found.Count == 3, "all are the third's");

        await system.ExecuteAsync($"""
            UPDATE complaints.complaints SET customer_id = '{records[0]}' WHERE id = '{cases[0]}'; UPDATE complaints.complaints SET customer_id = '{records[1]}' WHERE id = '{cases[1]}';
            DELETE FROM complaints.inbox WHERE event_id IN (SELECT id FROM organization.outbox_events WHERE type = 'CustomerMerged')
            """);
        foreach (var (record, sequenceFromTheEnd) in new[] { (records[1], 0), (records[0], 1), (records[0], 0) })
        {
            await system.ExecuteAsync($"""
                INSERT INTO organization.outbox_deliveries (id, event_id, consumer, aggregate_id, sequence, attempts)
                SELECT gen_random_uuid(), id, 'complaints', aggregate_id, sequence, 0 FROM organization.outbox_events
                WHERE aggregate_id = '{record}' AND type = 'CustomerMerged' ORDER BY sequence DESC LIMIT 1 OFFSET {sequenceFromTheEnd}
                """);
            await system.Admin.SettleAsync();
        }

        (await system.Admin.ListAsync($"/api/v1/complaints?customer={records[2]}")).Select(c => c.GetProperty("id").GetGuid()).ShouldBe(cases, ignoreOrder: true);
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task Two_records_merged_into_each_other_at_once_are_one_record_in_the_end()
    {
        var other = await system.StartHostAsync();
        var crowd = await Crowd.SignInAsync(4, "demo.admin", system.Host, other);
        for (var round = 0; round < 4; round++)
        {
            Guid[] pair = [await PutDownAsync(), await PutDownAsync()];
            var answers = await Crowd.AtOnceAsync(crowd.Select((api, i) => (Func<Task<Reply>>)(() => api.PostAsync($"/api/v1/customers/{pair[i % 2]}/merger", new { other = pair[1 - i % 2], reason = "同一人" }))));
            answers.Count(a => (int)a.Status == 200).ShouldBe(1);
            answers.Count(a => (int)a.Status == 409).ShouldBe(3);
            (await system.Admin.GetAsync($"/api/v1/customers/{pair[0]}")).Id.ShouldBe((await system.Admin.GetAsync($"/api/v1/customers/{pair[1]}")).Id);
        }
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task Two_different_identity_numbers_are_two_persons()
    {
        var (one, two) = (await PutDownAsync(), await PutDownAsync());
        (await EditAsync(one, new { name = (string?)null, email = (string?)null, nationalId = "440524188001010014" })).Is(200);
        (await EditAsync(two, new { name = (string?)null, email = (string?)null, nationalId = "110105199003078510" })).Is(200);
        (await MergeAsync(one, two)).Is(409).Text("rule").ShouldBe("ORG-16");
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task What_was_recorded_before_the_directory_is_linked_a_few_at_a_time_and_only_once()
    {
        var (keys, phone, linked) = (system.Host.Services.GetRequiredService<KeyRing>(), NewPhone(), await RegisteredAsync("demo", NewPhone(), "蒋女士", null));
        await CustomerOfAsync(linked);
        var before = Enumerable.Range(0, 205).Select(_ => Ids.Next()).ToArray();
        foreach (var (id, i) in before.Select((id, i) => (id, i)))
        {
            await using var connection = await system.OpenSuperuserAsync();
            await using var command = new Npgsql.NpgsqlCommand("""
                WITH the_case AS (
                    INSERT INTO complaints.complaints (id, number, project, kind, severity, status, cycle, registered_at, has_written_reply, version, event_sequence)
                    VALUES ($1, $2, 'demo', 'complaint', 'minor', 'registered', 1, now(), false, 1, 0)),
                person AS (INSERT INTO complaints.complainants (complaint_id, sealed_key, phone_sealed, phone_index, building) VALUES ($1, $5, $3, $4, 'old'))
                INSERT INTO complaints.complaint_records (complaint_id, number, project, kind, channel, category, proposed_severity, left_phone, received_at, registered_at, registered_by, written_reply_only)
                VALUES ($1, $2, 'demo', 'complaint', 'hotline', 'other', 'minor', $3 IS NOT NULL, now(), now(), 'before', false)
                """, connection);
            // The first two hundred are of two hundred people, the last five of one; one of them left no phone.
            var whose = i < 200 ? $"+861310000{i:0000}" : $"+86{phone}";
            command.Parameters.Add(new() { Value = id });
            command.Parameters.Add(new() { Value = $"OLD-{i:0000}" });
            command.Parameters.Add(new() { Value = i == 204 ? DBNull.Value : keys.Seal(whose, $"complaints.complainants.phone:{id}"), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bytea });
            command.Parameters.Add(new() { Value = i == 204 ? DBNull.Value : keys.Index(whose), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bytea });
            command.Parameters.Add(new() { Value = keys.NewRecordKey("complaints", id) });
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var (job, other) = (system.Host.Services.GetRequiredService<BackfillJob>(), (await system.StartHostAsync()).Services.GetRequiredService<BackfillJob>());
        var end = Ids.Next();
        var done = await Crowd.AtOnceAsync(new[] { job, other }.Select(j => (Func<Task<int>>)(() => j.WalkAsync(end, TimeSpan.Zero, CancellationToken.None))));
        // One that found the other at work left it to them.
        (done.Sum() + await job.WalkAsync(end, TimeSpan.Zero, CancellationToken.None)).ShouldBe(204, "together they have done all of it, and nothing twice");
        (await other.WalkAsync(end, TimeSpan.Zero, CancellationToken.None)).ShouldBe(0);
        (await job.WalkAsync(Ids.Next(), TimeSpan.Zero, CancellationToken.None)).ShouldBe(0);
        await Eventually.BecomesAsync(() => system.ScalarAsync<long>("SELECT count(*) FROM complaints.complaints WHERE number LIKE 'OLD-%' AND customer_id IS NOT NULL"), n => n == 204, "all are linked");
        (await system.ScalarAsync<long>("SELECT count(DISTINCT customer_id) FROM complaints.complaints WHERE number LIKE 'OLD-%'")).ShouldBe(201);
        (await CustomerOfAsync(before[200])).ShouldBe(await CustomerOfAsync(before[203]));
        (await system.Admin.GetAsync($"/api/v1/customers/{await CustomerOfAsync(before[0])}")).Json.GetProperty("homes")[0].GetProperty("building").GetString().ShouldBe("old");
    }

    [Fact]
    [Trait("Rule", "ORG-12")]
    public async Task Who_is_forgotten_after_a_merger_is_forgotten_in_the_record_that_stays_and_takes_nobody_else_along()
    {
        var phone = NewPhone();
        var (stays, gone, other) = (await PutDownAsync(), (await system.Admin.PostAsync("/api/v1/customers", new { project = "demo", phone })).Is(201).Id, await PutDownAsync());
        // Found by their phone, then merged before their turn came.
        (await MergeAsync(stays, gone)).Is(200);
        await using (var scope = system.Host.Services.CreateAsyncScope())
            (await scope.ServiceProvider.GetServices<Erasing>().Single(k => k.Kind == "customer").EraseAsync(gone, "demo.admin", TestContext.Current.CancellationToken)).At.ShouldNotBeNull();
        var forgotten = (await system.Admin.GetAsync($"/api/v1/customers/{stays}")).Is(200).Json;
        (forgotten.GetProperty("erasedAt").ValueKind, forgotten.GetProperty("contacts").GetArrayLength()).ShouldBe((JsonValueKind.String, 0));
        (await system.Admin.PostAsync("/api/v1/customers/lookup", new { phone }, key: null)).Is(200).Json.GetProperty("customer").ValueKind.ShouldBe(JsonValueKind.Null);
        (await MergeAsync(other, stays)).Is(409).Text("rule").ShouldBe("ORG-12");
    }

    private static string NewPhone() => $"1310009{Interlocked.Increment(ref phones):0000}";

    private async Task<Guid> PutDownAsync() => (await system.Admin.PostAsync("/api/v1/customers", new { project = "demo", phone = NewPhone() })).Is(201).Id;

    private Task<Reply> MergeAsync(Guid into, Guid other) => system.Admin.PostAsync($"/api/v1/customers/{into}/merger", new { other, reason = "同一人的两个号码" });

    private async Task<Reply> EditAsync(Guid id, object body) => await system.Admin.SendAsync(HttpMethod.Put, $"/api/v1/customers/{id}", body, ifMatch: (await system.Admin.GetAsync($"/api/v1/customers/{id}")).ETag);

    private async Task ThenAsync(Guid complaint, string noun, object? body = null) => (await system.Admin.ActAsync(complaint, noun, body)).Is(200);

    private async Task<Guid> RegisteredAsync(string project, string phone, string name, string? unit) =>
        (await system.Admin.RegisterAsync(Api.Complaint(("project", project), ("customer", new { name, phone }), ("unit", unit)))).Is(201).Id;

    private async Task<Guid> CustomerOfAsync(Guid complaint) => (await Eventually.BecomesAsync(
        () => system.Admin.GetAsync($"/api/v1/complaints/{complaint}"), c => c.Json.GetProperty("customerId").ValueKind == JsonValueKind.String, "the case is linked")).Json.GetProperty("customerId").GetGuid();
}
