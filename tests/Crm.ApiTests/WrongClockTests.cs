using Crm.ApiTests.Infrastructure;
using Crm.Shared.Time;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
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

    [Fact]
    public async Task While_its_clock_is_wrong_a_host_delivers_no_event_and_rings_no_clock_and_makes_up_for_it_afterwards()
    {
        var (machine, database) = (new MovableClock(), await system.Server.CloneAsync());
        await using var alone = new HostUnderTest(
            system.Server.Postgres.HostConnectionString(database), system.Server.Secrets, [("Crm:Outbox:Poll", "00:00:00.01")], services => services.AddSingleton(new TrustedTime(machine)));
        await alone.StartAsync();
        var complaint = (await (await alone.SignInAsync("demo.admin")).RegisterAsync()).Is(201).Id;
        await using var source = NpgsqlDataSource.Create(system.Server.Postgres.SuperuserConnectionString(database));

        machine.Offset = TimeSpan.FromHours(1);
        (await CountAsync($"""
            WITH due AS (UPDATE complaints.clocks SET next_rung_at = now() - interval '1 second' WHERE subject_id = '{complaint}' AND kind = 'feedback' RETURNING 1),
                 event AS (INSERT INTO complaints.outbox_events (id, type, aggregate_id, sequence, occurred_at, recorded_at, payload)
                     SELECT gen_random_uuid(), 'Retired', gen_random_uuid(), 1, now(), now() - interval '25 hours', jsonb_build_object() FROM due RETURNING id, aggregate_id),
                 delivery AS (INSERT INTO complaints.outbox_deliveries (id, event_id, consumer, aggregate_id, sequence, attempts)
                     SELECT gen_random_uuid(), id, 'followups', aggregate_id, 1, 0 FROM event RETURNING 1)
            SELECT count(*) FROM delivery
            """)).ShouldBe(1);
        // It has looked at its clock hundreds of times, before each delivery and each sweep.
        var asked = machine.Asked;
        await Eventually.BecomesAsync(() => Task.FromResult(machine.Asked - asked), times => times > 800, "it looks at its clock");
        (await LeftAsync()).ShouldBe(2);

        machine.Offset = TimeSpan.Zero;
        await Eventually.BecomesAsync(LeftAsync, left => left == 0, "the event and the clock");

        Task<long> LeftAsync() => CountAsync("SELECT (SELECT count(*) FROM complaints.outbox_deliveries) + (SELECT count(*) FROM complaints.clocks WHERE next_rung_at < now())");

        async Task<long> CountAsync(string sql)
        {
            await using var command = source.CreateCommand(sql);
            return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        }
    }

    /// <summary>The machine's clock, moved by an offset; the steady clock runs on.</summary>
    private sealed class MovableClock : TimeProvider
    {
        private int asked;

        public TimeSpan Offset { get; set; }

        /// <summary>How often somebody looked at it.</summary>
        public int Asked => Volatile.Read(ref asked);

        public override DateTimeOffset GetUtcNow()
        {
            Interlocked.Increment(ref asked);
            return System.GetUtcNow() + Offset;
        }
    }
}
