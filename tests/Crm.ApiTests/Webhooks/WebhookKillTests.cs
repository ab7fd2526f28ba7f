using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-11: a host that is killed in the middle of delivering loses nothing.</summary>
[Trait("Rule", "ORG-11")]
public sealed class WebhookKillTests(TestServer server)
{
    private const int Many = 20;

    [Fact]
    public async Task What_a_host_had_begun_or_left_when_it_was_killed_is_sent_by_another()
    {
        var database = await server.CloneAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = async (_, _) =>
        {
            await Task.Delay(100);
            return 204;
        };
        Guid webhook;
        var cases = new List<Guid>();
        await using (var doomed = await StartAsync(database))
        {
            var admin = await SignInAsync(doomed);
            webhook = (await admin.PostAsync("/api/v1/webhooks", new { name = "test", url = receiver.Address, eventTypes = new[] { "complaint.registered" } })).Is(201).Id;
            for (var i = 0; i < Many; i++) cases.Add((await admin.RegisterAsync()).Is(201).Id);
            await Eventually.BecomesAsync(() => Task.FromResult(receiver.Received.Count), n => n >= Many / 4, "some have arrived");
        }

        await using var heir = await StartAsync(database);
        var log = await Eventually.BecomesAsync(async () => await (await SignInAsync(heir)).ListAsync($"/api/v1/webhooks/{webhook}/deliveries"),
            log => log.Count == Many && log.All(d => d.GetProperty("state").GetString() == "delivered"), "all are delivered");
        receiver.Received.Select(r => r.Id).Distinct().ShouldBe(log.Select(d => d.GetProperty("messageId").GetString()), ignoreOrder: true);
        receiver.Received.Select(r => JsonDocument.Parse(r.Body).RootElement.GetProperty("data").GetProperty("complaintId").GetGuid()).Distinct().ShouldBe(cases, ignoreOrder: true);
    }

    private Task<HostProgram> StartAsync(string database) => HostProgram.StartAsync(
        ("ASPNETCORE_ENVIRONMENT", "Development"), ("Crm__Database", server.Postgres.HostConnectionString(database)), ("Crm__Secrets", server.Secrets), ("Crm__PoolLimit", "2"),
        ("Crm__Webhooks__AllowPrivateAddresses", "true"), ("Crm__Webhooks__AllowHttp", "true"), ("Crm__Deliveries__Poll", "00:00:00.2"), ("Crm__Deliveries__Timeout", "00:00:02"), ("Crm__Deliveries__Lease", "00:00:03"));

    private static async Task<Api> SignInAsync(HostProgram host) =>
        host.Caller($"Bearer {(await host.Caller(authorization: null).PostAsync("/dev/token", new { staff = "demo.admin" }, key: null)).Text("token")}");
}
