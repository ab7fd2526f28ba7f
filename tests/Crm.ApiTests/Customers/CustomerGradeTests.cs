using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests.Customers;

/// <summary>ORG-16: grades by rules and by hand.</summary>
public sealed class CustomerGradeTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private static int phones;

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task Homes_make_the_grade_by_the_default_rules_and_lists_follow()
    {
        var id = await PutDownAsync("demo");
        (await GradeOfAsync(id)).ShouldBe(("c", false));
        var first = await OwnAsync(id, "1");
        (await GradeOfAsync(id)).ShouldBe(("b", false));
        await OwnAsync(id, "2");
        (await GradeOfAsync(id)).ShouldBe(("a", false));
        (await system.Admin.ListAsync("/api/v1/customers?project=demo&grade=a")).Select(c => c.GetProperty("id").GetGuid()).ShouldContain(id);
        (await system.Admin.ListAsync("/api/v1/customers?project=demo&grade=b")).Select(c => c.GetProperty("id").GetGuid()).ShouldNotContain(id);
        (await system.Admin.SendAsync(HttpMethod.Delete, $"/api/v1/customers/{id}/homes/{first}", body: null, ifMatch: (await system.Admin.GetAsync($"/api/v1/customers/{id}")).ETag)).Is(204);
        (await GradeOfAsync(id)).ShouldBe(("b", false));
        (await HistoryAsync(id)).ShouldBe(["b False rule:ORG-16 ", "a False rule:ORG-16 ", "b False rule:ORG-16 "]);
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task A_grade_set_by_hand_stands_whatever_the_rules_say_until_it_is_taken_back()
    {
        var id = await PutDownAsync("demo");
        var manager = await system.SignInAsync("demo.manager");
        (await (await system.SignInAsync("demo.officer")).PostAsync($"/api/v1/customers/{id}/grade", new { grade = "a", reason = "x" })).Is(403);
        (await manager.PostAsync($"/api/v1/customers/{id}/grade", new { grade = (string?)null, reason = "没有可撤回的" })).Is(200);
        (await HistoryAsync(id)).ShouldBeEmpty("there was nothing to take back");
        (await manager.PostAsync($"/api/v1/customers/{id}/grade", new { grade = "a", reason = "业委会主任" })).Is(200);
        (await GradeOfAsync(id)).ShouldBe(("a", true));
        await OwnAsync(id, "9");
        (await GradeOfAsync(id)).ShouldBe(("a", true));
        (await manager.PostAsync($"/api/v1/customers/{id}/grade", new { grade = (string?)null, reason = "已卸任" })).Is(200);
        (await GradeOfAsync(id)).ShouldBe(("b", false));
        (await HistoryAsync(id)).ShouldBe(["b False rule:ORG-16 ", "a False demo.manager 已卸任", "a True demo.manager 业委会主任"]);
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.customer_gradings g WHERE g::text LIKE '%' || encode(convert_to('业委会主任', 'UTF8'), 'hex') || '%' OR g::text LIKE '%业委会主任%'")).ShouldBe(0, "reasons are sealed");
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task Facts_that_modules_report_make_the_grade_by_a_projects_own_rules()
    {
        await OpenAsync("strict");
        var rules = new { a = new[] { new { fact = "followups.dissatisfied", atLeast = 1 } }, b = new[] { new { fact = "complaints.made", atLeast = 2 } } };
        (await system.Admin.PostAsync("/api/v1/policies", new { project = "strict", name = "customers.grades", value = rules, reason = "试行" })).Is(201);
        var phone = NewPhone();
        var first = await RegisteredAsync(phone, "complaint");
        var id = await CustomerOfAsync(first);
        (await GradeOfAsync(id)).ShouldBe(("c", false));
        await CustomerOfAsync(await RegisteredAsync(phone, "praise"));
        (await GradeOfAsync(id)).ShouldBe(("c", false), "praise is no complaint");
        await CustomerOfAsync(await RegisteredAsync(phone, "complaint"));
        (await GradeOfAsync(id)).ShouldBe(("b", false));

        (await system.Admin.ActAsync(first, "acceptance")).Is(200);
        (await system.Admin.ActAsync(first, "resolution", new { summary = "已修复" })).Is(200);
        var followUp = (await Eventually.BecomesAsync(() => system.Admin.ListAsync($"/api/v1/follow-ups?origin={first}"), found => found.Count == 1, "the follow-up is planned"))[0].GetProperty("id").GetGuid();
        (await system.Admin.PostAsync($"/api/v1/follow-ups/{followUp}/outcome", new { channel = "phone", reached = true, satisfaction = 1 })).Is(200);
        await Eventually.BecomesAsync(() => GradeOfAsync(id), grade => grade == ("a", false), "a dissatisfied customer is an A here");
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task A_fact_of_a_case_that_is_nobodys_yet_counts_once_the_case_is_linked()
    {
        await OpenAsync("later");
        var phone = NewPhone();
        var complaint = await RegisteredAsync(phone, "complaint", "later");
        var id = await CustomerOfAsync(complaint);
        await system.ExecuteAsync($"INSERT INTO organization.customer_facts (event_id, fact, subject_kind, subject_id) SELECT gen_random_uuid(), 'complaints.made', 'complaint', '{complaint}' FROM generate_series(1, 3)");
        (await system.Admin.PostAsync("/api/v1/policies", new { project = "later", name = "customers.grades", value = new { a = new[] { new { fact = "complaints.made", atLeast = 5 } }, b = new[] { new { fact = "homes.owned", atLeast = 1 } } }, reason = "试行" })).Is(201);
        await CustomerOfAsync(await RegisteredAsync(phone, "complaint", "later"));
        (await GradeOfAsync(id)).ShouldBe(("a", false), "three noted, and two cases");
    }

    private static string NewPhone() => $"1320000{Interlocked.Increment(ref phones):0000}";

    private async Task OpenAsync(string project)
    {
        (await system.Admin.PostAsync("/api/v1/projects", new { code = project, name = project, company = "demo-leasing", serviceDesk = "demo.desk" })).Is(201);
        await Eventually.BecomesAsync(() => system.Admin.ListAsync($"/api/v1/categories?project={project}"), found => found.Count > 20, "the categories are there");
    }

    private async Task<Guid> PutDownAsync(string project) => (await system.Admin.PostAsync("/api/v1/customers", new { project, phone = NewPhone() })).Is(201).Id;

    private async Task<Guid> OwnAsync(Guid id, string unit) => (await system.Admin.PostAsync($"/api/v1/customers/{id}/homes", new { project = "demo", unit, capacity = "owner" })).Is(201).Id;

    private async Task<(string?, bool)> GradeOfAsync(Guid id)
    {
        var customer = (await system.Admin.GetAsync($"/api/v1/customers/{id}")).Is(200).Json;
        return (customer.GetProperty("grade").GetString(), customer.GetProperty("gradedByHand").GetBoolean());
    }

    private async Task<string[]> HistoryAsync(Guid id) =>
        [.. (await system.Admin.ListAsync($"/api/v1/customers/{id}/grades", limit: 2)).Select(g => $"{g.GetProperty("grade")} {g.GetProperty("byHand")} {g.GetProperty("by")} {g.GetProperty("reason")}")];

    private async Task<Guid> RegisteredAsync(string phone, string kind, string project = "strict") =>
        (await system.Admin.RegisterAsync(Api.Complaint(("project", project), ("kind", kind), ("customer", new { name = "冯女士", phone })))).Is(201).Id;

    private async Task<Guid> CustomerOfAsync(Guid complaint) => (await Eventually.BecomesAsync(
        () => system.Admin.GetAsync($"/api/v1/complaints/{complaint}"), c => c.Json.GetProperty("customerId").ValueKind == JsonValueKind.String, "the case is linked")).Json.GetProperty("customerId").GetGuid();
}
