using Crm.ApiTests.Infrastructure;
using Crm.Shared.Retention;
using Microsoft.Extensions.DependencyInjection;
using Quartz;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>What nobody needs any more is forgotten; what somebody may still need is not, however old it is.</summary>
public sealed class RetentionTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    // An identity of 2023, long before any horizon.
    private const string Old = "overlay(id::text placing '01860000' from 1 for 8)::uuid";

    [Fact]
    public async Task Delivered_events_and_receipts_are_forgotten_when_they_are_old_and_not_before()
    {
        var (old, young) = (await ResolvedAsync(), await ResolvedAsync());
        await system.Admin.SettleAsync();
        await AgeAsync(old);
        var before = (Events: await EventsOfAsync(young), Received: await system.ScalarAsync<long>("SELECT count(*) FROM followups.inbox"));
        before.Events.ShouldBeGreaterThan(0);
        (await EventsOfAsync(old)).ShouldBe(before.Events);

        var forgotten = await RunAsync();
        forgotten.ShouldSatisfyAllConditions(f => f.Events.ShouldBeGreaterThanOrEqualTo(before.Events), f => f.Received.ShouldBeGreaterThan(0));
        (await EventsOfAsync(old)).ShouldBe(0);
        (await EventsOfAsync(young)).ShouldBe(before.Events);
        (await system.ScalarAsync<long>("SELECT count(*) FROM followups.inbox WHERE received_at < now() - interval '90 days'")).ShouldBe(0);
        (await RunAsync()).ShouldBe((0, 0, 0, 0));

        // The case goes on as if nothing had happened: its next events follow the forgotten ones.
        var outcome = (await system.Admin.ListAsync($"/api/v1/follow-ups?origin={old}")).Single().GetProperty("id").GetGuid();
        (await system.Admin.GetAsync($"/api/v1/follow-ups/{outcome}")).Is(200);
        (await system.Admin.ActAsync(old, "reopening", new { reason = "again" })).Ok();
        await system.Admin.SettleAsync();
        (await EventsOfAsync(old)).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task What_waits_is_parked_or_was_discarded_stays_and_so_does_the_receipt_that_makes_it_act_once()
    {
        var events = new List<Guid>();
        foreach (var state in new[] { "NULL, NULL", "now(), NULL", "now(), now()" })
        {
            events.Add(await system.ScalarAsync<Guid>($"""
                WITH event AS (INSERT INTO complaints.outbox_events (id, type, aggregate_id, sequence, occurred_at, payload, recorded_at)
                         SELECT overlay(gen_random_uuid()::text placing '01860000' from 1 for 8)::uuid, 'Nothing', gen_random_uuid(), 1, now(), jsonb_build_object(), now() - interval '1 year'
                         RETURNING id, aggregate_id),
                     receipt AS (INSERT INTO followups.inbox (event_id, type, outcome, received_at) SELECT id, 'Nothing', 'done', now() - interval '1 year' FROM event),
                     delivery AS (INSERT INTO complaints.outbox_deliveries (id, event_id, consumer, aggregate_id, sequence, attempts, next_attempt_at, parked_at, discarded_at)
                         SELECT gen_random_uuid(), id, 'followups', aggregate_id, 1, 8, now() + interval '1 day', {state} FROM event)
                SELECT id FROM event
                """));
        }

        await RunAsync();
        object ids = events.ToArray();
        (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.outbox_events WHERE id = ANY($1)", ids)).ShouldBe(3);
        (await system.ScalarAsync<long>("SELECT count(*) FROM followups.inbox WHERE event_id = ANY($1)", ids)).ShouldBe(3);

        await system.ExecuteAsync("DELETE FROM complaints.outbox_deliveries WHERE event_id = ANY(ARRAY['" + string.Join("','", events) + "']::uuid[])");
        await RunAsync();
        (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.outbox_events WHERE id = ANY($1)", ids)).ShouldBe(0);
        (await system.ScalarAsync<long>("SELECT count(*) FROM followups.inbox WHERE event_id = ANY($1)", ids)).ShouldBe(0);
    }

    [Fact]
    public async Task An_identity_that_only_looks_old_is_not_enough()
    {
        var look = await system.ScalarAsync<Guid>("""
            INSERT INTO followups.inbox (event_id, type, outcome) SELECT overlay(gen_random_uuid()::text placing '01860000' from 1 for 8)::uuid, 'Nothing', 'done' RETURNING event_id
            """);
        await RunAsync();
        (await system.ScalarAsync<long>("SELECT count(*) FROM followups.inbox WHERE event_id = $1", look)).ShouldBe(1);
    }

    [Fact]
    public async Task More_than_one_piece_is_forgotten_along_the_primary_key()
    {
        const int Many = 2_500;
        await system.ExecuteAsync($"""
            INSERT INTO organization.outbox_events (id, type, aggregate_id, sequence, occurred_at, payload, recorded_at)
            SELECT overlay(gen_random_uuid()::text placing '01860000' from 1 for 8)::uuid, 'Nothing', gen_random_uuid(), 1, now(), jsonb_build_object(), now() - interval '1 year' FROM generate_series(1, {Many})
            """);
        (await RunAsync()).Events.ShouldBeGreaterThanOrEqualTo(Many);
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.outbox_events WHERE type = 'Nothing'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_key_is_remembered_for_seven_days_by_the_databases_clock_and_then_forgotten()
    {
        var keys = new[] { "6 days 23 hours", "7 days 1 minute" }.Select(age => (Age: age, Key: Api.NewKey())).ToArray();
        var first = new List<Guid>();
        foreach (var (age, key) in keys)
        {
            first.Add((await system.Admin.PostAsync("/api/v1/complaints", Api.Complaint(), key)).Is(201).Id);
            await system.ExecuteAsync($"UPDATE complaints.stored_answers SET stored_at = now() - interval '{age}' WHERE stored_at > now() - interval '1 minute'");
        }

        (await RunAsync()).Answers.ShouldBeGreaterThan(0);
        (await system.Admin.PostAsync("/api/v1/complaints", Api.Complaint(), keys[0].Key)).Is(201).Id.ShouldBe(first[0]);
        (await system.Admin.PostAsync("/api/v1/complaints", Api.Complaint(), keys[1].Key)).Is(201).Id.ShouldNotBe(first[1]);
    }

    [Fact]
    public async Task Every_host_looks_each_hour_and_the_hot_tables_are_vacuumed_early()
    {
        var scheduler = (await system.Host.Services.GetRequiredService<ISchedulerFactory>().GetAllSchedulers(TestContext.Current.CancellationToken)).Single();
        var jobs = await scheduler.GetJobKeys(GroupMatcher<JobKey>.AnyGroup(), TestContext.Current.CancellationToken);
        jobs.Select(j => j.Name).ShouldBe(["sweep-clocks", "seal-audit", "close-audit-day", "forget"], ignoreOrder: true);
        foreach (var schema in new[] { "organization", "complaints", "followups" })
            foreach (var (table, option) in new[] { ("clocks", "autovacuum_vacuum_scale_factor=0.02"), ("outbox_deliveries", "autovacuum_vacuum_threshold=1000"), ("stored_answers", "autovacuum_vacuum_scale_factor=0.05") })
                (await system.ScalarAsync<string[]>("SELECT coalesce(reloptions, '{}') FROM pg_class WHERE oid = $1::text::regclass", $"{schema}.{table}")).ShouldContain(option, $"{schema}.{table}");
    }

    [Fact]
    [Trait("Rule", "ORG-08")]
    public async Task What_a_preview_would_move_is_kept_until_every_module_has_heard_whether_it_was_applied()
    {
        var id = (await system.Admin.RegisterAsync()).Is(201).Id;
        const string Preview = "00000000-0000-7000-8000-00000000abcd";
        await system.ExecuteAsync($"""
            INSERT INTO complaints.planned_moves (preview_id, clock_id, subject_id, project, kind, due_at, warn_at, policy, policy_version, given, is_provisional, budget, warn_percent, new_due_at, new_warn_at)
            SELECT '{Preview}', id, subject_id, project, kind, due_at, warn_at, policy, policy_version, given, is_provisional, budget, 75, due_at, warn_at FROM complaints.clocks WHERE subject_id = '{id}';
            WITH event AS (
                INSERT INTO organization.outbox_events (id, type, aggregate_id, sequence, occurred_at, payload) VALUES (gen_random_uuid(), 'PreviewApplied', '{Preview}', 1, now(), jsonb_build_object()) RETURNING id)
            INSERT INTO organization.outbox_deliveries (id, event_id, consumer, aggregate_id, sequence, attempts, parked_at) SELECT gen_random_uuid(), id, 'complaints', '{Preview}', 1, 8, now() FROM event
            """);
        Task<long> MovesAsync() => system.ScalarAsync<long>("SELECT count(*) FROM complaints.planned_moves WHERE preview_id = $1", Guid.Parse(Preview));
        await RunAsync();
        (await MovesAsync()).ShouldBe(2);
        await system.ExecuteAsync($"DELETE FROM organization.outbox_deliveries WHERE aggregate_id = '{Preview}'");
        await RunAsync();
        (await MovesAsync()).ShouldBe(0);
    }

    private async Task<Guid> ResolvedAsync()
    {
        var id = (await system.Admin.RegisterAsync()).Is(201).Id;
        (await system.Admin.ActAsync(id, "acceptance")).Ok();
        (await system.Admin.ActAsync(id, "resolution", new { summary = "done" })).Ok();
        return id;
    }

    private Task<long> EventsOfAsync(Guid complaint) => system.ScalarAsync<long>("SELECT count(*) FROM complaints.outbox_events WHERE aggregate_id = $1", complaint);

    /// <summary>Makes the events of a case, and that they were received, as old as if it had been handled years ago.</summary>
    private async Task AgeAsync(Guid complaint)
    {
        await system.ExecuteAsync($"""
            UPDATE followups.inbox SET event_id = {Old.Replace("id::", "event_id::")}, received_at = received_at - interval '1 year' WHERE event_id IN (SELECT id FROM complaints.outbox_events WHERE aggregate_id = '{complaint}');
            UPDATE complaints.outbox_events SET id = {Old}, recorded_at = recorded_at - interval '1 year' WHERE aggregate_id = '{complaint}'
            """);
    }

    private Task<(long Events, long Received, long Answers, long Others)> RunAsync() =>
        ActivatorUtilities.CreateInstance<ForgetJob>(system.Host.Services).RunAsync(TestContext.Current.CancellationToken);
}
