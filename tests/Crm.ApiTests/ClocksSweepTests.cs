using Crm.ApiTests.Infrastructure;
using Crm.Shared.Clocks;
using Microsoft.Extensions.DependencyInjection;
using Quartz;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>The sweep itself: when it runs, how far, and what it does about a connection that has lost its step.</summary>
public sealed class ClocksSweepTests(ClocksSystem system) : IClassFixture<ClocksSystem>
{
    [Fact]
    public async Task It_runs_each_second()
    {
        var scheduler = await SchedulerAsync();
        var trigger = (await scheduler.GetTrigger(new TriggerKey("each-second"), TestContext.Current.CancellationToken)).ShouldBeAssignableTo<ISimpleTrigger>()!;
        trigger.RepeatInterval.ShouldBe(TimeSpan.FromSeconds(1));
        trigger.RepeatCount.ShouldBe(-1);
    }

    [Fact]
    [Trait("Rule", "CMP-30")]
    public async Task One_run_goes_on_until_nothing_free_is_due_however_many_there_are()
    {
        const int Cases = 330, Stuck = 110;
        await system.MorningAsync();
        var scheduler = await SchedulerAsync();
        await scheduler.Standby(TestContext.Current.CancellationToken);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async n =>
            {
                for (var i = n; i < Cases; i += 8) await system.RegisterAsync();
            }));
            // More than fill a batch cannot be written, and are the first whose time has come.
            await system.ExecuteAsync($"""
                CREATE TABLE complaints.stuck AS SELECT id FROM complaints.complaints c WHERE EXISTS (SELECT FROM complaints.clocks k WHERE k.subject_id = c.id AND k.next_rung_at IS NOT NULL) ORDER BY id DESC LIMIT {Stuck};
                UPDATE complaints.clocks SET warn_at = warn_at - interval '1 hour', next_rung_at = next_rung_at - interval '1 hour' WHERE subject_id IN (SELECT id FROM complaints.stuck);
                CREATE FUNCTION complaints.stick() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
                $$ BEGIN IF EXISTS (SELECT FROM complaints.clocks k JOIN complaints.stuck s ON s.id = k.subject_id WHERE k.id = NEW.clock_id) THEN RAISE EXCEPTION 'stuck' USING ERRCODE = 'P0042'; END IF; RETURN NEW; END $$;
                CREATE TRIGGER stick BEFORE INSERT ON complaints.clock_rungs FOR EACH ROW EXECUTE FUNCTION complaints.stick();
                UPDATE platform.test_clock SET now = now + interval '10 days 1 microsecond'
                """);
            var sweep = system.Host.Services.GetServices<ClockSweep>().Single(s => s.GetType().Name.StartsWith("RungSweep", StringComparison.Ordinal) && s.GetType().GenericTypeArguments[0].Name == "ComplaintsDb");
            (await sweep.RunAsync(TestContext.Current.CancellationToken)).ShouldBeGreaterThanOrEqualTo(Cases - Stuck, "more than one batch, past those that cannot be written");
            (await system.ScalarAsync<long>("SELECT count(DISTINCT subject_id) FROM complaints.clocks, platform.test_clock WHERE next_rung_at <= test_clock.now")).ShouldBe(Stuck);
            await system.ExecuteAsync("DROP FUNCTION complaints.stick CASCADE; DROP TABLE complaints.stuck");
            (await sweep.RunAsync(TestContext.Current.CancellationToken)).ShouldBe(Stuck);
            (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.clocks, platform.test_clock WHERE next_rung_at <= test_clock.now")).ShouldBe(0);
            (await sweep.RunAsync(TestContext.Current.CancellationToken)).ShouldBe(0);
            (await sweep.NextDueAsync(TestContext.Current.CancellationToken)).ShouldNotBeNull().ShouldBeGreaterThan(await system.NowAsync());
        }
        finally
        {
            await scheduler.Start(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Connections_that_have_lost_their_step_are_let_go()
    {
        await system.MorningAsync();
        var id = await system.RegisterAsync();
        await system.ExecuteAsync($"""
            CREATE FUNCTION complaints.lose_step() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF EXISTS (SELECT FROM complaints.clocks WHERE id = NEW.clock_id AND subject_id = '{id}') THEN RAISE EXCEPTION 'gone' USING ERRCODE = '26000'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER lose_step BEFORE INSERT ON complaints.clock_rungs FOR EACH ROW EXECUTE FUNCTION complaints.lose_step()
            """);
        var before = await SessionsAsync();
        before.ShouldNotBeEmpty();
        await system.ExecuteAsync("UPDATE platform.test_clock SET now = now + interval '25 hours'");
        await Eventually.BecomesAsync(SessionsAsync, now => !now.Intersect(before).Any(), "every session of before is gone");

        await system.ExecuteAsync("DROP FUNCTION complaints.lose_step CASCADE");
        await Eventually.BecomesAsync(() => system.ClockAsync(id, "feedback"), c => c.Rungs.Count == 2, "the rungs");
    }

    private Task<int[]> SessionsAsync() => system.ScalarAsync<int[]>("SELECT coalesce(array_agg(pid), '{}') FROM pg_stat_activity WHERE datname = current_database() AND usename = 'crm_complaints'");

    private async Task<IScheduler> SchedulerAsync() => (await system.Host.Services.GetRequiredService<ISchedulerFactory>().GetAllSchedulers(TestContext.Current.CancellationToken)).Single();
}
