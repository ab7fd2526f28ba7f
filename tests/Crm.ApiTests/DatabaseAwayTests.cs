using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>While PostgreSQL is away the answer is 503 with Retry-After, nothing is half done, and all is well again by itself.</summary>
public sealed class DatabaseAwayTests(TestServer shared)
{
    [Fact]
    public async Task A_host_whose_database_is_stopped_says_so_and_goes_on_when_it_is_back()
    {
        if (shared.Postgres.Cluster is null) Assert.Skip("The database server is somebody else's: it is not stopped.");
        var server = new TestServer();
        await server.InitializeAsync();
        var system = new QuickLeases(server);
        try
        {
            await system.InitializeAsync();
            var accepted = (await system.Admin.RegisterAsync()).Is(201).Id;
            (await system.Admin.ActAsync(accepted, "acceptance")).Is(200);
            (await system.Admin.ActAsync(accepted, "resolution", new { summary = "已修复" })).Is(200);

            await server.Postgres.Cluster!.StopAsync();
            var (key, body) = (Api.NewKey(), Api.Complaint(("source", new { system = "hotline-1", ticketNumber = "away" })));
            for (var attempt = 0; attempt < 3; attempt++)
            {
                foreach (var answer in new[] { await system.Admin.RegisterAsync(body, key), await system.Admin.GetAsync("/api/v1/complaints"), await system.Admin.ActAsync(accepted, "archive") })
                {
                    answer.Is(503).RetryAfter.ShouldNotBeNull();
                    answer.ContentType.ShouldBe("application/problem+json");
                }
            }

            (await system.Admin.GetAsync("/health/live")).Is(200);
            await Eventually.BecomesAsync(() => system.Admin.GetAsync("/health/ready"), answer => (int)answer.Status == 503, "the host is not ready, within a second");

            await server.Postgres.Cluster.ResumeAsync(TestContext.Current.CancellationToken);
            await Eventually.BecomesAsync(() => system.Admin.GetAsync("/health/ready"), answer => (int)answer.Status == 200, "the host is ready again");
            var made = (await system.Admin.RegisterAsync(body, key)).Is(201);
            (await system.Admin.RegisterAsync(body, key)).Is(201).Content.ShouldBe(made.Content);
            (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.complaint_records WHERE source_ticket = 'away'")).ShouldBe(1);
            await Eventually.BecomesAsync(() => system.Admin.ListAsync($"/api/v1/follow-ups?origin={accepted}"), found => found.Count == 1, "what was resolved before is followed up");
        }
        finally
        {
            await system.DisposeAsync();
            await server.DisposeAsync();
        }
    }

    /// <summary>A delivery that was on its way when the database went is free again soon.</summary>
    private sealed class QuickLeases(TestServer server) : CrmSystem(server)
    {
        protected override (string Key, string Value)[] Settings => [("Crm:Outbox:Lease", "00:00:02")];
    }
}
