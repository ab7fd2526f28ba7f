using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>What a burst leaves behind in the outbox is given back to the disk, while hosts serve.</summary>
public sealed class CompactTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private const int Burst = 30_000;
    private static readonly string[] Tables = ["complaints.outbox_events", "complaints.outbox_deliveries", "complaints.stored_answers"];

    [Fact]
    public async Task After_a_burst_the_tables_are_as_small_as_when_they_were_empty()
    {
        var empty = await SizesAsync();
        await system.ExecuteAsync($"""
            WITH events AS (
                INSERT INTO complaints.outbox_events (id, type, aggregate_id, sequence, occurred_at, payload)
                SELECT gen_random_uuid(), 'Nothing', gen_random_uuid(), 1, now(), jsonb_build_object() FROM generate_series(1, {Burst}) RETURNING id, aggregate_id)
            INSERT INTO complaints.outbox_deliveries (id, event_id, consumer, aggregate_id, sequence, attempts, parked_at)
            SELECT gen_random_uuid(), id, 'followups', aggregate_id, 1, 0, now() FROM events;
            DELETE FROM complaints.outbox_deliveries;
            DELETE FROM complaints.outbox_events
            """);
        (await SizesAsync()).Zip(empty).Take(2).ShouldAllBe(size => size.First > 20 * size.Second);

        using var stop = new CancellationTokenSource();
        var serving = Task.Run(async () =>
        {
            for (var served = 0; ; served++)
            {
                if (stop.IsCancellationRequested) return served;
                (await system.Admin.GetAsync("/api/v1/events/parked")).Is(200);
                await system.Admin.SettleAsync();
            }
        }, TestContext.Current.CancellationToken);
        var ending = await HostProgram.RunAsync(["compact"], ("CRM_MIGRATION_DATABASE", system.Server.Postgres.MigratorConnectionString(system.Database)));
        await stop.CancelAsync();
        ending.ExitCode.ShouldBe(0, ending.Errors);
        foreach (var table in Tables) ending.Output.ShouldContain(table);
        (await serving).ShouldBeGreaterThan(0, "somebody asked meanwhile, and was answered");
        (await SizesAsync()).Zip(empty).ShouldAllBe(size => size.First <= 2 * size.Second);

        (await system.ScalarAsync<long>("SELECT count(*) FROM pg_index WHERE NOT indisvalid")).ShouldBe(0);
        (await system.Admin.RegisterAsync()).Is(201);
    }

    [Fact]
    public async Task It_says_what_it_lacks()
    {
        (await HostProgram.RunAsync(["compact"])).ShouldSatisfyAllConditions(e => e.ExitCode.ShouldBe(78), e => e.Errors.ShouldContain("CRM_MIGRATION_DATABASE is missing"));
        (await HostProgram.RunAsync(["compact", "now"])).ExitCode.ShouldBe(2);
    }

    private async Task<long[]> SizesAsync()
    {
        var sizes = new List<long>();
        foreach (var table in Tables) sizes.Add(await system.ScalarAsync<long>("SELECT pg_total_relation_size($1::text::regclass)", table));
        return [.. sizes];
    }
}
