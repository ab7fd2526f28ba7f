using Crm.ApiTests.Infrastructure;
using Crm.Shared.Time;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>A host whose clock is an hour off would start wrong deadlines: it serves nothing until that is mended.</summary>
public sealed class WrongClockTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_host_an_hour_off_answers_503_writes_nothing_and_rings_nothing(int hours)
    {
        var machine = new MovableClock();
        var host = await system.StartHostWithAsync(services => services.AddSingleton(new TrustedTime(machine)));
        var api = await host.SignInAsync("demo.admin");
        (await api.RegisterAsync()).Is(201);

        machine.Offset = TimeSpan.FromHours(hours);
        var before = await system.ScalarAsync<long>("SELECT count(*) FROM complaints.complaint_records");
        foreach (var refused in new[] { await api.RegisterAsync(), await api.GetAsync("/api/v1/complaints") })
        {
            refused.Is(503).RetryAfter.ShouldNotBeNull();
            refused.ContentType.ShouldBe("application/problem+json");
        }

        (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.complaint_records")).ShouldBe(before);
        (await api.GetAsync("/health/live")).Is(200);
        (await api.GetAsync("/health/ready")).Is(503).Text("clock").ShouldContain(hours > 0 ? "3600 s ahead" : "3600 s behind");
        (await system.Admin.RegisterAsync()).Is(201);

        machine.Offset = TimeSpan.Zero;
        (await api.GetAsync("/health/ready")).Is(200).Text("clock").ShouldBe("ok");
        (await api.RegisterAsync()).Is(201);
    }

    /// <summary>The machine's clock, moved by an offset; the steady clock runs on.</summary>
    private sealed class MovableClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
    }
}
