using Crm.ApiTests.Infrastructure;
using Crm.Host.Operations;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>Traces and metrics go to a collector that was named, tell how the system is doing, and tell nothing about anybody.</summary>
public sealed class TelemetryTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private static readonly (string, string)[] Often = [("OTEL_METRIC_EXPORT_INTERVAL", "300"), ("OTEL_BSP_SCHEDULE_DELAY", "300")];

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData("Crm__Telemetry__Endpoint")]
    public async Task A_collector_that_is_named_hears_of_requests_events_and_clocks(string setting)
    {
        await using var collector = await Collector.StartAsync();
        // A database of its own: another host would write some of the rungs down, and not be asked.
        await using (var host = await StartAsync(await system.Server.CloneAsync(), [(setting, collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), .. Often]))
        {
            var token = (await host.Caller(authorization: null).PostAsync("/dev/token", new { staff = "demo.admin" }, key: null)).Text("token");
            using var http = new HttpClient { BaseAddress = host.Address };
            http.DefaultRequestHeaders.UserAgent.ParseAdd("agent-of-somebody/1.0");
            var admin = new Api(http, $"Bearer {token}");
            var id = (await admin.RegisterAsync()).Is(201).Id;
            (await admin.GetAsync($"/api/v1/complaints/{id}?secret=13900139000")).Status.ShouldBeOneOf(System.Net.HttpStatusCode.OK, System.Net.HttpStatusCode.BadRequest);
            (await admin.ActAsync(id, "acceptance")).Ok();
            (await admin.ActAsync(id, "resolution", new { summary = "fixed for Li Na" })).Ok();
            await admin.AdvanceAsync("PT25H");

            string[] metrics =
            [
                "http.server.request.duration", "/api/v1/complaints/{id:guid}", "crm.outbox.deliveries", "delivered", "crm.outbox.waiting", "crm.outbox.parked", "crm.outbox.oldest.age",
                "crm.clocks.rungs", "crm.clocks.lateness", "db.client.", "dotnet.gc.", "kestrel.",
            ];
            await collector.HearsAsync("/v1/metrics", metrics);
            string[] traces = ["POST /api/v1/complaints", "http.response.status_code", "deliver to followups", "crm.producer", "service.name"];
            await collector.HearsAsync("/v1/traces", traces);
        }

        foreach (var path in new[] { "/v1/metrics", "/v1/traces" })
            foreach (var nobodys in new[] { "13800138000", "13900139000", "李女士", "Li Na", "agent-of-somebody", "demo.admin", "url.path", "client.address", "Password", "secret=" })
                collector.Has(path, nobodys).ShouldBeFalse($"{path} {nobodys}");
    }

    [Fact]
    public async Task A_collector_that_is_away_disturbs_nobody()
    {
        await using var host = await StartAsync(system.Database, [("Crm__Telemetry__Endpoint", "http://127.0.0.1:9"), .. Often]);
        var token = (await host.Caller(authorization: null).PostAsync("/dev/token", new { staff = "demo.admin" }, key: null)).Text("token");
        (await host.Caller($"Bearer {token}").RegisterAsync()).Is(201);
    }

    [Fact]
    public async Task The_page_of_meters_names_every_meter_and_instrument_of_ours()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(CommittedText.Root, "docs", "operations", "telemetry.md"), TestContext.Current.CancellationToken);
        foreach (var meter in Telemetry.Meters) page.ShouldContain($"`{meter}`");
        foreach (var instrument in new[] { "crm.outbox.deliveries", "crm.outbox.waiting", "crm.outbox.parked", "crm.outbox.oldest.age", "crm.clocks.rungs", "crm.clocks.lateness", "crm.deliveries.attempts" }) page.ShouldContain($"`{instrument}`");
    }

    private Task<HostProgram> StartAsync(string database, (string, string)[] settings) => HostProgram.StartAsync([
        ("ASPNETCORE_ENVIRONMENT", "Development"), ("Crm__Database", system.Server.Postgres.HostConnectionString(database)), ("Crm__Secrets", system.Server.Secrets), ("Crm__PoolLimit", "2"), .. settings]);
}
