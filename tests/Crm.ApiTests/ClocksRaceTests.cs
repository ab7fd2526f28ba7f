using Crm.ApiTests.Infrastructure;
using Crm.Shared.Clocks;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>Two hosts sweep the same thousand clocks: the database decides who acts, and each rung happens once.</summary>
public sealed class ClocksRaceTests(TestServer server)
{
    private const int Cases = 500;

    [Fact]
    [Trait("Rule", "CMP-16")]
    [Trait("Rule", "CMP-30")]
    public async Task A_thousand_due_clocks_swept_by_two_hosts_at_once_ring_once_each()
    {
        await using var system = new ClocksSystem(server);
        await system.InitializeAsync();
        var other = await system.StartHostAsync();
        await system.MorningAsync();
        Api[] posters = [.. await Crowd.SignInAsync(8, "demo.admin", system.Host, other)];
        await Task.WhenAll(posters.Select(async (api, n) =>
        {
            for (var i = n; i < Cases; i += posters.Length) (await api.RegisterAsync(Api.Complaint(("content", $"来电 {i}")))).Is(201);
        }));
        (await CountAsync("SELECT count(*) FROM complaints.clocks")).ShouldBe(2 * Cases);

        // Past every one of them at once; both hosts' each-second sweeps set off, and one more of each host at the same moment.
        await system.ExecuteAsync("UPDATE platform.test_clock SET now = now + interval '11 days'");
        await Crowd.AtOnceAsync(new[] { system.Host, other }.SelectMany(h => h.Services.GetServices<ClockSweep>()).Select(sweep => (Func<Task<int>>)(() => sweep.RunAsync(CancellationToken.None))));
        await Eventually.BecomesAsync(
            () => CountAsync("SELECT count(*) FROM complaints.clocks, platform.test_clock WHERE next_rung_at <= test_clock.now"), waiting => waiting == 0, "the sweeps");

        // Feedback and escalation, warned and breached; then the two clocks of a major complaint, which have their full time.
        (await CountAsync("SELECT count(*) FROM complaints.clock_rungs")).ShouldBe(4 * Cases);
        (await CountAsync("SELECT count(*) FROM (SELECT DISTINCT clock_id, rung FROM complaints.clock_rungs) AS each")).ShouldBe(4 * Cases);
        (await CountAsync("SELECT count(*) FROM complaints.clock_rungs WHERE NOT late")).ShouldBe(0);
        (await CountAsync("SELECT count(*) FROM complaints.clocks")).ShouldBe(4 * Cases);
        (await CountAsync("SELECT count(*) FROM complaints.complaints WHERE severity = 'major'")).ShouldBe(Cases);
        (await CountAsync("SELECT count(*) FROM complaints.complaint_steps WHERE kind = 'promoted'")).ShouldBe(Cases);
        foreach (var (type, each) in new[] { ("ComplaintClockWarned", 2), ("ComplaintClockBreached", 2), ("ComplaintEscalated", 1) })
        {
            (await CountAsync($"SELECT count(*) FROM complaints.outbox_events WHERE type = '{type}'")).ShouldBe(each * Cases, type);
            (await CountAsync($"SELECT count(*) FROM (SELECT DISTINCT aggregate_id, payload->>'clock' FROM complaints.outbox_events WHERE type = '{type}') AS each")).ShouldBe(each * Cases, type);
        }

        Task<long> CountAsync(string sql) => system.ScalarAsync<long>(sql);
    }

    [Fact]
    [Trait("Rule", "CMP-30")]
    public async Task An_act_and_two_sweeps_at_the_same_moment_leave_one_breach_and_one_ending()
    {
        await using var system = new ClocksSystem(server);
        await system.InitializeAsync();
        var other = await system.StartHostAsync();
        var elsewhere = await other.SignInAsync("demo.admin");
        await system.MorningAsync();
        for (var round = 0; round < 5; round++)
        {
            var id = await system.RegisterAsync();
            await system.ExecuteAsync("UPDATE platform.test_clock SET now = now + interval '24 hours 1 microsecond'");
            var acts = new Func<Task<int>>[]
            {
                async () => (int)(await Retried(() => elsewhere.ActAsync(id, "customer-feedback", new { content = "已派维修" }))).Status,
                async () => (int)(await Retried(() => system.Admin.ActAsync(id, "acceptance"))).Status,
            };
            var sweeps = new[] { system.Host, other }.SelectMany(h => h.Services.GetServices<ClockSweep>())
                .Select(sweep => (Func<Task<int>>)(async () => await sweep.RunAsync(CancellationToken.None) * 0 + 200));
            (await Crowd.AtOnceAsync(acts.Concat(sweeps))).ShouldAllBe(status => status == 200);

            var clock = await Eventually.BecomesAsync(() => system.ClockAsync(id, "feedback"), c => c.Rungs.Count == 2, "the breach");
            clock.ShouldSatisfyAllConditions(c => c.State.ShouldBe("metLate"), c => c.BreachedAt.ShouldBe(c.DueAt));
            (await system.EventsAsync(id, "ComplaintClockBreached", "feedback")).ShouldBe(1);
            (await system.EventsAsync(id, "ComplaintClockWarned", "feedback")).ShouldBe(1);
        }

        static async Task<Reply> Retried(Func<Task<Reply>> send) => (await Crowd.InsistAsync(send))[^1];
    }

    [Fact]
    [Trait("Rule", "CMP-30")]
    public async Task A_case_whose_rungs_cannot_be_written_keeps_no_other_waiting_and_rings_when_they_can()
    {
        await using var system = new ClocksSystem(server);
        await system.InitializeAsync();
        await system.MorningAsync();
        var (stuck, free) = (await system.RegisterAsync(), await system.RegisterAsync());
        await system.ExecuteAsync($"""
            CREATE FUNCTION complaints.refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF EXISTS (SELECT FROM complaints.clocks WHERE id = NEW.clock_id AND subject_id = '{stuck}') THEN RAISE EXCEPTION 'refused' USING ERRCODE = 'P0042'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON complaints.clock_rungs FOR EACH ROW EXECUTE FUNCTION complaints.refuse();
            UPDATE platform.test_clock SET now = now + interval '25 hours'
            """);
        await Eventually.BecomesAsync(() => system.ClockAsync(free, "feedback"), c => c.Rungs.Count == 2, "the other case's rungs");
        (await system.ClockAsync(stuck, "feedback")).Rungs.ShouldBeEmpty();
        CapturedLogs.Instance.Lines.ShouldContain(line => line.Contains("Sweeping the clocks") && line.Contains("PostgresException P0042"));

        await system.ExecuteAsync("DROP FUNCTION complaints.refuse CASCADE");
        await Eventually.BecomesAsync(() => system.ClockAsync(stuck, "feedback"), c => c.Rungs.Count == 2, "its own rungs");
    }
}
