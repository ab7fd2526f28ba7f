using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>docs/operations/two-hosts.md, done: two hosts behind nginx, one of which dies.</summary>
public sealed class BehindNginxTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private const int Clients = 4;
    private const int Each = 30;

    [Fact]
    public async Task A_host_that_is_killed_costs_no_caller_who_sends_a_key_anything_and_the_callers_address_is_the_callers()
    {
        if (Nginx.Program is null) Assert.Skip("There is no nginx on this machine.");
        var (first, second) = (Nginx.FreePort(), Nginx.FreePort());
        var token = (await system.Host.Anonymous().PostAsync("/dev/token", new { staff = "demo.admin" }, key: null)).Text("token");
        await using var nginx = await Nginx.StartAsync(first, second);
        await using var doomed = await StartAsync(first);
        await using var steady = await StartAsync(second);

        var posted = 0;
        var posting = Enumerable.Range(0, Clients).Select(async _ =>
        {
            using var http = nginx.NewClient(from: "127.0.0.2");
            http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
            var (api, answers) = (new Api(http, $"Bearer {token}"), new List<Reply>());
            for (var i = 0; i < Each; i++)
            {
                var key = Api.NewKey();
                answers.AddRange(await Crowd.InsistAsync(() => api.RegisterAsync(key: key)));
                Interlocked.Increment(ref posted);
            }

            return answers;
        }).ToArray();
        await Eventually.BecomesAsync(() => Task.FromResult(posted), n => n >= Clients * Each / 3, "a third is posted");
        await doomed.DisposeAsync();
        var answers = (await Task.WhenAll(posting)).SelectMany(a => a).ToArray();

        // 409 with Retry-After: the database has not yet noticed that the one who held the key is dead.
        answers.Where(a => (int)a.Status != 201 && !((int)a.Status == 409 && a.RetryAfter is not null)).Select(a => $"{(int)a.Status} {a.Content}").ShouldBeEmpty();
        answers.Where(a => (int)a.Status == 201).Select(a => a.Id).Distinct().Count().ShouldBe(Clients * Each);
        (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.complaints")).ShouldBe(Clients * Each);
        (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.audit_entries WHERE action = 'RegisterComplaint' AND remote_address NOT LIKE '%127.0.0.2'")).ShouldBe(0);

        using var client = nginx.NewClient(from: "127.0.0.2");
        var caller = new Api(client, $"Bearer {token}");
        await using (await StartAsync(first)) (await caller.RegisterAsync()).Is(201);
        await steady.DisposeAsync();
        var away = (await caller.RegisterAsync()).Is(503);
        away.RetryAfter.ShouldBe(TimeSpan.FromSeconds(2));
        away.ContentType.ShouldBe("application/problem+json");
        away.Json.GetProperty("status").GetInt32().ShouldBe(503);
    }

    private Task<HostProgram> StartAsync(int port) => HostProgram.StartAsync(port,
        ("ASPNETCORE_ENVIRONMENT", "Development"), ("Crm__Database", system.Server.Postgres.HostConnectionString(system.Database)), ("Crm__Secrets", system.Server.Secrets),
        ("Crm__PoolLimit", "4"), ("Crm__KnownProxies", "127.0.0.1"));
}
