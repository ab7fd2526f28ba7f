using System.Net;
using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>What callers see of a host that has been asked to end (SIGTERM), before it does.</summary>
public sealed class FarewellTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    [Fact]
    public async Task Asked_to_end_a_host_still_answers_and_closes_each_connection_with_its_answer()
    {
        await using var host = await HostProgram.StartAsync(
            ("ASPNETCORE_ENVIRONMENT", "Development"), ("Crm__Database", system.Server.Postgres.HostConnectionString(system.Database)), ("Crm__Secrets", system.Server.Secrets),
            ("Crm__PoolLimit", "2"), ("Crm__Farewell", "00:01:00"));
        using var http = new HttpClient { BaseAddress = host.Address };
        using var before = await http.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        before.Headers.ConnectionClose.ShouldNotBe(true);

        await host.AskToEndAsync();

        var ready = await Eventually.BecomesAsync(() => http.GetAsync("/health/ready"), answer => answer.StatusCode == HttpStatusCode.ServiceUnavailable, "not ready");
        (await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("\"status\":\"ending\"");
        using var stillServed = await http.GetAsync("/api/v1/complaints", TestContext.Current.CancellationToken);
        stillServed.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, "who asks is still judged");
        stillServed.Headers.ConnectionClose.ShouldBe(true);
    }
}
