using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests.Customers;

/// <summary>ORG-16: what an agent is told while the phone rings.</summary>
public sealed class CallerLookupTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private static int phones;

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task A_caller_is_told_with_homes_consent_cases_and_follow_ups_what_is_open_first()
    {
        var phone = NewPhone();
        var done = await RegisteredAsync("demo", phone, "李女士");
        var customer = await CustomerOfAsync(done);
        (await system.Admin.PostAsync($"/api/v1/customers/{customer}/homes", new { project = "demo", building = "3", unit = "1802", capacity = "owner" })).Is(201);
        (await system.Admin.PostAsync($"/api/v1/customers/{customer}/contacts", new { phone = NewPhone() })).Is(201);
        (await system.Admin.PostAsync($"/api/v1/customers/{customer}/consent", new { purpose = "marketing", given = true, way = "phone", at = "2026-01-01T00:00:00Z" })).Is(200);
        (await system.Admin.PostAsync($"/api/v1/customers/{customer}/consent", new { purpose = "marketing", given = false, way = "phone", at = "2026-02-01T00:00:00Z" })).Is(200);
        await ThenAsync(done, "acceptance");
        await ThenAsync(done, "resolution", new { summary = "已修复" });
        await Eventually.BecomesAsync(() => system.Admin.ListAsync($"/api/v1/follow-ups?customer={customer}"), found => found.Count == 1, "the follow-up is planned");
        var (withdrawn, open) = (await RegisteredAsync("demo", phone, null), await RegisteredAsync("demo", phone, null));
        await ThenAsync(withdrawn, "withdrawal", new { reason = "误报" });
        foreach (var linked in new[] { withdrawn, open }) (await CustomerOfAsync(linked)).ShouldBe(customer);

        var found = await LookUpAsync(system.Admin, $"(+86) {phone[..3]}-{phone[3..7]}-{phone[7..]}");
        var card = found.GetProperty("customer");
        card.GetProperty("id").GetGuid().ShouldBe(customer);
        card.GetProperty("name").GetString().ShouldBe("李女士");
        card.GetProperty("grade").GetString().ShouldBe("b", "the owner of a home");
        card.GetProperty("contacts").EnumerateArray().Select(c => (c.GetProperty("phone").GetString(), c.GetProperty("first").GetBoolean())).First().ShouldBe(($"+86{phone}", true));
        card.GetProperty("contacts").GetArrayLength().ShouldBe(2);
        card.GetProperty("homes").EnumerateArray().Select(h => $"{h.GetProperty("project")} {h.GetProperty("building")} {h.GetProperty("unit")} {h.GetProperty("capacity")}").ShouldBe(["demo 3 1802 owner"]);
        card.GetProperty("consent").EnumerateArray().Select(c => (c.GetProperty("purpose").GetString(), c.GetProperty("given").GetBoolean())).ShouldBe([("marketing", false)]);
        found.GetProperty("withheld").GetArrayLength().ShouldBe(0);
        Records(found, "complaints").Select(r => (r.GetProperty("id").GetGuid(), r.GetProperty("open").GetBoolean())).ShouldBe([(open, true), (done, true), (withdrawn, false)]);
        Records(found, "followups").Single().ShouldSatisfyAllConditions(
            r => r.GetProperty("open").GetBoolean().ShouldBeTrue(), r => r.GetProperty("state").GetString().ShouldBe("planned"), r => r.GetProperty("dueAt").ValueKind.ShouldBe(JsonValueKind.String),
            r => r.GetProperty("overdue").GetBoolean().ShouldBeFalse());
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task A_phone_that_is_nobodys_is_answered_with_nothing_found_and_a_part_of_one_is_refused()
    {
        var found = await LookUpAsync(system.Admin, NewPhone());
        found.GetProperty("customer").ValueKind.ShouldBe(JsonValueKind.Null);
        found.GetProperty("modules").GetArrayLength().ShouldBe(0);
        (await system.Admin.PostAsync("/api/v1/customers/lookup", new { phone = "1340001" }, key: null)).Is(400).Error("phone").ShouldContain("must be a phone number");
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task Each_module_tells_what_the_caller_of_the_api_may_read_and_those_they_may_not_are_named()
    {
        var phone = NewPhone();
        var (demo, harbour) = (await RegisteredAsync("demo", phone, "钱女士"), await RegisteredAsync("harbour", phone, null));
        var customer = await CustomerOfAsync(demo);
        (await CustomerOfAsync(harbour)).ShouldBe(customer);
        var officer = await LookUpAsync(await system.SignInAsync("demo.officer"), phone);
        officer.GetProperty("customer").GetProperty("id").GetGuid().ShouldBe(customer);
        officer.GetProperty("customer").GetProperty("contacts")[0].GetProperty("phone").GetString()!.ShouldContain("****");
        Records(officer, "complaints").Select(r => r.GetProperty("id").GetGuid()).ShouldBe([demo]);

        // A machine that may see customers and follow-ups, but no cases; and one that may see no customer of these projects.
        var narrow = await LookUpAsync(await MachineAsync("demo", "customers.read", "followUps.read"), phone);
        narrow.GetProperty("withheld").EnumerateArray().Select(w => w.GetString()).ShouldBe(["complaints"]);
        narrow.GetProperty("modules").EnumerateArray().Select(m => m.GetProperty("module").GetString()).ShouldBe(["followups"]);
        var only = NewPhone();
        await CustomerOfAsync(await RegisteredAsync("demo", only, "孙女士"));
        var stranger = await LookUpAsync(await system.SignInAsync("harbour.officer"), only);
        stranger.GetProperty("customer").ValueKind.ShouldBe(JsonValueKind.Null);
        stranger.GetProperty("modules").GetArrayLength().ShouldBe(0);
        (await (await system.SignInAsync("demo.guest")).PostAsync("/api/v1/customers/lookup", new { phone }, key: null)).Is(403);
    }

    [Fact]
    [Trait("Rule", "ORG-10")]
    public async Task That_somebody_looked_is_in_the_audit_found_or_not_and_where_it_cannot_be_written_nothing_is_told()
    {
        var (phone, agent) = (NewPhone(), await system.SignInAsync("call.agent"));
        var customer = await CustomerOfAsync(await RegisteredAsync("demo", phone, "吴女士"));
        var before = await LooksAsync("none");
        await LookUpAsync(agent, NewPhone());
        (await LooksAsync("none")).ShouldBe(before + 1);
        await LookUpAsync(agent, phone);
        (await LooksAsync(customer.ToString())).ShouldBe(1);

        await system.ExecuteAsync("REVOKE INSERT ON organization.audit_entries FROM crm_organization");
        try
        {
            var refused = await agent.PostAsync("/api/v1/customers/lookup", new { phone }, key: null);
            ((int)refused.Status).ShouldBeGreaterThanOrEqualTo(500);
            refused.Content.ShouldNotContain(customer.ToString());
        }
        finally
        {
            await system.ExecuteAsync("GRANT INSERT ON organization.audit_entries TO crm_organization");
        }

        Task<long> LooksAsync(string subject) => system.ScalarAsync<long>("SELECT count(*) FROM organization.audit_entries WHERE action = 'LookUpCaller' AND actor = 'call.agent' AND subject_id = $1", subject);
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task A_caller_with_many_cases_is_told_the_twenty_that_matter_and_that_there_are_more()
    {
        var phone = NewPhone();
        var cases = new List<Guid>();
        for (var i = 0; i < 22; i++) cases.Insert(0, await RegisteredAsync("demo", phone, null));
        foreach (var id in cases) await CustomerOfAsync(id);
        await ThenAsync(cases[0], "withdrawal", new { reason = "误报" });
        var module = (await LookUpAsync(system.Admin, phone)).GetProperty("modules").EnumerateArray().Single(m => m.GetProperty("module").GetString() == "complaints");
        module.GetProperty("more").GetBoolean().ShouldBeTrue();
        module.GetProperty("records").EnumerateArray().Select(r => r.GetProperty("id").GetGuid()).ShouldBe(cases.Skip(1).Take(20));
    }

    private static string NewPhone() => $"1330000{Interlocked.Increment(ref phones):0000}";

    private static IEnumerable<JsonElement> Records(JsonElement found, string module) =>
        found.GetProperty("modules").EnumerateArray().Single(m => m.GetProperty("module").GetString() == module).GetProperty("records").EnumerateArray();

    private static async Task<JsonElement> LookUpAsync(Api api, string phone) => (await api.PostAsync("/api/v1/customers/lookup", new { phone }, key: null)).Is(200).Json;

    private async Task<Api> MachineAsync(string project, params string[] permissions) =>
        system.Host.Machine((await system.Admin.PostAsync("/api/v1/api-keys", new { name = "narrow", permissions, project })).Is(201).Text("key"));

    private async Task<Guid> RegisteredAsync(string project, string phone, string? name) =>
        (await system.Admin.RegisterAsync(Api.Complaint(("project", project), ("customer", new { name, phone })))).Is(201).Id;

    private async Task ThenAsync(Guid complaint, string noun, object? body = null) => (await system.Admin.ActAsync(complaint, noun, body)).Is(200);

    private async Task<Guid> CustomerOfAsync(Guid complaint) => (await Eventually.BecomesAsync(
        () => system.Admin.GetAsync($"/api/v1/complaints/{complaint}"), c => c.Json.GetProperty("customerId").ValueKind == JsonValueKind.String, "the case is linked")).Json.GetProperty("customerId").GetGuid();
}
