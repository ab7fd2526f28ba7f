using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests.Customers;

/// <summary>ORG-16: one record per person, whoever makes them known, seen by who may see one of their projects.</summary>
public sealed class CustomerTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private static int phones;

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task Whoever_leaves_a_phone_is_known_within_seconds_and_case_and_follow_up_are_linked_with_them()
    {
        var phone = NewPhone();
        var first = await RegisteredAsync("demo", phone, "李女士", building: "3", unit: "1802");
        var customer = await CustomerOfAsync(first);
        var known = (await system.Admin.GetAsync($"/api/v1/customers/{customer}")).Is(200);
        known.ShouldSatisfyAllConditions(
            k => k.Text("name").ShouldBe("李女士"), k => k.Text("recordedBy").ShouldBe("rule:ORG-16"), k => k.Text("grade").ShouldBe("c"),
            k => k.Json.GetProperty("contacts").EnumerateArray().Single().GetProperty("phone").GetString().ShouldBe($"+86{phone}"),
            k => k.Json.GetProperty("contacts").EnumerateArray().Single().GetProperty("first").GetBoolean().ShouldBeTrue(),
            k => k.Json.GetProperty("projects").EnumerateArray().Single().GetString().ShouldBe("demo"));
        Home(known).ShouldBe(("demo", "3", "1802", null));

        // Another name, another home, the same person: nothing that is known is overwritten.
        var second = await RegisteredAsync("harbour", $"+86 {phone}", "李先生", building: "9", unit: null);
        (await CustomerOfAsync(second)).ShouldBe(customer);
        known = (await system.Admin.GetAsync($"/api/v1/customers/{customer}")).Is(200);
        known.Text("name").ShouldBe("李女士");
        known.Json.GetProperty("projects").EnumerateArray().Select(p => p.GetString()).ShouldBe(["demo", "harbour"]);
        known.Json.GetProperty("homes").GetArrayLength().ShouldBe(2);
        (await system.Admin.ListAsync($"/api/v1/complaints?customer={customer}")).Select(c => c.GetProperty("id").GetGuid()).ShouldBe([second, first]);

        (await system.Admin.ActAsync(first, "acceptance")).Is(200);
        (await system.Admin.ActAsync(first, "resolution", new { summary = "已修复" })).Is(200);
        var planned = await Eventually.BecomesAsync(() => system.Admin.ListAsync($"/api/v1/follow-ups?origin={first}"), found => found.Count == 1, "the follow-up is planned");
        planned[0].GetProperty("customerId").GetGuid().ShouldBe(customer, "planned after the case was linked, it is linked at once");
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task Who_left_no_phone_is_nobodys_customer_and_costs_no_delivery()
    {
        var anonymous = (await system.Admin.RegisterAsync(Api.Complaint(("customer", new { name = "王先生" })))).Is(201).Id;
        var known = await RegisteredAsync("demo", NewPhone(), "王先生");
        await CustomerOfAsync(known);
        (await system.Admin.GetAsync($"/api/v1/complaints/{anonymous}")).Json.GetProperty("customerId").ValueKind.ShouldBe(JsonValueKind.Null);
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.inbox WHERE event_id IN (SELECT id FROM complaints.outbox_events WHERE aggregate_id = $1)", anonymous)).ShouldBe(0);
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.inbox WHERE event_id IN (SELECT id FROM complaints.outbox_events WHERE aggregate_id = $1)", known)).ShouldBe(1);
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task The_same_new_caller_at_once_on_two_hosts_by_hand_and_by_cases_is_one_record()
    {
        var other = await system.StartHostAsync();
        var crowd = await Crowd.SignInAsync(12, "demo.admin", system.Host, other);
        for (var round = 0; round < 4; round++)
        {
            var phone = NewPhone();
            var answers = await Crowd.AtOnceAsync(crowd.Select((api, i) => (Func<Task<Reply>>)(() => i % 3 == 0
                ? api.PostAsync("/api/v1/customers", new { project = i % 2 == 0 ? "demo" : "harbour", phone, name = "同一人", building = "1", unit = $"{i}" })
                : api.RegisterAsync(Api.Complaint(("project", i % 2 == 0 ? "demo" : "harbour"), ("customer", new { name = "同一人", phone }), ("building", "1"), ("unit", $"{i}"))))));
            foreach (var answer in answers) answer.Ok();
            var byHand = answers.Where((_, i) => i % 3 == 0).ToArray();
            var customer = byHand.Select(a => a.Id).Distinct().ShouldHaveSingleItem();
            byHand.Count(a => (int)a.Status == 201).ShouldBeLessThanOrEqualTo(1);
            foreach (var registered in answers.Where((_, i) => i % 3 != 0)) (await CustomerOfAsync(registered.Id)).ShouldBe(customer);
            (await system.Admin.GetAsync($"/api/v1/customers/{customer}")).Json.GetProperty("homes").GetArrayLength().ShouldBe(12, "each of them said another home");
        }
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task A_report_that_comes_again_changes_nothing()
    {
        var phone = NewPhone();
        var complaint = await RegisteredAsync("demo", phone, "赵女士", building: "5", unit: "501");
        var customer = await CustomerOfAsync(complaint);
        var before = (await system.Admin.GetAsync($"/api/v1/customers/{customer}")).Content;
        var told = await EventsOfAsync(customer);

        // As if the consumer had never received it; and with what would be learned anew taken away.
        await system.ExecuteAsync($"""
            DELETE FROM organization.inbox WHERE event_id IN (SELECT id FROM complaints.outbox_events WHERE aggregate_id = '{complaint}');
            INSERT INTO complaints.outbox_deliveries (id, event_id, consumer, aggregate_id, sequence, attempts)
            SELECT gen_random_uuid(), id, 'organization', aggregate_id, sequence, 0 FROM complaints.outbox_events WHERE aggregate_id = '{complaint}' AND type = 'CaseRegistered'
            """);
        await system.Admin.SettleAsync();
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.inbox WHERE event_id IN (SELECT id FROM complaints.outbox_events WHERE aggregate_id = $1)", complaint)).ShouldBe(1, "it was received again");
        (await system.Admin.GetAsync($"/api/v1/customers/{customer}")).Content.ShouldBe(before);
        (await EventsOfAsync(customer)).ShouldBe(told);

        Task<long> EventsOfAsync(Guid of) => system.ScalarAsync<long>("SELECT count(*) FROM organization.outbox_events WHERE aggregate_id = $1", of);
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task The_link_may_come_before_or_after_the_plan_of_a_follow_up()
    {
        var complaint = await RegisteredAsync("demo", NewPhone(), "周先生");
        var customer = await CustomerOfAsync(complaint);
        (await system.Admin.ActAsync(complaint, "acceptance")).Is(200);
        (await system.Admin.ActAsync(complaint, "resolution", new { summary = "已修复" })).Is(200);
        await Eventually.BecomesAsync(() => system.Admin.ListAsync($"/api/v1/follow-ups?origin={complaint}"), found => found.Count == 1, "the follow-up is planned");

        // As if the plan had come first, and the directory's report arrived now.
        await system.ExecuteAsync($"""
            UPDATE followups.follow_ups SET customer_id = NULL WHERE origin_id = '{complaint}'; UPDATE followups.origin_cycles SET customer_id = NULL WHERE origin_id = '{complaint}';
            DELETE FROM followups.inbox WHERE event_id IN (SELECT id FROM organization.outbox_events WHERE aggregate_id = '{customer}');
            INSERT INTO organization.outbox_deliveries (id, event_id, consumer, aggregate_id, sequence, attempts)
            SELECT gen_random_uuid(), id, 'followups', aggregate_id, sequence, 0 FROM organization.outbox_events WHERE aggregate_id = '{customer}'
            """);
        await system.Admin.SettleAsync();
        (await system.Admin.ListAsync($"/api/v1/follow-ups?customer={customer}")).Single().GetProperty("origin").GetGuid().ShouldBe(complaint);
        (await system.ScalarAsync<Guid>("SELECT customer_id FROM followups.origin_cycles WHERE origin_id = $1", complaint)).ShouldBe(customer);
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task A_customer_is_seen_by_who_may_see_one_of_their_projects()
    {
        var phone = NewPhone();
        var customer = (await PutDownAsync("demo", phone)).Is(201).Id;
        var (officer, desk) = (await system.SignInAsync("demo.officer"), await system.SignInAsync("harbour.officer"));
        (await officer.GetAsync($"/api/v1/customers/{customer}")).Is(200);
        (await desk.GetAsync($"/api/v1/customers/{customer}")).Is(404);
        (await desk.PostAsync($"/api/v1/customers/{customer}/homes", new { project = "harbour", unit = "1" })).Is(404);
        (await desk.PostAsync("/api/v1/customers", new { project = "demo", phone })).Is(404).Error("project").ShouldNotBeEmpty();
        (await officer.PostAsync($"/api/v1/customers/{customer}/homes", new { project = "harbour", unit = "1" })).Is(404).Error("project").ShouldNotBeEmpty();

        // Somebody who is known already is the same person.
        (await desk.PostAsync("/api/v1/customers", new { project = "harbour", phone, name = "另名", unit = "7", capacity = "prospect" })).Is(200).Id.ShouldBe(customer);
        Home((await desk.GetAsync($"/api/v1/customers/{customer}")).Is(200)).ShouldBe(("harbour", null, "7", "prospect"));
    }

    [Fact]
    [Trait("Rule", "ORG-12")]
    public async Task Phones_addresses_and_numbers_are_masked_unless_a_right_says_otherwise_and_then_the_look_is_in_the_audit()
    {
        var phone = NewPhone();
        var made = (await PutDownAsync("demo", phone)).Is(201);
        var path = $"/api/v1/customers/{made.Id}";
        var edited = (await system.Admin.SendAsync(HttpMethod.Put, path, new { name = "李娜", email = "li.na@example.com", nationalId = "44052418800101001 4" }, ifMatch: made.ETag)).Is(200);
        var (officer, manager) = (await system.SignInAsync("demo.officer"), await system.SignInAsync("demo.manager"));

        var masked = (await officer.GetAsync(path)).Is(200);
        masked.ShouldSatisfyAllConditions(
            m => m.Text("email").ShouldBe("l***@example.com"), m => m.Text("nationalId").ShouldBe("440524********0014"),
            m => Contact(m).ShouldBe($"+86{phone[..3]}****{phone[^4..]}"), m => m.Content.ShouldNotContain(phone), m => m.Content.ShouldNotContain("18800101"));
        (await LooksAsync("demo.officer")).ShouldBe(0);

        var full = (await manager.GetAsync(path)).Is(200);
        full.ShouldSatisfyAllConditions(f => f.Text("email").ShouldBe("li.na@example.com"), f => f.Text("nationalId").ShouldBe("440524188001010014"), f => Contact(f).ShouldBe($"+86{phone}"));
        (await LooksAsync("demo.manager")).ShouldBe(1);
        (await manager.ListAsync("/api/v1/customers?project=demo")).Single(c => c.GetProperty("id").GetGuid() == made.Id).GetProperty("phone").GetString()!.ShouldContain("****");

        // What was read masked is sent back masked, and stays as it is.
        var kept = (await officer.SendAsync(HttpMethod.Put, path, new { name = "李娜", email = "l***@example.com", nationalId = "440524********0014" }, ifMatch: edited.ETag)).Is(200);
        (await manager.GetAsync(path)).ShouldSatisfyAllConditions(f => f.Text("email").ShouldBe("li.na@example.com"), f => f.Text("nationalId").ShouldBe("440524188001010014"));
        (await officer.SendAsync(HttpMethod.Put, path, new { name = "李娜", email = "x***@example.com", nationalId = (string?)null }, ifMatch: kept.ETag)).Is(400).Error("email").ShouldNotBeEmpty();
        (await officer.SendAsync(HttpMethod.Put, path, new { name = "李娜", email = (string?)null, nationalId = "110105********002X" }, ifMatch: kept.ETag)).Is(400).Error("nationalId").ShouldNotBeEmpty();
        (await officer.SendAsync(HttpMethod.Put, path, new { name = "李娜", email = (string?)null, nationalId = "440524188001010015" }, ifMatch: kept.ETag)).Is(400).Error("nationalId").ShouldContain("GB 11643");
        (await officer.SendAsync(HttpMethod.Put, path, new { name = (string?)null, email = (string?)null, nationalId = (string?)null }, ifMatch: kept.ETag)).Is(200);
        (await manager.GetAsync(path)).Json.GetProperty("email").ValueKind.ShouldBe(JsonValueKind.Null);

        static string Contact(Reply reply) => reply.Json.GetProperty("contacts").EnumerateArray().Single().GetProperty("phone").GetString()!;
        Task<long> LooksAsync(string actor) => system.ScalarAsync<long>("SELECT count(*) FROM organization.audit_entries WHERE action = 'GetCustomer' AND subject_id = $1 AND actor = $2", made.Id.ToString(), actor);
    }

    [Fact]
    [Trait("Rule", "ORG-12")]
    public async Task Name_phone_address_and_number_stand_in_the_database_sealed_only()
    {
        var phone = NewPhone();
        var made = (await PutDownAsync("demo", phone, "独一无二")).Is(201);
        (await system.Admin.SendAsync(HttpMethod.Put, $"/api/v1/customers/{made.Id}", new { name = "独一无二", email = "unique-one@example.com", nationalId = "11010519491231002x" }, ifMatch: made.ETag)).Is(200);
        foreach (var table in new[] { "customers", "customer_phones", "customer_homes", "outbox_events", "audit_entries", "stored_answers", "customer_subjects" })
            foreach (var value in new[] { "独一无二", phone, "unique-one", "11010519491231002" })
                (await system.ScalarAsync<long>($"SELECT count(*) FROM organization.{table} t WHERE t::text LIKE '%' || $1 || '%' OR t::text LIKE '%' || encode(convert_to($1, 'UTF8'), 'hex') || '%'", value)).ShouldBe(0, $"{table} {value}");
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task No_phone_and_no_number_is_two_customers()
    {
        var (one, two) = ((await PutDownAsync("demo", NewPhone())).Is(201), (await PutDownAsync("demo", NewPhone())).Is(201));
        var phone = NewPhone();
        (await system.Admin.PostAsync($"/api/v1/customers/{one.Id}/contacts", new { phone })).Is(201);
        (await system.Admin.PostAsync($"/api/v1/customers/{two.Id}/contacts", new { phone })).Is(409).Text("rule").ShouldBe("ORG-16");
        (await EditAsync(one.Id, "110105199003078510")).Is(200);
        (await EditAsync(two.Id, "110105199003078510")).Is(409).Text("rule").ShouldBe("ORG-16");

        async Task<Reply> EditAsync(Guid id, string nationalId) => await system.Admin.SendAsync(
            HttpMethod.Put, $"/api/v1/customers/{id}", new { name = "某人", email = (string?)null, nationalId }, ifMatch: (await system.Admin.GetAsync($"/api/v1/customers/{id}")).ETag);
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task Of_several_phones_one_is_first_and_who_calls_from_one_that_was_removed_is_somebody_else()
    {
        var (phone, second) = (NewPhone(), NewPhone());
        var id = (await PutDownAsync("demo", phone)).Is(201).Id;
        var contact = (await system.Admin.PostAsync($"/api/v1/customers/{id}/contacts", new { phone = second, first = true })).Is(201);
        (await FirstAsync()).ShouldBe($"+86{second}");
        (await system.Admin.SendAsync(HttpMethod.Delete, $"/api/v1/customers/{id}/contacts/{contact.Id}", body: null)).Is(428);
        (await system.Admin.SendAsync(HttpMethod.Delete, $"/api/v1/customers/{id}/contacts/{contact.Id}", body: null, ifMatch: "\"1\"")).Is(412);
        (await system.Admin.SendAsync(HttpMethod.Delete, $"/api/v1/customers/{id}/contacts/{contact.Id}", body: null, ifMatch: contact.ETag)).Is(204);
        (await FirstAsync()).ShouldBe($"+86{phone}");
        (await CustomerOfAsync(await RegisteredAsync("demo", second, "别人"))).ShouldNotBe(id);

        for (var more = 1; more < 10; more++) (await system.Admin.PostAsync($"/api/v1/customers/{id}/contacts", new { phone = NewPhone() })).Is(201);
        (await system.Admin.PostAsync($"/api/v1/customers/{id}/contacts", new { phone = NewPhone() })).Is(409).Text("rule").ShouldBe("ORG-16");

        async Task<string?> FirstAsync()
        {
            var first = (await system.Admin.GetAsync($"/api/v1/customers/{id}")).Json.GetProperty("contacts")[0];
            first.GetProperty("first").GetBoolean().ShouldBeTrue();
            return first.GetProperty("phone").GetString();
        }
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task Homes_come_with_a_capacity_and_go_and_the_project_stays()
    {
        var made = (await PutDownAsync("demo", NewPhone())).Is(201);
        var home = (await system.Admin.PostAsync($"/api/v1/customers/{made.Id}/homes", new { project = "demo", building = "3", unit = "1802" })).Is(201);
        (await system.Admin.PostAsync($"/api/v1/customers/{made.Id}/homes", new { project = "demo", building = "3", unit = "1802", capacity = "tenant" })).Is(201).Id.ShouldBe(home.Id, "the same home");
        var known = (await system.Admin.GetAsync($"/api/v1/customers/{made.Id}")).Is(200);
        Home(known).ShouldBe(("demo", "3", "1802", "tenant"));
        (await system.Admin.PostAsync($"/api/v1/customers/{made.Id}/homes", new { project = "demo" })).Is(400).Error("unit").ShouldNotBeEmpty();
        (await system.Admin.SendAsync(HttpMethod.Delete, $"/api/v1/customers/{made.Id}/homes/{home.Id}", body: null, ifMatch: known.ETag)).Is(204);
        known = (await system.Admin.GetAsync($"/api/v1/customers/{made.Id}")).Is(200);
        known.Json.GetProperty("homes").GetArrayLength().ShouldBe(0);
        known.Json.GetProperty("projects").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task Of_consent_counts_what_was_said_last_for_each_purpose()
    {
        var id = (await PutDownAsync("demo", NewPhone())).Is(201).Id;
        await SayAsync("marketing", given: true, "2026-03-01T00:00:00Z");
        await SayAsync("marketing", given: false, "2026-05-01T00:00:00Z");
        // Heard of later, said earlier.
        await SayAsync("marketing", given: true, "2026-04-01T00:00:00Z");
        await SayAsync("serviceCalls", given: true, "2026-01-01T00:00:00Z");
        (await system.Admin.GetAsync($"/api/v1/customers/{id}")).Json.GetProperty("consent").EnumerateArray()
            .Select(c => (c.GetProperty("purpose").GetString(), c.GetProperty("given").GetBoolean(), c.GetProperty("at").GetString()))
            .ShouldBe([("serviceCalls", true, "2026-01-01T00:00:00Z"), ("marketing", false, "2026-05-01T00:00:00Z")]);
        (await system.Admin.PostAsync($"/api/v1/customers/{id}/consent", new { purpose = "marketing", given = true, way = "phone", at = "2199-01-01T00:00:00Z" })).Is(400).Error("at").ShouldNotBeEmpty();

        async Task SayAsync(string purpose, bool given, string at) => (await system.Admin.PostAsync($"/api/v1/customers/{id}/consent", new { purpose, given, way = "phone", at })).Is(200);
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task Lists_page_by_key_by_project_and_for_whoever_holds_several_projects()
    {
        (await system.Admin.PostAsync("/api/v1/projects", new { code = "listed", name = "列", company = "demo-leasing", serviceDesk = "demo.desk" })).Is(201);
        (await system.Admin.PostAsync("/api/v1/projects", new { code = "beside", name = "旁", company = "demo-leasing", serviceDesk = "demo.desk" })).Is(201);
        var made = new List<Guid>();
        for (var i = 0; i < 7; i++) made.Insert(0, (await PutDownAsync("listed", NewPhone())).Is(201).Id);
        var elsewhere = (await PutDownAsync("beside", NewPhone())).Is(201).Id;
        foreach (var limit in new[] { 1, 2, 3, 7, 200 }) Ids(await system.Admin.ListAsync("/api/v1/customers?project=listed", limit)).ShouldBe(made, $"{limit}");
        Ids(await system.Admin.ListAsync("/api/v1/customers?project=listed&grade=c", 3)).ShouldBe(made);
        Ids(await system.Admin.ListAsync("/api/v1/customers?project=listed&grade=a", 3)).ShouldBeEmpty();
        Ids(await system.Admin.ListAsync("/api/v1/customers", 5)).Take(8).ShouldBe([elsewhere, .. made]);

        // In two projects at once, and told once.
        (await system.Admin.PostAsync($"/api/v1/customers/{made[3]}/homes", new { project = "beside", unit = "1" })).Is(201);
        var supervisor = await system.SignInAsync("demo.supervisor");
        Ids(await supervisor.ListAsync("/api/v1/customers", 2)).Where(id => made.Contains(id) || id == elsewhere).ShouldBe([elsewhere, .. made]);
        Ids(await supervisor.ListAsync("/api/v1/customers?grade=c", 3)).Where(id => made.Contains(id) || id == elsewhere).ShouldBe([elsewhere, .. made]);
        (await (await system.SignInAsync("harbour.officer")).GetAsync("/api/v1/customers?project=listed")).Is(404);

        static IReadOnlyList<Guid> Ids(IEnumerable<JsonElement> items) => [.. items.Select(c => c.GetProperty("id").GetGuid())];
    }

    private static string NewPhone() => $"1340000{Interlocked.Increment(ref phones):0000}";

    private static (string?, string?, string?, string?) Home(Reply customer)
    {
        var home = customer.Json.GetProperty("homes").EnumerateArray().Single();
        return (home.GetProperty("project").GetString(), home.GetProperty("building").GetString(), home.GetProperty("unit").GetString(), home.GetProperty("capacity").GetString());
    }

    private Task<Reply> PutDownAsync(string project, string phone, string? name = null) => system.Admin.PostAsync("/api/v1/customers", new { project, phone, name });

    private async Task<Guid> RegisteredAsync(string project, string phone, string name, string? building = null, string? unit = null) =>
        (await system.Admin.RegisterAsync(Api.Complaint(("project", project), ("customer", new { name, phone }), ("building", building), ("unit", unit)))).Is(201).Id;

    private async Task<Guid> CustomerOfAsync(Guid complaint) => (await Eventually.BecomesAsync(
        () => system.Admin.GetAsync($"/api/v1/complaints/{complaint}"), c => c.Json.GetProperty("customerId").ValueKind == JsonValueKind.String, "the case is linked")).Json.GetProperty("customerId").GetGuid();
}
