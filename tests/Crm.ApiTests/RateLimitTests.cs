using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>A burst of a call-centre passes; a runaway client is told to wait and starves nobody.</summary>
public sealed class RateLimitTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private const int Burst = 100;

    [Fact]
    public async Task A_burst_of_a_hundred_posts_passes_and_what_exceeds_the_limit_is_told_when_to_come_again()
    {
        var host = await system.StartHostAsync(("Crm:RateLimit:Burst", $"{Burst}"), ("Crm:RateLimit:PerSecond", "10"));
        var (admin, officer) = (await host.SignInAsync("demo.admin"), await host.SignInAsync("demo.officer"));
        var burst = await Crowd.AtOnceAsync(Enumerable.Range(0, Burst).Select(_ => (Func<Task<Reply>>)(() => admin.RegisterAsync())));
        burst.ShouldAllBe(answer => (int)answer.Status == 201);

        var flood = await Crowd.AtOnceAsync(Enumerable.Range(0, 4 * Burst).Select(_ => (Func<Task<Reply>>)(() => admin.GetAsync("/api/v1/projects"))));
        var refused = flood.Where(answer => (int)answer.Status == 429).ToArray();
        refused.Length.ShouldBeGreaterThan(Burst);
        flood.ShouldAllBe(answer => (int)answer.Status == 200 || (int)answer.Status == 429);
        refused.ShouldAllBe(answer => answer.RetryAfter >= TimeSpan.FromSeconds(1) && answer.ContentType == "application/problem+json");

        (await officer.GetAsync("/api/v1/projects")).Is(200);
        (await host.Anonymous().GetAsync("/health/live")).Is(200);
        await Task.Delay(refused[^1].RetryAfter!.Value, TestContext.Current.CancellationToken);
        (await admin.GetAsync("/api/v1/projects")).Is(200);
    }
}
