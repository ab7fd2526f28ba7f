using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-03: a person leaving hands over what they hold, and nothing stays with nobody.</summary>
public sealed class DepartureTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private static int people;

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task Everything_somebody_holds_is_told_and_passes_on_to_the_successor_with_a_step_that_says_why()
    {
        var (leaver, heir) = (await AppointAsync("areaManager", "project", "demo"), await AppointAsync("areaManager", "project", "demo"));
        var api = await system.SignInAsync(leaver);
        var complaint = (await api.RegisterAsync()).Is(201).Id;
        (await api.ActAsync(complaint, "acceptance")).Is(200);
        var settled = (await api.RegisterAsync()).Is(201).Id;
        (await api.ActAsync(settled, "acceptance")).Is(200);
        (await api.ActAsync(settled, "resolution", new { summary = "已更换" })).Is(200);
        var followUp = (await Eventually.BecomesAsync(() => system.Admin.ListAsync($"/api/v1/follow-ups?origin={settled}"), found => found.Count == 1, "the follow-up is planned"))[0].GetProperty("id").GetGuid();
        await EditAsync("/api/v1/projects/demo", new { name = "云栖花园", company = "demo-leasing", serviceDesk = leaver, timeZone = "Asia/Shanghai", pack = "lease-operations", area = "demo-east" });
        await EditAsync("/api/v1/areas/demo-east", new { name = "东区", manager = leaver });

        var held = await system.Admin.ListAsync($"/api/v1/staff/{leaver}/holdings", limit: 2);
        held.Select(h => $"{Text(h, "kind")} {Text(h, "id")} {Text(h, "project")}").ShouldBe(
            ["areaManager demo-east ", .. new[] { complaint, settled }.Order().Select(id => $"complaint {id} demo"), $"followUp {followUp} demo", "serviceDesk demo demo"]);

        (await LeaveAsync(leaver, heir)).Is(200);
        (await api.GetAsync("/api/v1/projects")).Is(403);
        (await system.Admin.GetAsync("/api/v1/projects/demo")).Text("serviceDesk").ShouldBe(heir);
        (await system.Admin.GetAsync("/api/v1/areas/demo-east")).Text("manager").ShouldBe(heir);
        await Eventually.BecomesAsync(() => system.Admin.ListAsync($"/api/v1/staff/{leaver}/holdings"), left => left.Count == 0, "nothing is left with who has left");
        (await system.Admin.ListAsync($"/api/v1/staff/{heir}/holdings")).Count.ShouldBe(held.Count);

        var step = (await system.Admin.ListAsync($"/api/v1/complaints/{complaint}/history"))[^1];
        (Text(step, "kind"), Text(step, "by"), Text(step, "to")).ShouldBe(("passedOn", "rule:ORG-03", heir));
        Text(step, "text")!.ShouldContain(leaver);
        var passed = (await system.Admin.GetAsync($"/api/v1/follow-ups/{followUp}")).Is(200).Json.GetProperty("passedOn").EnumerateArray().ShouldHaveSingleItem();
        (Text(passed, "by"), Text(passed, "from"), Text(passed, "to")).ShouldBe(("rule:ORG-03", leaver, heir));
        var gone = (await system.Admin.GetAsync($"/api/v1/staff/{leaver}")).Is(200);
        gone.ShouldSatisfyAllConditions(g => g.Json.GetProperty("active").GetBoolean().ShouldBeFalse(), g => g.Text("successor").ShouldBe(heir), g => g.Text("leavingReason").ShouldBe("调离"), g => g.Json.GetProperty("roles").GetArrayLength().ShouldBe(0));

        // CMP-30: what runs out from now on runs out in the hands of who has it now.
        await system.Admin.AdvanceAsync("PT25H");
        var feedback = (await system.Admin.ListAsync($"/api/v1/complaints/{complaint}/clocks")).Single(c => Text(c, "kind") == "feedback");
        feedback.GetProperty("heldBy").EnumerateArray().Select(h => Text(h, "holder")).ShouldBe([heir]);
    }

    [Fact]
    [Trait("Rule", "CMP-02")]
    public async Task A_ticket_is_known_also_when_whoever_received_it_has_left()
    {
        var (leaver, heir) = (await AppointAsync("customerServiceOfficer", "project", "demo"), await AppointAsync("customerServiceOfficer", "project", "demo"));
        var body = Api.Complaint(("receivedBy", leaver), ("source", new { system = "hotline-1", ticketNumber = Api.NewKey() }));
        var id = (await system.Admin.RegisterAsync(body)).Is(201).Id;
        (await LeaveAsync(leaver, heir)).Is(200);
        (await system.Admin.RegisterAsync(body)).Is(200).Id.ShouldBe(id);
        (await system.Admin.RegisterAsync(Api.Complaint(("receivedBy", leaver)))).Is(404).Error("receivedBy").ShouldNotBeEmpty();
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task What_comes_to_a_leaver_later_does_not_stay_there_either()
    {
        var (leaver, heir) = (await AppointAsync("customerServiceOfficer", "project", "demo"), await AppointAsync("customerServiceOfficer", "project", "demo"));
        var other = await system.StartHostAsync();
        var (here, there) = (await system.SignInAsync(leaver), await other.SignInAsync(leaver));
        await Eventually.BecomesAsync(() => there.GetAsync("/api/v1/complaints"), answer => (int)answer.Status == 200, "the other host knows them");
        var cases = new List<Guid>();
        for (var i = 0; i < 10; i++) cases.Add((await here.RegisterAsync()).Is(201).Id);

        // They take cases in hand on both hosts while they leave.
        var acts = cases.Select((id, i) => (Func<Task<Reply>>)(() => (i % 2 == 0 ? here : there).ActAsync(id, "acceptance"))).Append(() => LeaveAsync(leaver, heir));
        (await Crowd.AtOnceAsync(acts))[^1].Is(200);
        // And a host that did not know yet lets one come to them even after that.
        await system.ExecuteAsync($"UPDATE complaints.complaints SET handler = '{leaver}', status = 'accepted' WHERE id = '{cases[0]}'");
        await Eventually.BecomesAsync(
            () => system.ScalarAsync<long>("SELECT count(*) FROM complaints.complaints WHERE handler = $1", leaver), held => held == 0, "every case has passed on");
        (await system.ScalarAsync<string>("SELECT handler FROM complaints.complaints WHERE id = $1", cases[0])).ShouldBe(heir);
        (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.complaint_steps WHERE kind = 'passedOn' AND complaint_id = $1", cases[0])).ShouldBeGreaterThanOrEqualTo(1);
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task A_successor_who_has_left_too_is_passed_over_for_their_own_and_in_the_end_there_is_the_service_desk()
    {
        var (first, second) = (await AppointAsync("customerServiceOfficer", "project", "harbour"), await AppointAsync("customerServiceOfficer", "project", "harbour"));
        (await LeaveAsync(first, second)).Is(200);
        (await LeaveAsync(second, "harbour.desk")).Is(200);
        var complaint = (await system.Admin.RegisterAsync(Api.Complaint(("project", "harbour")))).Is(201).Id;
        await system.ExecuteAsync($"UPDATE complaints.complaints SET handler = '{first}', status = 'accepted' WHERE id = '{complaint}'");
        await Eventually.BecomesAsync(() => system.ScalarAsync<string>("SELECT handler FROM complaints.complaints WHERE id = $1", complaint), handler => handler == "harbour.desk", "the heir of the heir has it");
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task A_successor_works_here_and_reaches_the_same_projects_and_the_refusal_says_who_does()
    {
        var (leaver, near, gone) = (await AppointAsync("frontDesk", "project", "demo"), await AppointAsync("frontDesk", "area", "demo-east"), await AppointAsync("frontDesk", "project", "demo"));
        (await LeaveAsync(gone, near)).Is(200);
        foreach (var no in new[] { "harbour.officer", leaver, gone, "nobody" })
        {
            var refused = (await LeaveAsync(leaver, no)).Is(409);
            refused.Text("rule").ShouldBe("ORG-03");
            var could = refused.Json.GetProperty("allowed").EnumerateArray().Select(a => a.GetString()).ToArray();
            could.ShouldSatisfyAllConditions(c => c.ShouldContain(near), c => c.ShouldContain("demo.admin"), c => c.ShouldNotContain("harbour.officer"), c => c.ShouldNotContain(gone), c => c.ShouldNotContain(leaver));
        }

        (await system.Admin.GetAsync($"/api/v1/staff/{leaver}")).Json.GetProperty("active").GetBoolean().ShouldBeTrue();
        (await LeaveAsync(leaver, near)).Is(200);
        (await LeaveAsync(leaver, near)).Is(409).Text("rule").ShouldBe("ORG-03");
        (await LeaveAsync("demo.admin", "call.manager")).Is(409).Text("rule").ShouldBe("ORG-03");
        (await system.Admin.GetAsync("/api/v1/staff/demo.admin")).Json.GetProperty("active").GetBoolean().ShouldBeTrue();
        // Who comes back gets a new code, and signs in as before.
        (await system.Admin.PostAsync("/api/v1/staff", new { code = $"{leaver}.again", name = "回来", subject = leaver })).Is(201);
    }

    private Task<Reply> LeaveAsync(string staff, string successor) => system.Admin.PostAsync($"/api/v1/staff/{staff}/departure", new { successor, reason = "调离" });

    private async Task EditAsync(string path, object body) => (await system.Admin.SendAsync(HttpMethod.Put, path, body, ifMatch: (await system.Admin.GetAsync(path)).ETag)).Is(200);

    private async Task<string> AppointAsync(string role, string scope, string place)
    {
        var code = $"leaver.{Interlocked.Increment(ref people)}";
        (await system.Admin.PostAsync("/api/v1/staff", new { code, name = "某人", subject = code })).Is(201);
        (await system.Admin.PostAsync($"/api/v1/staff/{code}/roles", new { role, scope, place })).Is(201);
        return code;
    }

    private static string? Text(JsonElement json, string property) => json.GetProperty(property).GetString();
}
