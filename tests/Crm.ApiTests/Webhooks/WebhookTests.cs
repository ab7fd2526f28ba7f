using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Crm.Organization.Contracts;
using Crm.Organization.Deliveries;
using Crm.Organization.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>Hosts that try again soon, and may call receivers on this machine.</summary>
public sealed class WebhookSystem(TestServer server) : CrmSystem(server)
{
    public static readonly (string Key, string Value)[] Quick =
    [
        ("Crm:Webhooks:AllowPrivateAddresses", "true"), ("Crm:Webhooks:AllowHttp", "true"), ("Crm:Deliveries:Retries", $"00:00:00.2, 00:00:00.5, {string.Join(", ", Enumerable.Repeat("00:00:01", 200))}"),
        ("Crm:Deliveries:Poll", "00:00:00.1"), ("Crm:Deliveries:Timeout", "00:00:05"), ("Crm:Deliveries:Lease", "00:00:20"),
    ];

    protected override (string Key, string Value)[] Settings => Quick;

    public Task<HostUnderTest> StartAnotherAsync() => StartHostAsync(Quick);

    /// <summary>A webhook that every host knows of.</summary>
    public async Task<(Guid Id, string Secret)> SubscribeAsync(WebhookReceiver receiver, params string[] types)
    {
        var made = (await Admin.PostAsync("/api/v1/webhooks", new { name = "test", url = receiver.Address, eventTypes = types.Length > 0 ? types : ["complaint.registered"], project = "demo" })).Is(201);
        foreach (var host in Hosts)
        {
            var subscribed = host.Services.GetRequiredService<SubscribedEvents>();
            foreach (var type in types.Length > 0 ? types : ["complaint.registered"])
                await Eventually.BecomesAsync(() => Task.FromResult(subscribed.Include(type, "demo")), known => known, "every host knows of it");
        }

        return (made.Id, made.Text("secret"));
    }

    /// <summary>A webhook's deliveries, once they are as hoped for.</summary>
    public Task<IReadOnlyList<JsonElement>> LogAsync(Guid webhook, Func<IReadOnlyList<JsonElement>, bool> hopedFor, string what) =>
        Eventually.BecomesAsync(() => Admin.ListAsync($"/api/v1/webhooks/{webhook}/deliveries"), hopedFor, what);
}

/// <summary>ORG-11: other systems are told of events: signed, at least once, and once where nothing goes wrong.</summary>
[Trait("Rule", "ORG-11")]
public sealed class WebhookTests(WebhookSystem system) : IClassFixture<WebhookSystem>
{
    [Fact]
    public async Task With_two_hosts_and_no_fault_each_event_arrives_exactly_once()
    {
        const int Many = 200;
        var other = await system.StartAnotherAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var (webhook, secret) = await system.SubscribeAsync(receiver);
        var crowd = await Crowd.SignInAsync(6, "demo.admin", system.Host, other);
        var cases = await Crowd.AtOnceAsync(Enumerable.Range(0, Many).Select(i => (Func<Task<Guid>>)(async () => (await crowd[i % crowd.Length].RegisterAsync()).Is(201).Id)));

        await system.LogAsync(webhook, log => log.Count == Many && log.All(d => d.GetProperty("state").GetString() == "delivered"), "all are delivered");
        receiver.Received.Count.ShouldBe(Many);
        receiver.Received.Select(r => r.Id).ShouldBeUnique();
        receiver.Received.Select(r => Data(r).GetProperty("complaintId").GetGuid()).ShouldBe(cases, ignoreOrder: true);
        receiver.Received.ShouldAllBe(r => r.Verifies(secret));
        receiver.Received.ShouldAllBe(r => !r.Body.Contains("13800138000") && !r.Body.Contains("李女士") && !r.Body.Contains("电梯"));
    }

    [Fact]
    public async Task A_receiver_that_was_down_gets_everything_each_with_the_id_it_had()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var refused = 0;
        receiver.Answer = (_, _) => Task.FromResult(Interlocked.Increment(ref refused) <= 6 ? 500 : 204);
        var (webhook, secret) = await system.SubscribeAsync(receiver);
        foreach (var _ in Enumerable.Range(0, 5)) (await system.Admin.RegisterAsync()).Is(201);
        await Eventually.BecomesAsync(() => Task.FromResult(receiver.Received.Count), n => n >= 5, "it was asked");
        await receiver.GoDownAsync();
        foreach (var _ in Enumerable.Range(0, 20)) (await system.Admin.RegisterAsync()).Is(201);
        var down = await system.LogAsync(webhook, log => log.Count == 25 && log.Count(d => d.GetProperty("lastFailure").GetString() == "unreachable") >= 20, "all have failed");
        down.ShouldAllBe(d => d.GetProperty("state").GetString() == "delivered" || d.GetProperty("nextAttemptAt").ValueKind == JsonValueKind.String);
        (await system.Admin.GetAsync($"/api/v1/webhooks/{webhook}")).Is(200).Json.GetProperty("failingSince").ValueKind.ShouldBe(JsonValueKind.String);

        await receiver.ComeBackAsync();
        var log = await system.LogAsync(webhook, log => log.All(d => d.GetProperty("state").GetString() == "delivered"), "everything is delivered");
        var ids = log.Select(d => d.GetProperty("messageId").GetString()).ToArray();
        receiver.Received.Select(r => r.Id).Distinct().ShouldBe(ids, ignoreOrder: true);
        receiver.Received.GroupBy(r => r.Id).ShouldAllBe(again => again.Select(r => r.Body).Distinct().Count() == 1);
        receiver.Received.GroupBy(r => r.Id).ShouldContain(again => again.Count() > 1, "some were tried again");
        receiver.Received.ShouldAllBe(r => r.Verifies(secret));
        (await system.Admin.GetAsync($"/api/v1/webhooks/{webhook}")).Is(200).Json.GetProperty("failingSince").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("unreachable", null, "2 minutes", "2 minutes", true)]
    [InlineData("timeout", null, "2 minutes", "1 minute", true)]
    [InlineData("refused", 502, "2 minutes", "2 minutes", true)]
    [InlineData("refused", 503, "2 minutes", "2 minutes", false)]
    [InlineData("refused", 500, "2 minutes", "2 minutes", false)]
    [InlineData("unreachable", null, "5 seconds", "5 seconds", false)]
    [InlineData("timeout", null, "2 minutes", "1 hour", false)]
    public async Task What_could_not_reach_its_receiver_while_it_was_away_is_sent_as_soon_as_it_takes_something(string failure, int? status, string away, string tried, bool isSentAtOnce)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var (webhook, _) = await system.SubscribeAsync(receiver);
        await receiver.GoDownAsync();
        (await system.Admin.RegisterAsync()).Is(201);
        await system.LogAsync(webhook, log => log.Count == 1 && log[0].GetProperty("attempts").GetInt32() > 0, "it was tried");
        // As it stands some time later: the next attempt is hours away. One that is under way would write down its own.
        await Eventually.BecomesAsync(() => system.ScalarAsync<long>($"""
            WITH later AS (UPDATE organization.deliveries SET last_failure = '{failure}', last_status = {(status is null ? "NULL" : status)}, next_attempt_at = now() + interval '2 hours', tried_since = now() - interval '{tried}'
                           WHERE lane = '{webhook}' AND leased_until IS NULL RETURNING id)
            SELECT count(*) FROM later
            """), changed => changed == 1, "it waits for its next attempt");
        await system.ExecuteAsync($"UPDATE organization.webhooks SET failing_since = now() - interval '{away}' WHERE id = '{webhook}'");
        await receiver.ComeBackAsync();
        await TestedAsync(webhook, receiver);
        await Eventually.BecomesAsync(() => system.Admin.GetAsync($"/api/v1/webhooks/{webhook}"), w => w.Json.GetProperty("failingSince").ValueKind == JsonValueKind.Null, "it is well");
        var registered = (await system.LogAsync(webhook, log => log.Count == 2 && (log[1].GetProperty("state").GetString() == "delivered") == isSentAtOnce, "the event follows, or waits"))[1];
        if (!isSentAtOnce) registered.GetProperty("nextAttemptAt").GetDateTimeOffset().ShouldBeGreaterThan(TimeProvider.System.GetUtcNow().AddHours(1));
    }

    [Fact]
    public async Task A_receiver_that_wants_no_more_is_disabled_and_its_owner_is_told()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, _) => Task.FromResult(410);
        var (webhook, _) = await system.SubscribeAsync(receiver);
        (await system.Admin.RegisterAsync()).Is(201);
        var disabled = await Eventually.BecomesAsync(() => system.Admin.GetAsync($"/api/v1/webhooks/{webhook}"), w => w.Json.GetProperty("disabledAt").ValueKind == JsonValueKind.String, "it is disabled");
        disabled.Text("disabledBecause").ShouldBe("gone");
        receiver.Received.Count.ShouldBe(1);
        var told = await Eventually.BecomesAsync(() => system.Admin.ListAsync("/api/v1/notifications"), n => n.Any(x => x.GetProperty("subjectId").GetGuid() == webhook), "the owner is told");
        told.Single(n => n.GetProperty("subjectId").GetGuid() == webhook).GetProperty("kind").GetString().ShouldBe("webhooks.disabled");
        (await system.Admin.PostAsync($"/api/v1/webhooks/{webhook}/test")).Is(409).Json.GetProperty("allowed")[0].GetString().ShouldBe("enabling");
        (await system.Admin.RegisterAsync()).Is(201);
        await system.Admin.SettleAsync();
        (await system.LogAsync(webhook, log => log.Count == 2, "what happened since is noted"))[1].GetProperty("lastStatus").GetInt32().ShouldBe(410);
        receiver.Received.Count.ShouldBe(1, "and not sent");
    }

    [Fact]
    public async Task After_the_last_attempt_a_receiver_that_took_nothing_is_disabled_and_what_it_missed_is_replayed_when_it_is_enabled_again()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, _) => Task.FromResult(503);
        var (webhook, _) = await system.SubscribeAsync(receiver);
        var cases = new List<Guid> { (await system.Admin.RegisterAsync()).Is(201).Id, (await system.Admin.RegisterAsync()).Is(201).Id };
        await system.LogAsync(webhook, log => log.Count == 2 && log.All(d => d.GetProperty("attempts").GetInt32() >= 1), "both were tried");
        // All attempts of the first but the last are over.
        await system.ExecuteAsync($"UPDATE organization.deliveries SET attempts = 1000, next_attempt_at = now() WHERE id = (SELECT id FROM organization.deliveries WHERE lane = '{webhook}' ORDER BY id LIMIT 1)");
        await Eventually.BecomesAsync(() => system.Admin.GetAsync($"/api/v1/webhooks/{webhook}"), w => w.Json.GetProperty("disabledBecause").GetString() == "failing", "it is disabled");
        await system.Admin.AdvanceAsync("PT1S");
        cases.Add((await system.Admin.RegisterAsync()).Is(201).Id);
        await system.Admin.SettleAsync();
        var missed = await system.LogAsync(webhook, log => log.Count == 3 && log.All(d => d.GetProperty("state").GetString() == "failed"), "what it missed is noted");
        missed.ShouldAllBe(d => d.GetProperty("nextAttemptAt").ValueKind == JsonValueKind.Null);
        missed.Select(d => (d.GetProperty("lastFailure").GetString(), d.GetProperty("attempts").GetInt32() > 0)).ShouldBe([("disabled", false), ("refused", true), ("refused", true)]);
        (await system.Admin.PostAsync($"/api/v1/webhooks/{webhook}/replay", new { since = "2020-01-01T00:00:00Z" })).Is(409).Json.GetProperty("allowed")[0].GetString().ShouldBe("enabling");

        receiver.Answer = (_, _) => Task.FromResult(200);
        (await system.Admin.PostAsync($"/api/v1/webhooks/{webhook}/enabling")).Is(200).Json.GetProperty("disabledAt").ValueKind.ShouldBe(JsonValueKind.Null);
        var last = missed[0].GetProperty("occurredAt").GetDateTimeOffset();
        Replayed((await system.Admin.PostAsync($"/api/v1/webhooks/{webhook}/replay", new { since = last.AddTicks(10) })).Is(200)).ShouldBe(0, "one microsecond after the last of them");
        Replayed((await system.Admin.PostAsync($"/api/v1/webhooks/{webhook}/replay", new { since = last })).Is(200)).ShouldBe(1, "the last of them");
        await system.LogAsync(webhook, log => log.Count(d => d.GetProperty("state").GetString() == "delivered") == 1, "it has arrived");
        Replayed((await system.Admin.PostAsync($"/api/v1/webhooks/{webhook}/replay", new { since = "2020-01-01T00:00:00Z" })).Is(200)).ShouldBe(2, "what has arrived is not sent again");
        await system.LogAsync(webhook, log => log.All(d => d.GetProperty("state").GetString() == "delivered"), "everything has arrived");
        receiver.Received.Select(r => r.Id).Distinct().ShouldBe(missed.Select(d => d.GetProperty("messageId").GetString()), ignoreOrder: true);
        receiver.Received.Select(r => Data(r).GetProperty("complaintId").GetGuid()).Distinct().ShouldBe(cases, ignoreOrder: true);
    }

    [Fact]
    public async Task A_receiver_that_has_failed_for_as_long_as_the_settings_allow_is_disabled_while_attempts_are_left()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, _) => Task.FromResult(500);
        var (webhook, _) = await system.SubscribeAsync(receiver);
        (await system.Admin.RegisterAsync()).Is(201);
        await system.LogAsync(webhook, log => log.Count == 1 && log[0].GetProperty("attempts").GetInt32() >= 3, "it was tried again and again");
        (await system.Admin.GetAsync($"/api/v1/webhooks/{webhook}")).Is(200).Json.GetProperty("disabledAt").ValueKind.ShouldBe(JsonValueKind.Null);
        await system.ExecuteAsync($"UPDATE organization.webhooks SET failing_since = now() - interval '5 days' WHERE id = '{webhook}'");
        await Eventually.BecomesAsync(() => system.Admin.GetAsync($"/api/v1/webhooks/{webhook}"), w => w.Json.GetProperty("disabledBecause").GetString() == "failing", "it is disabled");
    }

    [Fact]
    public async Task A_receiver_that_refuses_one_thing_and_takes_the_others_goes_on_being_served()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var (webhook, _) = await system.SubscribeAsync(receiver);
        var poison = (await system.Admin.RegisterAsync()).Is(201).Id;
        receiver.Answer = (_, received) => Task.FromResult(received.Body.Contains($"{poison}") ? 400 : 204);
        await system.LogAsync(webhook, log => log.Count == 1, "it is noted");
        (await system.Admin.PostAsync($"/api/v1/webhooks/{webhook}/deliveries/{(await system.Admin.ListAsync($"/api/v1/webhooks/{webhook}/deliveries"))[0].GetProperty("id")}/replay")).Is(204);
        // A replay counts its attempts anew: one that was first tried now, and given up with that, would speak against the receiver.
        await system.LogAsync(webhook, log => log[0].GetProperty("attempts").GetInt32() > 0 && log[0].GetProperty("lastStatus").GetInt32() == 400, "it is refused");
        (await system.Admin.RegisterAsync()).Is(201);
        await system.LogAsync(webhook, log => log.Count == 2 && log[0].GetProperty("state").GetString() == "delivered", "the next is taken");
        await system.ExecuteAsync($"UPDATE organization.deliveries SET attempts = 1000, next_attempt_at = now() WHERE lane = '{webhook}' AND state = 'waiting'");
        await system.LogAsync(webhook, log => log[1].GetProperty("state").GetString() == "failed", "it is given up");
        await TestedAsync(webhook, receiver);
        (await system.Admin.GetAsync($"/api/v1/webhooks/{webhook}")).Is(200).Json.GetProperty("disabledAt").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_refusal_that_is_concluded_after_something_was_taken_does_not_make_the_receiver_one_that_fails()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, _) => Task.FromResult(400);
        var (webhook, _) = await system.SubscribeAsync(receiver);
        (await system.Admin.RegisterAsync()).Is(201);
        await system.LogAsync(webhook, log => log.Count == 1 && log[0].GetProperty("lastStatus").ValueKind == JsonValueKind.Number, "it is refused");
        await Eventually.BecomesAsync(
            () => system.ScalarAsync<long>("WITH put_off AS (UPDATE organization.deliveries SET next_attempt_at = now() + interval '1 hour' WHERE lane = $1 AND leased_until IS NULL RETURNING 1) SELECT count(*) FROM put_off", webhook),
            rows => rows == 1, "nobody is at it, and nobody will be for a while");
        receiver.Answer = (_, _) => Task.FromResult(204);
        (await system.Admin.RegisterAsync()).Is(201);
        await system.LogAsync(webhook, log => log.Count == 2 && log[0].GetProperty("state").GetString() == "delivered", "the next is taken");
        await Eventually.BecomesAsync(IsWellAsync, well => well, "it is well again");
        // Several deliveries are under way at a time, and whose answer is written down first need not be concluded first.
        var refused = await system.ScalarAsync<Guid>("SELECT id FROM organization.deliveries WHERE lane = $1 AND state = 'waiting'", webhook);
        await system.Host.Services.GetServices<Sender>().OfType<WebhookSender>().Single().ConcludeAsync(
            new ClaimedDelivery(refused, webhook, MessageId: default, Type: "", Body: null, Attempts: 1, LeasedUntil: default), new Attempt(DeliveryFailure.Refused, Status: 400), DeliveryState.Waiting, TestContext.Current.CancellationToken);
        (await IsWellAsync()).ShouldBeTrue();

        Task<bool> IsWellAsync() => system.ScalarAsync<bool>("SELECT failing_since IS NULL FROM organization.webhooks WHERE id = $1", webhook);
    }

    [Fact]
    public async Task Each_attempt_is_in_the_log_with_what_came_of_it_and_how_long_it_took()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var asked = 0;
        receiver.Answer = async (_, _) =>
        {
            await Task.Delay(60);
            return Interlocked.Increment(ref asked) switch { 1 => 503, 2 => 429, _ => 202 };
        };
        var (webhook, _) = await system.SubscribeAsync(receiver);
        (await system.Admin.RegisterAsync()).Is(201);
        var delivered = (await system.LogAsync(webhook, log => log.Count == 1 && log[0].GetProperty("state").GetString() == "delivered", "it arrives at the third attempt"))[0];
        (delivered.GetProperty("attempts").GetInt32(), delivered.GetProperty("lastStatus").GetInt32()).ShouldBe((3, 202));
        var path = $"/api/v1/webhooks/{webhook}/deliveries/{delivered.GetProperty("id")}/attempts";
        var attempts = await system.Admin.ListAsync(path, limit: 2);
        attempts.Select(a => (a.GetProperty("status").GetInt32(), a.GetProperty("failure").GetString())).ShouldBe([(202, null), (429, "refused"), (503, "refused")]);
        attempts.ShouldAllBe(a => System.Xml.XmlConvert.ToTimeSpan(a.GetProperty("latency").GetString()!) >= TimeSpan.FromMilliseconds(55));
        attempts.Select(a => a.GetProperty("triedAt").GetDateTimeOffset()).ShouldBeInOrder(SortDirection.Descending);
        (await system.Admin.PostAsync(path.Replace("/attempts", "/replay"))).Is(204);
        await Eventually.BecomesAsync(() => system.Admin.ListAsync(path), all => all.Count == 4, "the replay is in the log, too");

        var (other, _) = await system.SubscribeAsync(receiver);
        foreach (var strange in new[] { path.Replace($"{webhook}", $"{other}"), path.Replace(delivered.GetProperty("id").GetString()!, $"{Guid.NewGuid()}") })
        {
            (await system.Admin.GetAsync(strange)).Is(404);
            (await system.Admin.PostAsync(strange.Replace("/attempts", "/replay"))).Is(404);
        }
    }

    [Fact]
    public async Task A_webhook_is_told_only_of_what_its_maker_and_its_owner_may_read()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var role = $"webhooks{Interlocked.Increment(ref roles)}";
        (await system.Admin.PostAsync("/api/v1/roles", new { name = role, tier = "project", titleEn = "x", titleZh = "x", permissions = new[] { "organization.manage-webhooks", "complaints.read" } })).Is(201);
        var maker = await AppointAsync(role);
        var api = await system.SignInAsync(maker);
        object Body(string project, string? owner, params string[] types) => new { name = "test", url = receiver.Address, eventTypes = types, project, owner };
        var refused = (await api.PostAsync("/api/v1/webhooks", Body("demo", null, "complaint.registered", "followup.planned"))).Is(409);
        refused.Text("rule").ShouldBe("ORG-11");
        refused.Json.GetProperty("allowed").EnumerateArray().Select(t => t.GetString()).ShouldAllBe(t => t!.StartsWith("complaint."));
        (await api.PostAsync("/api/v1/webhooks", Body("harbour", null, "complaint.registered"))).Is(404).Error("project").ShouldNotBeEmpty();
        (await api.PostAsync("/api/v1/webhooks", new { name = "test", url = receiver.Address, eventTypes = new[] { "complaint.registered" } })).Is(409).Json.GetProperty("allowed")[0].GetString().ShouldBe("demo");
        (await system.Admin.PostAsync("/api/v1/webhooks", Body("harbour", maker, "complaint.registered"))).Is(409).Text("rule").ShouldBe("ORG-11", "the owner may not read it there");
        (await system.Admin.PostAsync("/api/v1/webhooks", Body("demo", "nobody", "complaint.registered"))).Is(404).Error("owner").ShouldNotBeEmpty();
        var webhook = (await api.PostAsync("/api/v1/webhooks", Body("demo", null, "complaint.registered"))).Is(201).Id;
        (await api.SendAsync(HttpMethod.Put, $"/api/v1/webhooks/{webhook}", new { name = "test", url = receiver.Address, eventTypes = new[] { "followup.planned" }, owner = "demo.admin" }, ifMatch: "\"1\"")).Is(409);
        (await system.Admin.RegisterAsync()).Is(201);
        await Eventually.BecomesAsync(() => Task.FromResult(receiver.Received.Count), n => n == 1, "it arrives");

        // The owner loses the role: nothing leaves the house any more.
        var held = (await system.Admin.GetAsync($"/api/v1/staff/{maker}")).Is(200);
        (await system.Admin.SendAsync(HttpMethod.Delete, $"/api/v1/staff/{maker}/roles/{held.Json.GetProperty("roles")[0].GetProperty("id").GetGuid()}", body: null, ifMatch: held.ETag)).Is(204);
        var late = (await system.Admin.RegisterAsync()).Is(201).Id;
        var disabled = await Eventually.BecomesAsync(() => system.Admin.GetAsync($"/api/v1/webhooks/{webhook}"), w => w.Json.GetProperty("disabledAt").ValueKind == JsonValueKind.String, "it is disabled");
        disabled.Text("disabledBecause").ShouldBe("rights");
        receiver.Received.Count.ShouldBe(1);
        (await system.Admin.PostAsync($"/api/v1/webhooks/{webhook}/enabling")).Is(409).Text("rule").ShouldBe("ORG-11");

        // Somebody else answers for it now, and nothing was lost.
        (await system.Admin.SendAsync(HttpMethod.Put, $"/api/v1/webhooks/{webhook}", new { name = "test", url = receiver.Address, eventTypes = new[] { "complaint.registered" }, owner = "demo.manager" }, ifMatch: disabled.ETag)).Is(200);
        (await system.Admin.PostAsync($"/api/v1/webhooks/{webhook}/enabling")).Is(200);
        Replayed((await system.Admin.PostAsync($"/api/v1/webhooks/{webhook}/replay", new { since = "2020-01-01T00:00:00Z" })).Is(200)).ShouldBe(1);
        await Eventually.BecomesAsync(() => Task.FromResult(receiver.Received.Count), n => n == 2, "it arrives");
        Data(receiver.Received[1]).GetProperty("complaintId").GetGuid().ShouldBe(late);
    }

    [Fact]
    public async Task Who_sends_a_webhook_elsewhere_may_read_all_that_it_was_told_of()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var role = $"webhooks{Interlocked.Increment(ref roles)}";
        (await system.Admin.PostAsync("/api/v1/roles", new { name = role, tier = "project", titleEn = "x", titleZh = "x", permissions = new[] { "organization.manage-webhooks", "complaints.read" } })).Is(201);
        var api = await system.SignInAsync(await AppointAsync(role));
        var (webhook, _) = await system.SubscribeAsync(receiver, "followup.planned");
        var complaint = (await system.Admin.RegisterAsync()).Is(201).Id;
        foreach (var (act, body) in new (string, object?)[] { ("acceptance", null), ("resolution", new { summary = "已修复" }) }) (await system.Admin.ActAsync(complaint, act, body)).Is(200);
        await system.LogAsync(webhook, log => log.Count == 1 && log[0].GetProperty("state").GetString() == "delivered", "a follow-up was told of");
        var here = (await api.GetAsync($"/api/v1/webhooks/{webhook}")).Is(200).Text("url");
        async Task<Reply> EditAsync(string url) => await api.SendAsync(
            HttpMethod.Put, $"/api/v1/webhooks/{webhook}", new { name = "test", url, eventTypes = new[] { "complaint.registered" }, owner = "demo.admin" }, ifMatch: (await api.GetAsync($"/api/v1/webhooks/{webhook}")).ETag);
        (await EditAsync($"{here}?mine")).Is(409).Text("rule").ShouldBe("ORG-11");
        (await EditAsync(here)).Is(200);
        (await EditAsync($"{here}?mine")).Is(409).Text("rule").ShouldBe("ORG-11", "what it was told of before can be sent again");
    }

    [Theory]
    [InlineData("https://אa.example/crm")]
    [InlineData("https://一二三四五六七八九十百千万亿东南西北中发白春夏秋冬梅兰竹菊.example/crm")]
    public async Task A_name_that_no_host_can_have_is_refused(string url) =>
        (await system.Admin.PostAsync("/api/v1/webhooks", new { name = "test", url, eventTypes = new[] { "complaint.registered" }, project = "demo" })).Is(400).Error("url").ShouldNotBeEmpty();

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task A_webhook_whose_owner_leaves_passes_on_to_the_successor()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var (leaver, heir) = (await AppointAsync("areaManager"), await AppointAsync("areaManager"));
        var webhook = (await system.Admin.PostAsync("/api/v1/webhooks", new { name = "test", url = receiver.Address, eventTypes = new[] { "complaint.registered" }, project = "demo", owner = leaver })).Is(201).Id;
        var held = (await system.Admin.ListAsync($"/api/v1/staff/{leaver}/holdings")).ShouldHaveSingleItem();
        (held.GetProperty("kind").GetString(), held.GetProperty("id").GetGuid(), held.GetProperty("project").GetString()).ShouldBe(("webhook", webhook, "demo"));
        (await system.Admin.PostAsync($"/api/v1/staff/{leaver}/departure", new { successor = heir, reason = "调离" })).Is(200);
        (await system.Admin.GetAsync($"/api/v1/webhooks/{webhook}")).Is(200).Text("owner").ShouldBe(heir);
        await TestedAsync(webhook, receiver);
    }

    [Fact]
    public async Task What_is_sent_can_be_verified_by_the_specifications_own_test_vector()
    {
        const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Id = "msg_p5jXN8AQM9LWM0D4loKWxJek", Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", Body = """{"test": 2432232314}""";
        var (sent, at) = (new ReceivedWebhook(Id, "1614265330", Signature, Body), DateTimeOffset.FromUnixTimeSeconds(1614265330));
        sent.Verifies(Secret, at).ShouldBeTrue("our receiver goes by the specification");
        (sent with { Signature = $"v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,{Signature[3..]} {Signature}" }).Verifies(Secret, at).ShouldBeTrue("one of them is enough");
        foreach (var wrong in new[] { sent with { Id = "msg_other" }, sent with { Timestamp = "1614265331" }, sent with { Body = Body + " " }, sent with { Signature = $"v2,{Signature[3..]}" } })
            wrong.Verifies(Secret, at).ShouldBeFalse();
        (sent.Verifies(Secret, at.AddSeconds(299)), sent.Verifies(Secret, at.AddSeconds(300))).ShouldBe((true, false), "an old one is somebody who listened");
        var page = await File.ReadAllTextAsync(Path.Combine(CommittedText.Root, "docs", "webhooks.md"), TestContext.Current.CancellationToken);
        foreach (var part in new[] { Secret, Id, Signature, Body, "1614265330" }) page.ShouldContain(part);
    }

    [Fact]
    public async Task Redirections_are_not_followed_slow_answers_are_given_up_and_nothing_of_an_answer_is_kept()
    {
        await using var elsewhere = await WebhookReceiver.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var mark = $"secret of the receiver {Guid.NewGuid():N}";
        receiver.Answer = async (context, webhook) =>
        {
            if (receiver.Received.Count > 1)
            {
                await Task.Delay(TimeSpan.FromSeconds(30), context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return 200;
            }

            context.Response.StatusCode = 307;
            context.Response.Headers.Location = elsewhere.Address.ToString();
            await context.Response.WriteAsync(mark);
            return 307;
        };
        var (webhook, _) = await system.SubscribeAsync(receiver);
        (await system.Admin.RegisterAsync()).Is(201);
        await system.LogAsync(webhook, log => log.Count == 1 && log[0].GetProperty("lastFailure").GetString() == "redirected" && log[0].GetProperty("lastStatus").GetInt32() == 307, "it is not followed");
        await system.LogAsync(webhook, log => log[0].GetProperty("lastFailure").GetString() == "timeout", "it is given up after the timeout");
        elsewhere.Received.ShouldBeEmpty();
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.deliveries d WHERE d::text LIKE '%' || $1 || '%'", mark)).ShouldBe(0);
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.delivery_attempts a WHERE a::text LIKE '%' || $1 || '%'", mark)).ShouldBe(0);
    }

    [Fact]
    public async Task A_receiver_that_hangs_is_asked_for_a_few_things_at_the_same_time_and_keeps_nobody_else_waiting()
    {
        const int Many = 40;
        await using var hanging = await WebhookReceiver.StartAsync();
        await using var well = await WebhookReceiver.StartAsync();
        var (now, most) = (0, 0);
        hanging.Answer = async (context, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Delay(TimeSpan.FromSeconds(30), context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Decrement(ref now);
            return 204;
        };
        var ((slow, _), (quick, _)) = (await system.SubscribeAsync(hanging), await system.SubscribeAsync(well));
        var crowd = await Crowd.SignInAsync(4, "demo.admin", system.Host);
        await Crowd.AtOnceAsync(Enumerable.Range(0, Many).Select(i => (Func<Task<Reply>>)(() => crowd[i % crowd.Length].RegisterAsync())));
        await system.LogAsync(quick, log => log.Count == Many && log.All(d => d.GetProperty("state").GetString() == "delivered"), "everything has arrived elsewhere");
        (await system.Admin.ListAsync($"/api/v1/webhooks/{slow}/deliveries")).ShouldAllBe(d => d.GetProperty("state").GetString() == "waiting");
        most.ShouldBeInRange(1, 4 * system.Hosts.Count);
        (await system.Admin.SendAsync(HttpMethod.Delete, $"/api/v1/webhooks/{slow}", body: null, ifMatch: "\"1\"")).Is(204);
    }

    [Fact]
    public async Task During_a_rotation_both_secrets_verify_and_afterwards_only_the_new_one()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var (webhook, old) = await system.SubscribeAsync(receiver);
        var key = Api.NewKey();
        var rotated = (await system.Admin.PostAsync($"/api/v1/webhooks/{webhook}/secret-rotation", new { overlap = "PT1H" }, key)).Is(200);
        (await system.Admin.PostAsync($"/api/v1/webhooks/{webhook}/secret-rotation", new { overlap = "PT1H" }, key)).Is(200).Content.ShouldBe(rotated.Content, "a retry gets the same secret");
        var both = await TestedAsync(webhook, receiver);
        (both.Verifies(old), both.Verifies(rotated.Text("secret")), both.Signature.Split(' ').Length).ShouldBe((true, true, 2));

        var last = (await system.Admin.PostAsync($"/api/v1/webhooks/{webhook}/secret-rotation", new { overlap = "PT0S" })).Is(200).Text("secret");
        var one = await TestedAsync(webhook, receiver);
        (one.Verifies(old), one.Verifies(rotated.Text("secret")), one.Verifies(last)).ShouldBe((false, false, true));
        JsonDocument.Parse(one.Body).RootElement.GetProperty("type").GetString().ShouldBe("webhook.test");
        foreach (var secret in new[] { old, last })
            (await system.ScalarAsync<long>("SELECT count(*) FROM organization.webhooks w WHERE w::text LIKE '%' || $1 || '%' OR encode(sealed_secret, 'escape') LIKE '%' || $1 || '%'", secret)).ShouldBe(0, "it is kept sealed");
    }

    [Fact]
    public async Task A_webhook_is_told_of_what_it_wants_of_its_project_and_nothing_else()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var (webhook, _) = await system.SubscribeAsync(receiver, "complaint.resolved", "followup.planned");
        var (harbour, demo) = ((await system.Admin.RegisterAsync(Api.Complaint(("project", "harbour")))).Is(201).Id, (await system.Admin.RegisterAsync()).Is(201).Id);
        foreach (var id in new[] { harbour, demo })
        {
            (await system.Admin.ActAsync(id, "acceptance")).Is(200);
            (await system.Admin.ActAsync(id, "resolution", new { summary = "已修复" })).Is(200);
        }

        await system.LogAsync(webhook, log => log.Count == 2 && log.All(d => d.GetProperty("state").GetString() == "delivered"), "two are delivered");
        receiver.Received.Select(r => JsonDocument.Parse(r.Body).RootElement.GetProperty("type").GetString()).ShouldBe(["complaint.resolved", "followup.planned"], ignoreOrder: true);
        receiver.Received.ShouldAllBe(r => Data(r).GetProperty("complaintId").GetGuid() == demo);
    }

    [Fact]
    public async Task A_webhook_that_is_edited_goes_elsewhere_and_one_that_is_deleted_nowhere()
    {
        await using var before = await WebhookReceiver.StartAsync();
        await using var after = await WebhookReceiver.StartAsync();
        var (webhook, secret) = await system.SubscribeAsync(before);
        var body = new { name = "moved", url = after.Address, eventTypes = new[] { "complaint.registered" }, owner = "demo.manager" };
        (await system.Admin.SendAsync(HttpMethod.Put, $"/api/v1/webhooks/{webhook}", body)).Is(428);
        (await system.Admin.SendAsync(HttpMethod.Put, $"/api/v1/webhooks/{webhook}", body, ifMatch: "\"9\"")).Is(412);
        (await system.Admin.SendAsync(HttpMethod.Put, $"/api/v1/webhooks/{webhook}", body, ifMatch: "\"1\"")).Is(200).Text("owner").ShouldBe("demo.manager");
        (await TestedAsync(webhook, after)).Verifies(secret).ShouldBeTrue();
        before.Received.ShouldBeEmpty();

        after.Answer = (_, _) => Task.FromResult(500);
        (await system.Admin.RegisterAsync()).Is(201);
        await system.LogAsync(webhook, log => log.Count == 2 && log[0].GetProperty("attempts").GetInt32() > 0, "one waits");
        (await system.Admin.SendAsync(HttpMethod.Delete, $"/api/v1/webhooks/{webhook}", body: null, ifMatch: "\"2\"")).Is(204);
        (await system.Admin.GetAsync($"/api/v1/webhooks/{webhook}")).Is(404);
        (await system.ScalarAsync<string[]>("SELECT array_agg(state ORDER BY state) FROM organization.deliveries WHERE lane = $1", webhook)).ShouldBe(["cancelled", "delivered"]);
        (await system.ScalarAsync<int>("SELECT length(sealed_secret) FROM organization.webhooks WHERE id = $1", webhook)).ShouldBe(0);
    }

    [Fact]
    public async Task Where_the_settings_do_not_allow_it_no_connection_is_made_to_this_machine_whatever_its_name()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        using var strict = new WebhookClient(new WebhookOptions { AllowHttp = true }, new DeliveryOptions());
        foreach (var name in new[] { "localhost", "127.0.0.1", "[::ffff:127.0.0.1]", "127.1" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{name}:{receiver.Address.Port}/");
            (await Should.ThrowAsync<HttpRequestException>(() => strict.SendAsync(request, TestContext.Current.CancellationToken))).InnerException.ShouldBeOfType<AddressNotAllowedException>(name);
        }

        // A name that stood for a public address when it was judged, and stands for this machine when it is connected to: there is only one question, and its answer is judged.
        var asked = 0;
        using var rebound = new WebhookClient(
            (_, _) => Task.FromResult<System.Net.IPAddress[]>(Interlocked.Increment(ref asked) == 1 ? new[] { System.Net.IPAddress.Loopback } : throw new InvalidOperationException("asked twice")),
            new WebhookOptions { AllowHttp = true }, new DeliveryOptions());
        Receiver.Fault($"http://receiver.example:{receiver.Address.Port}/", new WebhookOptions { AllowHttp = true }).ShouldBeNull("its name looks public");
        using var rebinding = new HttpRequestMessage(HttpMethod.Post, $"http://receiver.example:{receiver.Address.Port}/");
        (await Should.ThrowAsync<HttpRequestException>(() => rebound.SendAsync(rebinding, TestContext.Current.CancellationToken))).InnerException.ShouldBeOfType<AddressNotAllowedException>();
        asked.ShouldBe(1);

        receiver.Received.ShouldBeEmpty();
        using var open = new WebhookClient(new WebhookOptions { AllowHttp = true, AllowPrivateAddresses = true }, new DeliveryOptions());
        using var allowed = new HttpRequestMessage(HttpMethod.Post, $"http://localhost:{receiver.Address.Port}/");
        (await open.SendAsync(allowed, TestContext.Current.CancellationToken)).IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task The_claim_and_the_log_walk_along_their_indexes()
    {
        await system.ExecuteAsync("""
            INSERT INTO organization.deliveries (id, lane, message_id, type, occurred_at, state, attempts, ended_at)
            SELECT gen_random_uuid(), ('00000000-0000-7000-8000-' || lpad((1 + n % 50)::text, 12, '0'))::uuid, gen_random_uuid(), 'complaint.registered', now(), 'delivered', 1, now() FROM generate_series(1, 20000) AS n;
            ANALYZE organization.deliveries
            """);
        const string Lane = "'00000000-0000-7000-8000-000000000001'";
        (await PlanAsync($"SELECT * FROM organization.deliveries WHERE lane = {Lane} AND id < gen_random_uuid() ORDER BY id DESC LIMIT 51")).ShouldContain("ix_deliveries_lane_id");
        (await PlanAsync($"SELECT * FROM organization.deliveries WHERE lane = {Lane} AND state = 'failed' ORDER BY id DESC LIMIT 51")).ShouldContain("ix_deliveries_lane_state_id");
        (await PlanAsync($"SELECT id FROM organization.deliveries WHERE lane = {Lane} AND state = 'waiting' AND next_attempt_at <= now() ORDER BY next_attempt_at LIMIT 4")).ShouldContain("ix_deliveries_lane_next_attempt_at");
    }

    private static int roles;

    private async Task<string> AppointAsync(string role)
    {
        var code = $"webhook.person{Interlocked.Increment(ref roles)}";
        (await system.Admin.PostAsync("/api/v1/staff", new { code, name = "测试", subject = code })).Is(201);
        (await system.Admin.PostAsync($"/api/v1/staff/{code}/roles", new { role, scope = "project", place = "demo" })).Is(201);
        return code;
    }

    private static int Replayed(Reply answer) => answer.Json.GetProperty("replayed").GetInt32();

    private async Task<string> PlanAsync(string query)
    {
        await using var connection = await system.OpenSuperuserAsync();
        await using var command = new Npgsql.NpgsqlCommand($"EXPLAIN {query}", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await reader.ReadAsync()) plan.Add(reader.GetString(0));
        return string.Join('\n', plan);
    }

    /// <summary>Sends a test, and waits for it.</summary>
    private async Task<ReceivedWebhook> TestedAsync(Guid webhook, WebhookReceiver receiver)
    {
        var sent = (await system.Admin.PostAsync($"/api/v1/webhooks/{webhook}/test")).Is(201).Text("messageId");
        return (await Eventually.BecomesAsync(() => Task.FromResult(receiver.Received.Where(r => r.Id == sent).ToArray()), r => r.Length > 0, "the test arrives"))[0];
    }

    private static JsonElement Data(ReceivedWebhook webhook) => JsonDocument.Parse(webhook.Body).RootElement.GetProperty("data");
}
