using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>Order holds per aggregate, also while two hosts deliver and a part of the deliveries fails.</summary>
public sealed class EventOrderTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private const int Cases = 20;
    private const int Cycles = 3;

    [Fact]
    [Trait("Rule", "CMP-20")]
    public async Task The_events_of_a_case_arrive_in_their_order_while_every_fourth_attempt_fails()
    {
        await system.StartHostAsync();
        await system.ExecuteAsync("""
            CREATE SEQUENCE followups.stumbles;
            CREATE FUNCTION followups.stumble() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
            $$ BEGIN IF nextval('followups.stumbles') % 4 = 0 THEN RAISE EXCEPTION 'stumbled'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER stumble BEFORE INSERT ON followups.inbox FOR EACH ROW EXECUTE FUNCTION followups.stumble()
            """);
        var cases = await Task.WhenAll(Enumerable.Range(0, Cases).Select(_ => LiveThroughAsync()));
        await system.Admin.SettleAsync();

        (await system.ScalarAsync<long>("SELECT last_value FROM followups.stumbles")).ShouldBeGreaterThan(Cases * (2 * Cycles - 1), "some attempts failed and were repeated");
        (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.outbox_deliveries")).ShouldBe(0);
        foreach (var complaint in cases)
        {
            var received = await system.ScalarAsync<string[]>("""
                SELECT array_agg(e.type || ' ' || (e.payload->>'cycle') || ' ' || i.outcome ORDER BY i.received_at)
                FROM followups.inbox i JOIN complaints.outbox_events e ON e.id = i.event_id WHERE e.aggregate_id = $1
                """, complaint);
            received.ShouldBe(["ComplaintResolved 1 done", "ComplaintReopened 2 done", "ComplaintResolved 2 done", "ComplaintReopened 3 done", "ComplaintResolved 3 done"]);
            (await system.Admin.ListAsync($"/api/v1/follow-ups?origin={complaint}")).OrderBy(f => f.GetProperty("originCycle").GetInt32())
                .Select(f => f.GetProperty("state").GetString()).ShouldBe(["cancelled", "cancelled", "planned"]);
        }
    }

    private async Task<Guid> LiveThroughAsync()
    {
        var complaint = (await system.Admin.RegisterAsync()).Is(201).Id;
        (await system.Admin.ActAsync(complaint, "acceptance")).Is(200);
        for (var cycle = 1; cycle <= Cycles; cycle++)
        {
            if (cycle > 1) (await system.Admin.ActAsync(complaint, "reopening", new { reason = "又坏了" })).Is(200);
            (await system.Admin.ActAsync(complaint, "resolution", new { summary = "已修复" })).Is(200);
        }

        return complaint;
    }
}
