using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using NodaTime;
using Npgsql;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>What the system finds after it was down, and what it says while nobody sweeps.</summary>
public sealed class ClocksDowntimeTests(TestServer server)
{
    [Fact]
    [Trait("Rule", "CMP-16")]
    [Trait("Rule", "CMP-30")]
    public async Task After_a_day_of_downtime_each_rung_is_dated_at_its_instant_and_late_and_the_people_get_their_full_time()
    {
        await using var system = new ClocksSystem(server);
        await system.InitializeAsync();
        var start = await system.MorningAsync();
        var old = await system.RegisterAsync();
        await system.SetAsync(start + Duration.FromDays(10) - Duration.FromHours(1));
        var young = await system.RegisterAsync();
        var (_, followUp) = await system.ResolvedAsync();
        var youngSince = start + Duration.FromDays(10) - Duration.FromHours(1);

        await system.Host.DisposeAsync();
        await system.ExecuteAsync("UPDATE platform.test_clock SET now = now + interval '24 hours 1 microsecond'");
        var found = youngSince + Duration.FromHours(24) + ClocksSystem.Microsecond;
        var admin = await (await system.StartHostAsync()).SignInAsync("demo.admin");

        var escalation = await Eventually.BecomesAsync(() => SeeAsync(admin, old, "escalation"), c => c.BreachedAt is not null, "the escalation's breach");
        escalation.Rungs[^1].ShouldBe(new RungSeen("breach", start + Duration.FromDays(10), found, Late: true));
        (await SeeAsync(admin, old, "headReport")).ShouldSatisfyAllConditions(c => c.StartedAt.ShouldBe(found), c => c.DueAt.ShouldBe(found + Duration.FromMinutes(10)), c => c.State.ShouldBe("running"), c => c.Rungs.ShouldBeEmpty());
        (await SeeAsync(admin, old, "solution")).ShouldSatisfyAllConditions(c => c.StartedAt.ShouldBe(found), c => c.DueAt.ShouldBe(found + Duration.FromHours(12)));
        var promoted = (await admin.ListAsync($"/api/v1/complaints/{old}/history")).Single(s => s.GetProperty("kind").GetString() == "promoted");
        ClockSeen.At(promoted, "at").ShouldBe(start + Duration.FromDays(10));

        var feedback = await Eventually.BecomesAsync(() => SeeAsync(admin, young, "feedback"), c => c.Rungs.Count == 2, "the feedback's rungs");
        feedback.Rungs.ShouldBe([
            new RungSeen("warn", youngSince + Duration.FromHours(18), found, Late: true),
            // A microsecond after it was due, this one is on time.
            new RungSeen("breach", youngSince + Duration.FromHours(24), found, Late: false)]);
        (await SeeAsync(admin, old, "feedback")).Rungs.ShouldAllBe(r => !r.Late);

        var due = await Eventually.BecomesAsync(
            async () => (await admin.GetAsync($"/api/v1/follow-ups/{followUp}")).Json.GetProperty("clocks")[0], c => ClockSeen.At(c, "breachedAt") is not null, "the follow-up's breach");
        ClockSeen.At(due, "breachedAt").ShouldBe(youngSince + Duration.FromHours(24));

        foreach (var (id, type, kind, at) in new[]
                 {
                     (old, "ComplaintClockBreached", "escalation", start + Duration.FromDays(10)), (young, "ComplaintClockWarned", "feedback", youngSince + Duration.FromHours(18)),
                     (young, "ComplaintClockBreached", "feedback", youngSince + Duration.FromHours(24)),
                 })
        {
            (await system.EventsAsync(id, type, kind)).ShouldBe(1, $"{type} {kind}");
            (await system.ScalarAsync<DateTime>("SELECT occurred_at FROM complaints.outbox_events WHERE aggregate_id = $1 AND type = $2 AND payload->>'clock' = $3", id, type, kind))
                .ShouldBe(at.ToDateTimeUtc());
        }
    }

    [Fact]
    [Trait("Rule", "CMP-19")]
    public async Task Overdue_is_right_though_nobody_swept()
    {
        await using var system = new ClocksSystem(server);
        await system.InitializeAsync();
        var start = await system.MorningAsync();
        var id = await system.RegisterAsync();
        var (_, followUp) = await system.ResolvedAsync();

        // Somebody holds the rows: every sweep passes them by.
        await using var holder = await system.OpenSuperuserAsync();
        await using var held = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new NpgsqlCommand($"SELECT 1 FROM complaints.complaints WHERE id = '{id}' FOR UPDATE; SELECT 1 FROM followups.follow_ups WHERE id = '{followUp}' FOR UPDATE", holder, held))
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await JumpAsync(start + Duration.FromHours(24));
        (await OverdueAsync(system.Admin, id)).ShouldBe((false, "warned"));
        (await FollowUpAsync()).GetProperty("overdue").GetBoolean().ShouldBeFalse();

        await JumpAsync(start + Duration.FromHours(24) + ClocksSystem.Microsecond);
        (await OverdueAsync(system.Admin, id)).ShouldBe((true, "breached"));
        (await FollowUpAsync()).GetProperty("overdue").GetBoolean().ShouldBeTrue();
        (await system.ClockAsync(id, "feedback")).ShouldSatisfyAllConditions(c => c.State.ShouldBe("breached"), c => c.Rungs.ShouldBeEmpty());

        await held.RollbackAsync(TestContext.Current.CancellationToken);
        await Eventually.BecomesAsync(() => system.ClockAsync(id, "feedback"), c => c.Rungs.Count == 2, "the sweep");

        async Task JumpAsync(Instant to) => await system.ExecuteAsync($"UPDATE platform.test_clock SET now = '{ClocksSystem.Write(to)}'");
        async Task<JsonElement> FollowUpAsync() => (await system.Admin.ListAsync("/api/v1/follow-ups")).Single(f => f.GetProperty("id").GetGuid() == followUp);
    }

    private static async Task<(bool Overdue, string State)> OverdueAsync(Api api, Guid id)
    {
        var yes = (await api.ListAsync("/api/v1/complaints?overdue=true")).Any(c => c.GetProperty("id").GetGuid() == id);
        var no = (await api.ListAsync("/api/v1/complaints?overdue=false")).Any(c => c.GetProperty("id").GetGuid() == id);
        yes.ShouldBe(!no);
        (await api.ListAsync("/api/v1/complaints")).Single(c => c.GetProperty("id").GetGuid() == id).GetProperty("overdue").GetBoolean().ShouldBe(yes);
        return (yes, (await api.GetAsync($"/api/v1/complaints/{id}")).Clock("feedback").GetProperty("state").GetString()!);
    }

    private static async Task<ClockSeen> SeeAsync(Api api, Guid complaint, string kind) =>
        (await api.ListAsync($"/api/v1/complaints/{complaint}/clocks")).Select(ClockSeen.Of).LastOrDefault(c => c.Kind == kind)
        ?? throw new InvalidOperationException($"There is no clock {kind}.");
}
