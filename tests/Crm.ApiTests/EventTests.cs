using System.Diagnostics.Metrics;
using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>Hosts that give up on an event after three quick attempts.</summary>
public sealed class ImpatientSystem(TestServer server) : CrmSystem(server)
{
    public const int MaxAttempts = 3;

    protected override (string Key, string Value)[] Settings =>
        [("Crm:Outbox:MaxAttempts", $"{MaxAttempts}"), ("Crm:Outbox:FirstBackoff", "00:00:00.02"), ("Crm:Outbox:Poll", "00:00:00.05")];
}

/// <summary>Events are never lost, act once, and one that always fails delays nobody else.</summary>
public sealed class EventTests(ImpatientSystem system) : IClassFixture<ImpatientSystem>
{
    private const string Value = "18612340987";

    [Fact]
    [Trait("Rule", "FUP-02")]
    public async Task An_event_that_always_fails_is_parked_holds_back_its_own_case_only_and_acts_once_when_replayed()
    {
        var poisoned = await AcceptedAsync();
        await PoisonAsync(poisoned);
        await ResolveAsync(poisoned);
        var (before, after) = (await AcceptedAsync(), await AcceptedAsync());
        await ResolveAsync(before);

        var parked = await ParkedAsync(poisoned);
        parked.GetProperty("type").GetString().ShouldBe("ComplaintResolved");
        parked.GetProperty("module").GetString().ShouldBe("complaints");
        parked.GetProperty("consumer").GetString().ShouldBe("followups");
        parked.GetProperty("attempts").GetInt32().ShouldBe(ImpatientSystem.MaxAttempts);
        parked.GetProperty("lastError").GetString().ShouldBe("PostgresException P0001");
        parked.GetProperty("discardedAt").ValueKind.ShouldBe(JsonValueKind.Null);
        (await system.ScalarAsync<bool>("SELECT bool_and(occurred_at = (payload->>'occurredAt')::timestamptz) FROM complaints.outbox_events WHERE aggregate_id = $1", poisoned)).ShouldBeTrue();
        CapturedLogs.Instance.Lines.ShouldContain(line => line.Contains("could not be delivered") && line.Contains("P0001"));
        CapturedLogs.Instance.Lines.ShouldNotContain(line => line.Contains(Value), "the database's message quotes a value");

        await ResolveAsync(after);
        await FollowUpsAsync(before, expected: 1);
        await FollowUpsAsync(after, expected: 1);
        (await system.Admin.ActAsync(poisoned, "reopening", new { reason = "又坏了" })).Is(200);
        (await HeldBackAsync(poisoned)).ShouldBe(["ComplaintResolved", "ComplaintReopened"]);
        var ready = await Eventually.BecomesAsync(() => system.Admin.GetAsync("/health/ready"), r => r.Is(200).Text("status") == "degraded", "the host says that somebody should look");
        ready.Json.GetProperty("outbox").GetProperty("complaints").GetProperty("parked").GetInt64().ShouldBeGreaterThan(0);

        await CureAsync(poisoned);
        await ReplayAsync(parked);
        var planned = await FollowUpsAsync(poisoned, expected: 1);
        planned[0].GetProperty("originCycle").GetInt32().ShouldBe(1);
        await NothingLeftAsync(poisoned);
        (await FollowUpsAsync(poisoned, expected: 1))[0].GetProperty("state").GetString().ShouldBe("cancelled", "the reopening came after it, in order");
        (await system.Admin.PostAsync($"/api/v1/events/{parked.GetProperty("id")}/replay")).Is(404);
    }

    [Theory]
    [InlineData("53300")]
    [InlineData("57P03")]
    [InlineData("08006")]
    [InlineData("25P03")]
    [InlineData("26000")]
    public async Task While_the_database_is_away_nothing_is_parked_however_often_it_fails(string sqlState)
    {
        var complaint = await AcceptedAsync();
        await PoisonAsync(complaint, sqlState);
        await ResolveAsync(complaint);
        await Eventually.BecomesAsync(
            () => Task.FromResult(CapturedLogs.Instance.Lines.Count(line => line.Contains("for no fault of theirs") && line.Contains(sqlState))),
            failures => failures > 2 * ImpatientSystem.MaxAttempts, "it has failed more often than any event may");
        (await system.Admin.ListAsync("/api/v1/events/parked")).ShouldNotContain(p => p.GetProperty("aggregateId").GetGuid() == complaint);

        await CureAsync(complaint);
        await FollowUpsAsync(complaint, expected: 1);
        await NothingLeftAsync(complaint);
    }

    [Theory]
    [InlineData("57014")]
    [InlineData("23514")]
    public async Task What_may_be_the_events_own_fault_is_counted(string sqlState)
    {
        var complaint = await AcceptedAsync();
        await PoisonAsync(complaint, sqlState);
        await ResolveAsync(complaint);
        (await ParkedAsync(complaint)).GetProperty("attempts").GetInt32().ShouldBe(ImpatientSystem.MaxAttempts);
    }

    [Fact]
    public async Task Each_attempt_is_made_once_and_only_the_first_twice_with_its_batch_and_alone()
    {
        var complaint = await AcceptedAsync();
        await system.ExecuteAsync($"""
            CREATE SEQUENCE followups.tries_{complaint:N};
            CREATE FUNCTION followups.refuse_{complaint:N}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
            $$ BEGIN PERFORM nextval('followups.tries_{complaint:N}'); RAISE EXCEPTION 'refused'; END $$;
            CREATE TRIGGER refuse_{complaint:N} BEFORE INSERT ON followups.follow_ups FOR EACH ROW WHEN (NEW.origin_id = '{complaint}') EXECUTE FUNCTION followups.refuse_{complaint:N}()
            """);
        await ResolveAsync(complaint);
        await ParkedAsync(complaint);
        (await system.ScalarAsync<long>($"SELECT last_value FROM followups.tries_{complaint:N}")).ShouldBe(ImpatientSystem.MaxAttempts + 1);
    }

    [Fact]
    [Trait("Rule", "FUP-02")]
    [Trait("Rule", "CMP-20")]
    public async Task A_late_resolution_delivered_after_a_reopening_plans_nothing_for_the_old_cycle()
    {
        var complaint = await AcceptedAsync();
        await PoisonAsync(complaint);
        await ResolveAsync(complaint);
        var late = await ParkedAsync(complaint);
        (await system.Admin.ActAsync(complaint, "reopening", new { reason = "又坏了" })).Is(200).Json.GetProperty("cycle").GetInt32().ShouldBe(2);

        (await system.Admin.PostAsync($"/api/v1/events/{late.GetProperty("id")}/discard")).Is(204);
        await OutcomeAsync(complaint, "ComplaintReopened", "done");
        (await ParkedAsync(complaint)).GetProperty("discardedAt").ValueKind.ShouldBe(JsonValueKind.String, "a discarded event stays listed");

        await CureAsync(complaint);
        await ReplayAsync(late);
        await OutcomeAsync(complaint, "ComplaintResolved", "ignored: cycle 1 is over");
        await FollowUpsAsync(complaint, expected: 0);

        await ResolveAsync(complaint);
        (await FollowUpsAsync(complaint, expected: 1))[0].GetProperty("originCycle").GetInt32().ShouldBe(2);
    }

    [Fact]
    [Trait("Rule", "FUP-02")]
    public async Task An_event_delivered_twice_acts_once()
    {
        var complaint = await AcceptedAsync();
        await ResolveAsync(complaint);
        var followUp = (await Eventually.BecomesAsync(() => FollowUpsAsync(complaint, expected: 1), found => found[0].GetProperty("customerId").ToString().Length > 0, "it is linked with its customer"))[0];
        await DeliverAgainAsync("complaints", "followups", complaint);
        (await FollowUpsAsync(complaint, expected: 1))[0].GetRawText().ShouldBe(followUp.GetRawText());
        (await system.ScalarAsync<long>("SELECT count(*) FROM followups.outbox_events WHERE type = 'FollowUpPlanned' AND payload->>'originId' = $1", complaint.ToString())).ShouldBe(1);

        var id = followUp.GetProperty("id").GetGuid();
        (await system.Admin.PostAsync($"/api/v1/follow-ups/{id}/outcome", new { channel = "phone", reached = true, satisfaction = 1 })).Is(200);
        await Eventually.BecomesAsync(() => CycleAsync(complaint), cycle => cycle == 2, "the case is reopened");
        await ResolveAsync(complaint);
        await DeliverAgainAsync("followups", "complaints", id);
        (await CycleAsync(complaint)).ShouldBe(2, "one bad visit reopens once");
    }

    [Fact]
    public async Task What_another_host_has_leased_is_left_to_it_until_the_lease_is_over()
    {
        var (leased, free) = (await AcceptedAsync(), await AcceptedAsync());
        await ResolveAsync(leased);
        await FollowUpsAsync(leased, expected: 1);
        await AgainAsync("complaints", "followups", leased, leasedFor: "1 hour");

        // Claims take what waited longest: when something younger is delivered, the leased one was passed over.
        await ResolveAsync(free);
        await FollowUpsAsync(free, expected: 1);
        await NothingLeftAsync(free);
        (await LeftAsync(leased)).ShouldBeGreaterThan(0);

        await system.ExecuteAsync($"UPDATE complaints.outbox_deliveries SET leased_until = clock_timestamp() - interval '1 second' WHERE aggregate_id = '{leased}'");
        await NothingLeftAsync(leased);
    }

    [Fact]
    public async Task Events_that_arrive_together_arrive_in_one_transaction_and_what_nobody_reacts_to_any_more_is_written_down_as_ignored()
    {
        object cases = Enumerable.Range(0, 5).Select(_ => Guid.NewGuid()).ToArray();
        await system.ScalarAsync<long>("""
            WITH event AS (
                     INSERT INTO complaints.outbox_events (id, type, aggregate_id, sequence, occurred_at, recorded_at, payload)
                     SELECT gen_random_uuid(), 'Retired', aggregate_id, 1, now(), now() - interval '25 hours', jsonb_build_object() FROM unnest($1) AS aggregate_id RETURNING id, aggregate_id),
                 delivery AS (
                     INSERT INTO complaints.outbox_deliveries (id, event_id, consumer, aggregate_id, sequence, attempts)
                     SELECT gen_random_uuid(), id, 'followups', aggregate_id, 1, 0 FROM event RETURNING 1)
            SELECT count(*) FROM delivery
            """, cases);
        await Eventually.BecomesAsync(() => system.ScalarAsync<long>("SELECT count(*) FROM complaints.outbox_deliveries WHERE aggregate_id = ANY($1)", cases), left => left == 0, "all are delivered");

        const string Received = "FROM followups.inbox i JOIN complaints.outbox_events e ON e.id = i.event_id WHERE e.aggregate_id = ANY($1)";
        (await system.ScalarAsync<string[]>($"SELECT array_agg(DISTINCT i.outcome) {Received}", cases)).ShouldBe(["ignored: no reaction"]);
        (await system.ScalarAsync<long>($"SELECT count(*) {Received}", cases)).ShouldBe(5);
        (await system.ScalarAsync<long>($"SELECT count(DISTINCT i.xmin::text) {Received}", cases)).ShouldBe(1);
    }

    [Fact]
    public async Task What_a_host_of_this_version_does_not_know_waits_for_one_that_does_and_is_no_attempt()
    {
        object aggregate = Guid.NewGuid();
        await system.ScalarAsync<long>("""
            WITH event AS (
                     INSERT INTO complaints.outbox_events (id, type, aggregate_id, sequence, occurred_at, payload)
                     VALUES (gen_random_uuid(), 'OfANewerVersion', $1, 1, now(), jsonb_build_object()) RETURNING id),
                 delivery AS (
                     INSERT INTO complaints.outbox_deliveries (id, event_id, consumer, aggregate_id, sequence, attempts)
                     SELECT gen_random_uuid(), id, consumer, $1, 1, 0 FROM event, unnest(ARRAY['followups', 'leads']) AS consumer RETURNING 1)
            SELECT count(*) FROM delivery
            """, aggregate);
        await Eventually.BecomesAsync(
            () => system.ScalarAsync<long>("SELECT count(*) FROM complaints.outbox_deliveries WHERE aggregate_id = $1 AND last_error LIKE 'unknown%' AND leased_until IS NULL", aggregate), left => left == 2, "both were put back");
        (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.outbox_deliveries WHERE aggregate_id = $1 AND attempts = 0 AND parked_at IS NULL", aggregate)).ShouldBe(2);
        (await system.ScalarAsync<long>("SELECT count(*) FROM followups.inbox i JOIN complaints.outbox_events e ON e.id = i.event_id WHERE e.aggregate_id = $1", aggregate)).ShouldBe(0);
        await system.ExecuteAsync($"DELETE FROM complaints.outbox_deliveries WHERE aggregate_id = '{aggregate}'");
    }

    [Fact]
    public async Task A_failed_delivery_is_counted_where_somebody_listens()
    {
        var failed = 0L;
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Name == "crm.outbox.deliveries") l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            if (tags.ToArray().Contains(new("crm.outcome", "failed"))) Interlocked.Add(ref failed, count);
        });
        listener.Start();
        var complaint = await AcceptedAsync();
        await PoisonAsync(complaint);
        await ResolveAsync(complaint);
        await ParkedAsync(complaint);
        Interlocked.Read(ref failed).ShouldBeGreaterThanOrEqualTo(ImpatientSystem.MaxAttempts);
    }

    [Fact]
    public async Task An_outbox_that_cannot_be_read_is_said_in_the_log_and_read_again_when_it_can_be()
    {
        var complaint = await AcceptedAsync();
        await system.ExecuteAsync("ALTER TABLE complaints.outbox_deliveries RENAME COLUMN leased_until TO gone");
        await Eventually.BecomesAsync(() => Task.FromResult(Said()), said => said > 0, "it is said");
        var before = Said();
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        (Said() - before).ShouldBeLessThan(100, "it looks each 50 ms, and not without a pause");
        await system.ExecuteAsync("ALTER TABLE complaints.outbox_deliveries RENAME COLUMN gone TO leased_until");
        await ResolveAsync(complaint);
        await FollowUpsAsync(complaint, expected: 1);

        static int Said() => CapturedLogs.Instance.Lines.Count(line => line.Contains("The outbox of complaints cannot be read") && line.Contains("PostgresException"));
    }

    [Fact]
    public async Task Parked_events_are_listed_page_by_page_and_an_unknown_one_is_not_found()
    {
        Guid[] poisoned = [await AcceptedAsync(), await AcceptedAsync()];
        foreach (var complaint in poisoned)
        {
            await PoisonAsync(complaint);
            await ResolveAsync(complaint);
            await ParkedAsync(complaint);
        }

        var first = (await system.Admin.GetAsync("/api/v1/events/parked?limit=1")).Is(200);
        first.Json.GetProperty("items").GetArrayLength().ShouldBe(1);
        first.Text("next").ShouldNotBeNull(first.Content);
        first.Link.ShouldNotBeNull().ShouldContain("rel=\"next\"");
        var all = await system.Admin.ListAsync("/api/v1/events/parked", limit: 1);
        all.Select(p => p.GetProperty("id").GetGuid()).ShouldBeUnique();
        foreach (var complaint in poisoned) all.ShouldContain(p => p.GetProperty("aggregateId").GetGuid() == complaint);

        foreach (var verb in new[] { "replay", "discard" }) (await system.Admin.PostAsync($"/api/v1/events/{Guid.NewGuid()}/{verb}")).Is(404);
        foreach (var complaint in poisoned)
        {
            await CureAsync(complaint);
            await ReplayAsync(await ParkedAsync(complaint));
            await FollowUpsAsync(complaint, expected: 1);
        }
    }

    private async Task<Guid> AcceptedAsync()
    {
        var complaint = (await system.Admin.RegisterAsync()).Is(201).Id;
        (await system.Admin.ActAsync(complaint, "acceptance")).Is(200);
        return complaint;
    }

    private async Task ResolveAsync(Guid complaint) => (await system.Admin.ActAsync(complaint, "resolution", new { summary = "已修复" })).Is(200);

    private async Task<int> CycleAsync(Guid complaint) => (await system.Admin.GetAsync($"/api/v1/complaints/{complaint}")).Is(200).Json.GetProperty("cycle").GetInt32();

    /// <summary>From now on no follow-up of this case can be written; the database says so in words that quote a value.</summary>
    private Task PoisonAsync(Guid complaint, string sqlState = "P0001") => system.ExecuteAsync($"""
        CREATE FUNCTION followups.refuse_{complaint:N}() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the row of {Value} is refused' USING ERRCODE = '{sqlState}'; END $$;
        CREATE TRIGGER refuse_{complaint:N} BEFORE INSERT ON followups.follow_ups FOR EACH ROW WHEN (NEW.origin_id = '{complaint}') EXECUTE FUNCTION followups.refuse_{complaint:N}()
        """);

    private Task CureAsync(Guid complaint) => system.ExecuteAsync($"DROP FUNCTION followups.refuse_{complaint:N} CASCADE");

    private async Task<JsonElement> ParkedAsync(Guid complaint) =>
        (await Eventually.BecomesAsync(
            async () => (await system.Admin.ListAsync("/api/v1/events/parked")).Where(p => p.GetProperty("aggregateId").GetGuid() == complaint).ToArray(),
            parked => parked.Length > 0, "an event is parked"))[0];

    private async Task ReplayAsync(JsonElement parked) => (await system.Admin.PostAsync($"/api/v1/events/{parked.GetProperty("id")}/replay")).Is(204);

    /// <summary>The follow-ups of a case, once there are so many.</summary>
    private async Task<IReadOnlyList<JsonElement>> FollowUpsAsync(Guid complaint, int expected) => await Eventually.BecomesAsync(
        () => system.Admin.ListAsync($"/api/v1/follow-ups?origin={complaint}"), found => found.Count == expected, $"{expected} follow-up(s)");

    private Task<string> OutcomeAsync(Guid complaint, string type, string expected) => Eventually.BecomesAsync(
        () => system.ScalarAsync<string>("""
            SELECT coalesce(max(i.outcome), 'none') FROM followups.inbox i JOIN complaints.outbox_events e ON e.id = i.event_id WHERE e.aggregate_id = $1 AND e.type = $2
            """, complaint, type),
        outcome => outcome == expected, $"the outcome of {type} is '{expected}'");

    private Task<string[]> HeldBackAsync(Guid complaint) => system.ScalarAsync<string[]>("""
        SELECT array_agg(e.type ORDER BY d.sequence) FROM complaints.outbox_deliveries d JOIN complaints.outbox_events e ON e.id = d.event_id WHERE d.aggregate_id = $1 AND d.consumer = 'followups'
        """, complaint);

    private Task<long> NothingLeftAsync(Guid aggregate) => Eventually.BecomesAsync(() => LeftAsync(aggregate), left => left == 0, "every delivery is made");

    private Task<long> LeftAsync(Guid aggregate) => system.ScalarAsync<long>("""
        SELECT (SELECT count(*) FROM complaints.outbox_deliveries WHERE aggregate_id = $1) + (SELECT count(*) FROM followups.outbox_deliveries WHERE aggregate_id = $1)
        """, aggregate);

    /// <summary>As if the host had died between the consumer's commit and taking the delivery off the list: all of it once more.</summary>
    private async Task DeliverAgainAsync(string module, string consumer, Guid aggregate)
    {
        await AgainAsync(module, consumer, aggregate, leasedFor: null);
        await NothingLeftAsync(aggregate);
    }

    /// <summary>Puts what was delivered back on the list, in the hands of a host that holds it for so long, or of nobody.</summary>
    private async Task AgainAsync(string module, string consumer, Guid aggregate, string? leasedFor)
    {
        await NothingLeftAsync(aggregate);
        var again = await system.ScalarAsync<long>($"""
            WITH again AS (
                INSERT INTO {module}.outbox_deliveries (id, event_id, consumer, aggregate_id, sequence, attempts, leased_until)
                SELECT gen_random_uuid(), e.id, $2, e.aggregate_id, e.sequence, 0, clock_timestamp() + {(leasedFor is null ? "NULL::interval" : $"interval '{leasedFor}'")} FROM {module}.outbox_events e
                WHERE e.aggregate_id = $1 AND EXISTS (SELECT FROM {consumer}.inbox i WHERE i.event_id = e.id) RETURNING 1)
            SELECT count(*) FROM again
            """, aggregate, consumer);
        again.ShouldBeGreaterThan(0);
    }
}
