using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Crm.Shared.Audit;
using Crm.Shared.Commands;
using Crm.Shared.Data;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-10: why something was done, and who has seen personal data, is in the audit; what people typed can be erased without breaking it.</summary>
[Trait("Rule", "ORG-10")]
public sealed class AuditReasonTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private const string Phone = "13722223333";

    [Fact]
    public async Task The_reason_is_shown_to_auditors_and_stands_nowhere_in_the_audit_as_it_was_typed()
    {
        var auditor = await system.SignInAsync("demo.auditor");
        var id = (await system.Admin.RegisterAsync()).Is(201).Id;
        (await system.Admin.ActAsync(id, "severity", new { severity = "major", reason = "reason-one 王女士" })).Is(200);
        (await system.Admin.ActAsync(id, "withdrawal", new { reason = "reason-two" })).Is(200);
        (await auditor.AuditAsync(id)).Select(Reason).ShouldBe(["reason-two", "reason-one 王女士", null]);
        (await system.Admin.PostAsync("/api/v1/policies", new { project = "demo", name = "complaints.feedback", value = "PT12H", reason = "reason-three", effectiveFrom = "2100-01-01T00:00:00Z" })).Is(201);
        (await auditor.ListAsync("/api/v1/audit?subjectId=demo/complaints.feedback")).Select(Reason).ShouldBe(["reason-three"]);
        foreach (var table in new[] { "complaints.audit_entries", "complaints.audit_subject_keys", "organization.audit_entries" })
            (await system.ScalarAsync<long>($"SELECT count(*) FROM {table} t WHERE t::text LIKE '%reason-%' OR t::text LIKE '%' || encode('reason-', 'hex') || '%'")).ShouldBe(0, table);
    }

    [Fact]
    public async Task Erasing_a_subject_takes_its_reasons_away_for_good_and_leaves_the_chain_and_all_others_as_they_are()
    {
        var auditor = await system.SignInAsync("demo.auditor");
        var (erased, kept) = (await WithdrawnAsync("to be erased"), await WithdrawnAsync("to be kept"));
        await system.SealedAsync();
        await using (var scope = system.Host.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetServices<Module>().Single(m => m.Schema == "complaints").Db(scope.ServiceProvider);
            (await SubjectKeys.EraseAsync(db, "complaint", erased.ToString(), TestContext.Current.CancellationToken)).ShouldBeTrue();
            (await SubjectKeys.EraseAsync(db, "complaint", erased.ToString(), TestContext.Current.CancellationToken)).ShouldBeFalse("there is nothing left to erase");
            (await SubjectKeys.EraseAsync(db, "followUp", kept.ToString(), TestContext.Current.CancellationToken)).ShouldBeFalse("another kind of record");
        }

        (await auditor.AuditAsync(erased)).Select(e => (Reason(e), e.GetProperty("reasonErased").GetBoolean())).ShouldBe([(null, true), (null, false)]);
        (await auditor.AuditAsync(kept)).Select(e => (Reason(e), e.GetProperty("reasonErased").GetBoolean())).ShouldBe([("to be kept", false), (null, false)]);
        (await system.VerifyAsync()).ShouldBeEmpty("the hash is over what is sealed");

        // A key that is made anew opens nothing of what was erased, and everything that is said from now on.
        await system.ExecuteAsync($"INSERT INTO complaints.audit_subject_keys SELECT subject_kind, '{erased}', sealed_key FROM complaints.audit_subject_keys WHERE subject_id = '{kept}'");
        (await auditor.AuditAsync(erased)).Select(Reason).ShouldAllBe(reason => reason == null);
        (await system.VerifyAsync()).ShouldBeEmpty();
    }

    [Fact]
    public void Every_command_that_asks_for_a_reason_gives_it_to_the_audit()
    {
        var commands = AppDomain.CurrentDomain.GetAssemblies().Where(a => a.GetName().Name!.StartsWith("Crm.", StringComparison.Ordinal)).SelectMany(a => a.GetTypes())
            .Where(t => t.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(ICommand<>)) && t.GetProperty("Body")?.PropertyType.GetProperty("Reason")?.PropertyType == typeof(string)).ToArray();
        commands.Length.ShouldBeGreaterThanOrEqualTo(4);
        commands.ShouldAllBe(c => typeof(IGivesReason).IsAssignableFrom(c));
    }

    [Fact]
    public async Task Who_sees_a_phone_in_full_is_written_down_and_who_sees_it_masked_is_not()
    {
        var auditor = await system.SignInAsync("demo.auditor");
        var id = await RegisteredAsync(Phone);
        var nameless = (await system.Admin.RegisterAsync(Api.Complaint(("customer", null)))).Is(201).Id;
        (await (await system.SignInAsync("demo.officer")).GetAsync($"/api/v1/complaints/{id}")).Is(200).Content.ShouldNotContain(Phone);
        (await (await system.SignInAsync("demo.manager")).GetAsync($"/api/v1/complaints/{nameless}")).Is(200);
        (await (await system.SignInAsync("harbour.officer")).GetAsync($"/api/v1/complaints/{id}")).Is(404);
        (await auditor.AuditAsync(id)).Count.ShouldBe(1, "the registration alone");
        (await auditor.AuditAsync(nameless)).Count.ShouldBe(1, "there is no phone to see");

        (await (await system.SignInAsync("demo.manager")).GetAsync($"/api/v1/complaints/{id}")).Is(200).Content.ShouldContain(Phone);
        var read = (await auditor.AuditAsync(id))[0];
        (read.GetProperty("action").GetString(), read.GetProperty("actor").GetString(), read.GetProperty("project").GetString(), read.GetProperty("remoteAddress").GetString())
            .ShouldBe(("GetComplaint", "demo.manager", "demo", "127.0.0.1"));
        read.GetProperty("traceId").GetString()!.Length.ShouldBe(32);
        await system.SealedAsync();
        (await system.VerifyAsync()).ShouldBeEmpty("reads are marked and sealed like everything else");
    }

    [Fact]
    public async Task Who_looks_somebody_up_by_phone_is_written_down_for_each_case_and_also_when_there_is_none()
    {
        const string Caller = "13722224444";
        var auditor = await system.SignInAsync("demo.auditor");
        var (one, two) = (await RegisteredAsync(Caller), await RegisteredAsync(Caller));
        var officer = await system.SignInAsync("demo.officer");
        (await officer.PostAsync("/api/v1/complaints/lookup", new { phone = Caller }, key: null)).Is(200).Json.GetProperty("items").GetArrayLength().ShouldBe(2);
        foreach (var id in new[] { one, two }) (await auditor.AuditAsync(id)).Select(e => e.GetProperty("action").GetString()).ShouldBe(["LookUpByPhone", "RegisterComplaint"]);
        (await officer.PostAsync("/api/v1/complaints/lookup", new { phone = "13722225555" }, key: null)).Is(200).Json.GetProperty("items").GetArrayLength().ShouldBe(0);
        (await auditor.ListAsync("/api/v1/audit?action=LookUpByPhone&subjectKind=complaint&subjectId=none&actor=demo.officer")).Count.ShouldBe(1);
        (await officer.PostAsync("/api/v1/complaints/lookup", new { phone = "1372222" }, key: null)).Is(400);
        (await auditor.ListAsync("/api/v1/audit?action=LookUpByPhone&actor=demo.officer")).Count.ShouldBe(3, "what was refused has shown nothing");
    }

    [Fact]
    public async Task Where_a_read_cannot_be_written_down_nothing_is_shown()
    {
        var other = new CrmSystem(system.Server);
        await other.InitializeAsync();
        await using var _ = other;
        var id = (await other.Admin.RegisterAsync(Api.Complaint(("customer", new { name = "李女士", phone = Phone })))).Is(201).Id;
        await other.ExecuteAsync("REVOKE INSERT ON complaints.audit_entries FROM crm_complaints");
        foreach (var answer in new[] { await other.Admin.GetAsync($"/api/v1/complaints/{id}"), await other.Admin.PostAsync("/api/v1/complaints/lookup", new { phone = Phone }, key: null) })
        {
            ((int)answer.Status).ShouldBeGreaterThanOrEqualTo(500);
            answer.Content.ShouldNotContain(Phone);
            answer.Content.ShouldNotContain(id.ToString());
        }

        (await (await other.SignInAsync("demo.officer")).GetAsync($"/api/v1/complaints/{id}")).Is(200);
        await other.ExecuteAsync("GRANT INSERT ON complaints.audit_entries TO crm_complaints");
        (await other.Admin.GetAsync($"/api/v1/complaints/{id}")).Is(200).Content.ShouldContain(Phone);
    }

    private async Task<Guid> RegisteredAsync(string phone) => (await system.Admin.RegisterAsync(Api.Complaint(("customer", new { name = "李女士", phone })))).Is(201).Id;

    private async Task<Guid> WithdrawnAsync(string reason)
    {
        var id = (await system.Admin.RegisterAsync()).Is(201).Id;
        (await system.Admin.ActAsync(id, "withdrawal", new { reason })).Is(200);
        return id;
    }

    private static string? Reason(JsonElement entry) => entry.GetProperty("reason").GetString();
}
