using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Crm.ApiTests.Operations;
using NodaTime;
using NodaTime.Text;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-10: the auditor's reader finds what is asked for in all modules, in pages, and shows nobody more than they may see.</summary>
[Trait("Rule", "ORG-10")]
public sealed class AuditReaderTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    [Fact]
    public async Task All_modules_are_one_list_newest_first_and_pages_neither_repeat_nor_leave_out()
    {
        await ThreeModulesAsync();
        var auditor = await system.SignInAsync("demo.auditor");
        var whole = await auditor.ListAsync("/api/v1/audit");
        whole.Select(Module).Distinct().ShouldBe(["organization", "complaints", "followups"], ignoreOrder: true);
        whole.Select(At).ShouldBe(whole.Select(At).OrderDescending());
        whole.Select(Id).ShouldBeUnique();
        var until = whole[^1].GetProperty("at").GetString();
        (await auditor.ListAsync($"/api/v1/audit?to={Uri.EscapeDataString(whole[0].GetProperty("at").GetString()!)}&from={Uri.EscapeDataString(until!)}", limit: 2)).Select(Id).ShouldBe(whole.Where(e => At(e) < At(whole[0])).Select(Id));
        (await auditor.GetAsync("/api/v1/audit?limit=2")).Is(200).Link!.ShouldContain("cursor=");
    }

    [Fact]
    public async Task Each_filter_leaves_what_it_says()
    {
        var (complaint, _) = await ThreeModulesAsync();
        var auditor = await system.SignInAsync("demo.auditor");
        var whole = await auditor.ListAsync("/api/v1/audit");
        foreach (var (name, value) in new[] { ("actor", "demo.officer"), ("action", "ResolveComplaint"), ("project", "demo"), ("subjectId", complaint.ToString()) })
        {
            var found = await auditor.ListAsync($"/api/v1/audit?{name}={value}");
            found.ShouldNotBeEmpty(name);
            found.ShouldAllBe(e => e.GetProperty(name).GetString() == value);
            found.Select(Id).ShouldBe(whole.Where(e => e.GetProperty(name).GetString() == value).Select(Id), name);
        }

        (await auditor.ListAsync($"/api/v1/audit?subjectKind=complaint&subjectId={complaint}&actor=demo.officer&action=ResolveComplaint&project=demo")).ShouldHaveSingleItem();
        (await auditor.ListAsync($"/api/v1/audit?subjectKind=followUp&subjectId={complaint}")).ShouldBeEmpty();
        (await auditor.GetAsync("/api/v1/audit?subjectKind=complaint")).Is(400).Error("subjectId").ShouldContain("required");
        // From is in, to is out, at one microsecond.
        string Edge(Instant edge) => Uri.EscapeDataString(InstantPattern.ExtendedIso.Format(edge));
        var exact = InstantPattern.ExtendedIso.Parse(whole[0].GetProperty("at").GetString()!).Value;
        (await auditor.ListAsync($"/api/v1/audit?from={Edge(exact)}")).Select(Id).ShouldContain(Id(whole[0]));
        (await auditor.ListAsync($"/api/v1/audit?from={Edge(exact + Duration.FromNanoseconds(1_000))}")).Select(Id).ShouldNotContain(Id(whole[0]));
        (await auditor.ListAsync($"/api/v1/audit?to={Edge(exact)}")).Select(Id).ShouldNotContain(Id(whole[0]));
        (await auditor.ListAsync($"/api/v1/audit?to={Edge(exact + Duration.FromNanoseconds(1_000))}")).Select(Id).ShouldContain(Id(whole[0]));
    }

    [Fact]
    public async Task Who_may_audit_one_project_sees_its_entries_and_neither_others_nor_the_companys()
    {
        await ThreeModulesAsync();
        (await system.Admin.RegisterAsync(Api.Complaint(("project", "harbour")))).Is(201);
        var calls = new SuccessfulCalls(system);
        var harbour = system.Host.Machine(await calls.KeyWithAsync("audit.read", "harbour"));
        var seen = await harbour.ListAsync("/api/v1/audit", limit: 2);
        seen.ShouldNotBeEmpty();
        seen.ShouldAllBe(e => e.GetProperty("project").GetString() == "harbour");
        (await harbour.ListAsync("/api/v1/audit?project=harbour")).Select(Id).ShouldBe(seen.Select(Id));
        (await (await system.SignInAsync("demo.auditor")).ListAsync("/api/v1/audit?project=harbour")).Select(Id).ShouldBe(seen.Select(Id));
        foreach (var path in new[] { "/api/v1/audit", "/api/v1/audit/export" })
        {
            foreach (var project in new[] { "demo", "nowhere" }) (await harbour.GetAsync($"{path}?project={project}")).Is(404);
            (await (await system.SignInAsync("demo.manager")).GetAsync(path)).Is(403);
        }
    }

    [Fact]
    public async Task The_export_has_every_line_of_the_list()
    {
        await ThreeModulesAsync();
        await system.SealedAsync();
        var auditor = await system.SignInAsync("demo.auditor");
        var export = (await auditor.GetAsync("/api/v1/audit/export?project=demo")).Is(200);
        export.ContentType.ShouldBe("application/x-ndjson");
        export.Documents.Select(d => d.GetRawText()).ShouldBe((await auditor.ListAsync("/api/v1/audit?project=demo")).Select(d => d.GetRawText()));
        (await auditor.GetAsync("/api/v1/audit/export?subjectId=nothing")).Is(200).Content.ShouldBeEmpty();
    }

    /// <summary>Something done in each module.</summary>
    private async Task<(Guid Complaint, Guid FollowUp)> ThreeModulesAsync()
    {
        var officer = await system.SignInAsync("demo.officer");
        var complaint = (await officer.RegisterAsync()).Is(201).Id;
        (await officer.ActAsync(complaint, "acceptance")).Is(200);
        (await officer.ActAsync(complaint, "resolution", new { summary = "done" })).Is(200);
        var followUp = (await Eventually.BecomesAsync(() => officer.ListAsync($"/api/v1/follow-ups?origin={complaint}"), found => found.Count == 1, "the follow-up is planned"))[0].GetProperty("id").GetGuid();
        (await officer.PostAsync($"/api/v1/follow-ups/{followUp}/outcome", new { channel = "phone", reached = true, satisfaction = 5 })).Is(200);
        (await system.Admin.PostAsync("/api/v1/api-keys", new { name = "audited", permissions = new[] { "complaints.read" } })).Is(201);
        return (complaint, followUp);
    }

    private static string Module(JsonElement entry) => entry.GetProperty("module").GetString()!;

    private static Guid Id(JsonElement entry) => entry.GetProperty("id").GetGuid();

    private static DateTimeOffset At(JsonElement entry) => entry.GetProperty("at").GetDateTimeOffset();
}
