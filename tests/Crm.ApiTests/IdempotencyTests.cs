using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>Retries are safe: the same key and body give the first answer again, whatever has happened since.</summary>
public sealed class IdempotencyTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    [Fact]
    public async Task The_same_key_and_body_get_the_first_answer_byte_for_byte_also_after_the_case_has_moved_on()
    {
        var (key, body) = (Api.NewKey(), Api.Complaint());
        var first = (await system.Admin.RegisterAsync(body, key)).Is(201);
        first.Location.ShouldBe($"/api/v1/complaints/{first.Id}");
        (await system.Admin.ActAsync(first.Id, "acceptance")).Is(200);
        (await system.Admin.ActAsync(first.Id, "resolution", new { summary = "已修复" })).Is(200);

        var again = await system.Admin.RegisterAsync(body, key);
        again.Is(201);
        again.Content.ShouldBe(first.Content);
        (again.ETag, again.Location).ShouldBe((first.ETag, first.Location));
        (await system.Admin.GetAsync($"/api/v1/complaints/{first.Id}")).Text("status").ShouldBe("resolved");
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_refused_with_422()
    {
        var key = Api.NewKey();
        (await system.Admin.RegisterAsync(Api.Complaint(), key)).Is(201);
        (await system.Admin.RegisterAsync(Api.Complaint(("content", "另一件事")), key)).Is(422).Text("type").ShouldBe("urn:crm:problem:422");
        (await system.Admin.RegisterAsync(Api.Complaint(), key)).Is(201);
    }

    [Fact]
    public async Task A_key_belongs_to_its_caller_and_its_path()
    {
        var key = Api.NewKey();
        var mine = (await system.Admin.RegisterAsync(Api.Complaint(), key)).Is(201);
        var theirs = (await (await system.SignInAsync("demo.officer")).RegisterAsync(Api.Complaint(), key)).Is(201);
        theirs.Id.ShouldNotBe(mine.Id);
        (await system.Admin.PostAsync($"/api/v1/complaints/{mine.Id}/acceptance", body: null, key)).Is(200).Id.ShouldBe(mine.Id);
        (await system.Admin.PostAsync($"/api/v1/complaints/{theirs.Id}/acceptance", body: null, key)).Is(200).Id.ShouldBe(theirs.Id);
    }

    [Theory]
    [InlineData("/api/v1/complaints", """{"project":"demo","kind":"complaint","channel":"hotline","content":"x"}""")]
    [InlineData("/api/v1/api-keys", """{"name":"hotline","permissions":["complaints.read"],"project":"demo"}""")]
    [InlineData("/api/v1/policies", """{"project":"demo","name":"complaints.feedback","value":"PT12H","reason":"x"}""")]
    public async Task A_post_that_creates_needs_a_well_formed_key(string path, string body)
    {
        foreach (var key in new[] { null, new string('k', 201), "two words" })
        {
            var refused = (await system.Admin.PostAsync(path, body, key)).Is(400);
            refused.Json.GetProperty("errors").TryGetProperty("Idempotency-Key", out _).ShouldBeTrue(refused.Content);
        }
    }

    [Fact]
    public async Task A_command_repeated_with_its_key_is_answered_the_same_and_done_once()
    {
        var complaint = (await system.Admin.RegisterAsync()).Is(201);
        (await system.Admin.ActAsync(complaint.Id, "acceptance")).Is(200);
        var (path, body, key) = ($"/api/v1/complaints/{complaint.Id}/resolution", new { summary = "已修复" }, Api.NewKey());

        var first = (await system.Admin.PostAsync(path, body, key)).Is(200);
        var again = (await system.Admin.PostAsync(path, body, key)).Is(200);
        (again.Content, again.ETag).ShouldBe((first.Content, first.ETag));
        (await system.Admin.PostAsync(path, new { summary = "另一种结果" }, key)).Is(422);
        (await system.Admin.PostAsync(path, body, key: null)).Is(409).Text("rule").ShouldBe("CMP-19");
        (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.outbox_events WHERE aggregate_id = $1 AND type = 'ComplaintResolved'", complaint.Id)).ShouldBe(1);
    }

    [Fact]
    public async Task A_refusal_is_not_kept_so_the_key_can_be_tried_again()
    {
        var complaint = (await system.Admin.RegisterAsync()).Is(201);
        var (path, key) = ($"/api/v1/complaints/{complaint.Id}/resolution", Api.NewKey());
        (await system.Admin.PostAsync(path, new { summary = "已修复" }, key)).Is(409);
        (await system.Admin.PostAsync(path, new { summary = "" }, key)).Is(400);
        (await system.Admin.PostAsync($"/api/v1/complaints/{Guid.NewGuid()}/resolution", new { summary = "已修复" }, key)).Is(404);
        (await system.Admin.ActAsync(complaint.Id, "acceptance")).Is(200);

        (await system.Admin.PostAsync(path, new { summary = "已修复，另有说明" }, key)).Is(200).Text("status").ShouldBe("resolved");
        (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.stored_answers WHERE status NOT BETWEEN 200 AND 299")).ShouldBe(0);
    }
}
