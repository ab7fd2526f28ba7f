using Crm.ApiTests.Infrastructure;
using Crm.FollowUps.Reactions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>A host in which a reaction gives up by itself, as after a timeout of its own.</summary>
public sealed class TimingOutSystem(TestServer server) : CrmSystem(server)
{
    protected override (string Key, string Value)[] Settings => [("Crm:Outbox:MaxAttempts", "2"), ("Crm:Outbox:FirstBackoff", "00:00:00.02"), ("Crm:Outbox:Poll", "00:00:00.05")];

    protected override void Replace(IServiceCollection services) =>
        services.Replace(ServiceDescriptor.Scoped<WhenComplaintResolved>(_ => throw new TaskCanceledException("took too long")));
}

/// <summary>Only a host that is asked to stop leaves a delivery as it is.</summary>
public sealed class EventTimeoutTests(TimingOutSystem system) : IClassFixture<TimingOutSystem>
{
    [Fact]
    public async Task A_reaction_that_takes_too_long_has_failed_like_any_other_and_the_delivery_goes_on()
    {
        var complaint = (await system.Admin.RegisterAsync()).Is(201).Id;
        (await system.Admin.ActAsync(complaint, "acceptance")).Is(200);
        (await system.Admin.ActAsync(complaint, "resolution", new { summary = "已修复" })).Is(200);
        var parked = await Eventually.BecomesAsync(
            async () => (await system.Admin.ListAsync("/api/v1/events/parked")).Where(p => p.GetProperty("aggregateId").GetGuid() == complaint).ToArray(), found => found.Length == 1, "it is parked");
        parked[0].GetProperty("attempts").GetInt32().ShouldBe(2);
        parked[0].GetProperty("lastError").GetString().ShouldBe("TaskCanceledException");
    }
}
