using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>Hosts that look for events by themselves every five minutes only, and park at the first failure.</summary>
public sealed class DrowsySystem(TestServer server) : CrmSystem(server)
{
    protected override (string Key, string Value)[] Settings => [("Crm:Outbox:Poll", "00:05:00"), ("Crm:Outbox:MaxAttempts", "1")];
}

/// <summary>Hosts that leave what failed alone for half an hour at least.</summary>
public sealed class PatientSystem(TestServer server) : CrmSystem(server)
{
    protected override (string Key, string Value)[] Settings => [("Crm:Outbox:FirstBackoff", "01:00:00"), ("Crm:Outbox:MaxBackoff", "01:00:00"), ("Crm:Outbox:Poll", "00:00:00.05")];
}

/// <summary>Nobody waits until a host looks by itself: whoever reports something wakes the delivery.</summary>
public sealed class EventWakingTests(DrowsySystem system, PatientSystem patient) : IClassFixture<DrowsySystem>, IClassFixture<PatientSystem>
{
    [Fact]
    public async Task A_command_a_reaction_and_an_operator_wake_the_delivery_of_what_they_report()
    {
        // A command's event is delivered at once; the follow-up it plans is reported by the reaction, and its outcome reopens the case.
        var complaint = await ResolvedAsync();
        var followUp = (await FollowUpsAsync(complaint, expected: 1))[0].GetProperty("id").GetGuid();
        await NothingLeftAsync();
        (await system.Admin.PostAsync($"/api/v1/follow-ups/{followUp}/outcome", new { channel = "phone", reached = true, satisfaction = 1 })).Is(200);
        await Eventually.BecomesAsync(
            async () => (await system.Admin.GetAsync($"/api/v1/complaints/{complaint}")).Is(200).Json.GetProperty("cycle").GetInt32(), cycle => cycle == 2, "the case is reopened");
        await NothingLeftAsync();
    }

    [Fact]
    public async Task While_nothing_is_to_be_delivered_nobody_looks()
    {
        await ResolvedAsync();
        await NothingLeftAsync();
        // What a session has counted is seen about a second later, or when its next transaction ends.
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        var before = await LooksAsync();
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        (await LooksAsync() - before).ShouldBeLessThan(50, "a host that looks without a pause does so many hundred times a second");

        Task<long> LooksAsync() => system.ScalarAsync<long>("SELECT seq_scan + coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE schemaname = 'complaints' AND relname = 'outbox_deliveries'");
    }

    [Fact]
    [Trait("Rule", "CMP-30")]
    public async Task A_deadline_that_rings_by_itself_wakes_the_delivery_of_what_it_reports()
    {
        (await system.Admin.PostAsync("/api/v1/policies", new { project = "harbour", name = "complaints.feedback", value = "PT1S", reason = "试行" })).Is(201);
        var complaint = (await system.Admin.RegisterAsync(Api.Complaint(("project", "harbour")))).Is(201).Id;
        await Eventually.BecomesAsync(
            () => system.ScalarAsync<long>("SELECT count(*) FROM complaints.outbox_events WHERE aggregate_id = $1 AND type = 'ComplaintClockBreached'", complaint), reported => reported == 1, "the breach");
        await NothingLeftAsync();
    }

    [Fact]
    public async Task What_an_operator_replays_is_delivered_at_once_and_what_a_discarded_event_held_back_too()
    {
        await system.ExecuteAsync("""
            CREATE FUNCTION followups.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON followups.follow_ups FOR EACH ROW EXECUTE FUNCTION followups.refuse()
            """);
        var (replayed, discarded) = (await ResolvedAsync(), await ResolvedAsync());
        var (first, second) = (await ParkedAsync(replayed), await ParkedAsync(discarded));
        (await system.Admin.ActAsync(discarded, "reopening", new { reason = "又坏了" })).Is(200);
        await system.ExecuteAsync("DROP FUNCTION followups.refuse CASCADE");

        (await system.Admin.PostAsync($"/api/v1/events/{first}/replay")).Is(204);
        await FollowUpsAsync(replayed, expected: 1);
        (await system.Admin.PostAsync($"/api/v1/events/{second}/discard")).Is(204);
        await Eventually.BecomesAsync(
            () => system.ScalarAsync<long>("SELECT count(*) FROM complaints.outbox_deliveries WHERE aggregate_id = $1 AND discarded_at IS NULL", discarded), left => left == 0, "the reopening arrives");
    }

    [Fact]
    public async Task What_failed_is_left_alone_until_its_time_while_others_are_delivered()
    {
        await patient.ExecuteAsync("""
            CREATE FUNCTION followups.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON followups.follow_ups FOR EACH ROW EXECUTE FUNCTION followups.refuse()
            """);
        var failing = await ResolvedAsync(patient);
        await Eventually.BecomesAsync(AttemptsAsync, attempts => attempts == 1, "it fails once");
        await patient.ExecuteAsync("DROP FUNCTION followups.refuse CASCADE");
        var other = await ResolvedAsync(patient);
        await Eventually.BecomesAsync(() => patient.Admin.ListAsync($"/api/v1/follow-ups?origin={other}"), found => found.Count == 1, "the other case is followed up");
        (await AttemptsAsync()).ShouldBe(1);

        Task<int> AttemptsAsync() => patient.ScalarAsync<int>("SELECT coalesce(max(attempts), -1) FROM complaints.outbox_deliveries WHERE aggregate_id = $1", failing);
    }

    private Task<Guid> ResolvedAsync() => ResolvedAsync(system);

    private static async Task<Guid> ResolvedAsync(CrmSystem system)
    {
        var complaint = (await system.Admin.RegisterAsync()).Is(201).Id;
        (await system.Admin.ActAsync(complaint, "acceptance")).Is(200);
        (await system.Admin.ActAsync(complaint, "resolution", new { summary = "已修复" })).Is(200);
        return complaint;
    }

    private Task<IReadOnlyList<JsonElement>> FollowUpsAsync(Guid complaint, int expected) => Eventually.BecomesAsync(
        () => system.Admin.ListAsync($"/api/v1/follow-ups?origin={complaint}"), found => found.Count == expected, $"{expected} follow-up(s)");

    private Task<Guid> ParkedAsync(Guid complaint) => Eventually.BecomesAsync(
        async () => (await system.Admin.ListAsync("/api/v1/events/parked")).Where(p => p.GetProperty("aggregateId").GetGuid() == complaint).Select(p => p.GetProperty("id").GetGuid()).SingleOrDefault(),
        parked => parked != Guid.Empty, "an event is parked");

    private Task<long> NothingLeftAsync() => Eventually.BecomesAsync(
        () => system.ScalarAsync<long>("SELECT (SELECT count(*) FROM complaints.outbox_deliveries WHERE parked_at IS NULL) + (SELECT count(*) FROM followups.outbox_deliveries WHERE parked_at IS NULL)"),
        left => left == 0, "every delivery is made");
}
