using Crm.ApiTests.Infrastructure;
using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Commands;
using Crm.Shared.Events;
using NodaTime;
using Npgsql;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>The outbox as a queue: who may take what, when again, and what an operator does with it. No host runs on this database.</summary>
public sealed class OutboxQueueTests(TestServer server) : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);
    private const string OfTheEvent = "PostgresException 23514", DatabaseAway = "PostgresException 53300";
    private readonly Guid aggregate = Guid.NewGuid();
    private NpgsqlDataSource source = null!;

    public async ValueTask InitializeAsync() => source = NpgsqlDataSource.Create(server.Postgres.SuperuserConnectionString(await server.CloneAsync()));

    public async ValueTask DisposeAsync() => await source.DisposeAsync();

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public async Task What_waited_longest_is_taken_first_and_no_more_than_a_batch_whatever_the_plan(string indexes)
    {
        await source.DisposeAsync();
        source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.Postgres.SuperuserConnectionString(await server.CloneAsync()))
        {
            Options = $"-c enable_indexscan={indexes} -c enable_bitmapscan={indexes}",
        });
        var (young, old, middle) = (await ReportedAsync(due: "-1 minute"), await ReportedAsync(due: "-3 minutes"), await ReportedAsync(due: "-2 minutes"));
        (await TakenAsync(Queue(batch: 2))).ShouldBe([old, middle], ignoreOrder: true);
        (await TakenAsync(Queue(batch: 2))).ShouldBe([young]);
        (await TakenAsync(Queue(batch: 2))).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_taken_belongs_to_the_taker_for_the_length_of_the_lease_and_then_to_anybody()
    {
        var delivery = await ReportedAsync();
        (await TakenAsync(Queue())).ShouldBe([delivery]);
        var left = await ScalarAsync<TimeSpan>("SELECT leased_until - clock_timestamp() FROM complaints.outbox_deliveries WHERE id = $1", delivery);
        left.ShouldBeInRange(Lease / 2, Lease);
        (await TakenAsync(Queue())).ShouldBeEmpty();
        await ScalarAsync<int>("UPDATE complaints.outbox_deliveries SET leased_until = clock_timestamp() - interval '1 millisecond' WHERE id = $1 RETURNING 1", delivery);
        (await TakenAsync(Queue())).ShouldBe([delivery]);
    }

    [Fact]
    public async Task Who_takes_at_the_same_moment_neither_waits_nor_takes_the_same()
    {
        var (held, free) = (await ReportedAsync(due: "-2 minutes"), await ReportedAsync(due: "-1 minute"));
        await using var holder = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new NpgsqlCommand("SELECT 1 FROM complaints.outbox_deliveries WHERE id = $1 FOR UPDATE", holder, transaction) { Parameters = { new() { Value = held } } })
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        (await TakenAsync(Queue())).ShouldBe([free]);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        (await TakenAsync(Queue())).ShouldBe([held]);
    }

    [Fact]
    public async Task Only_the_first_undelivered_event_of_a_case_can_be_taken_by_each_consumer()
    {
        var second = await ReportedAsync(sequence: 2, aggregate: aggregate);
        var first = await ReportedAsync(sequence: 1, aggregate: aggregate);
        var ofAnother = await ReportedAsync(sequence: 2);
        var forAnother = await ReportedAsync(sequence: 3, aggregate: aggregate, consumer: "organization");
        var queue = Queue();
        var taken = await queue.ClaimAsync(ignoreBackoff: false, TestContext.Current.CancellationToken);
        taken.Select(d => d.Id).ShouldBe([first, ofAnother, forAnother], ignoreOrder: true);
        taken.Single(d => d.Id == forAnother).Consumer.ShouldBe("organization");

        await queue.CompleteAsync([.. taken], TestContext.Current.CancellationToken);
        await queue.CompleteAsync([], TestContext.Current.CancellationToken);
        (await TakenAsync(queue)).ShouldBe([second]);
    }

    [Fact]
    public async Task What_is_parked_or_discarded_is_not_taken_and_only_what_is_discarded_lets_the_next_pass()
    {
        var parked = await ReportedAsync(sequence: 1, aggregate: aggregate, parked: true);
        var behind = await ReportedAsync(sequence: 2, aggregate: aggregate);
        (await TakenAsync(Queue())).ShouldBeEmpty();
        (await Queue().DiscardAsync(parked, Deed(), TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await TakenAsync(Queue())).ShouldBe([behind]);
    }

    [Fact]
    public async Task A_failure_puts_it_back_for_a_while_that_doubles_up_to_a_limit_and_differs_each_time()
    {
        var delivery = await ReportedAsync();
        var queue = Queue();
        // First wait 10 s, twice as long with each failure, at most 60 s; each ± 50 %.
        foreach (var (failedBefore, wait) in new[] { (0, 10), (1, 20), (2, 40), (3, 60), (4, 60) })
        {
            var waits = new List<(double Least, double Most)>();
            for (var round = 0; round < 20; round++) waits.Add(await WaitAfterAsync(queue, delivery, failedBefore));
            waits.ShouldAllBe(w => w.Most >= wait * 0.5 && w.Least <= wait * 1.5, $"after {failedBefore} failures");
            (waits.Max(w => w.Least) - waits.Min(w => w.Most)).ShouldBeGreaterThan(wait * 0.1, "hosts that failed together do not come back together");
        }

        (await TakenAsync(queue)).ShouldBeEmpty("its time has not come");
        (await queue.ClaimAsync(ignoreBackoff: true, TestContext.Current.CancellationToken)).ShouldHaveSingleItem().Attempts.ShouldBe(5);
    }

    [Fact]
    public async Task It_is_parked_when_it_has_failed_as_often_as_it_may_and_not_before()
    {
        var delivery = await ReportedAsync();
        var queue = Queue(maxAttempts: 3);
        (await TakenAsync(queue)).ShouldBe([delivery]);
        await queue.FailAsync(Claimed(delivery, failedBefore: 1), OfTheEvent, TestContext.Current.CancellationToken);
        (await ParkedAsync(queue)).ShouldBeEmpty();
        (await StandsAsync(delivery)).ShouldBe((2, false, OfTheEvent));

        await queue.PutBackAsync([Claimed(delivery, failedBefore: 2)], DatabaseAway, TestContext.Current.CancellationToken);
        (await ParkedAsync(queue)).ShouldBeEmpty();
        (await StandsAsync(delivery)).ShouldBe((2, false, DatabaseAway));
        (await TakenAsync(queue)).ShouldBeEmpty("whoever put it back does not take it again at once");

        await queue.FailAsync(Claimed(delivery, failedBefore: 2), OfTheEvent, TestContext.Current.CancellationToken);
        (await ParkedAsync(queue)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            p => p.Id.ShouldBe(delivery), p => p.Attempts.ShouldBe(3), p => p.LastError.ShouldBe(OfTheEvent), p => p.DiscardedAt.ShouldBeNull(), p => p.Module.ShouldBe("complaints"));

        var unlucky = await ReportedAsync();
        await queue.PutBackAsync([Claimed(unlucky, failedBefore: 8)], DatabaseAway, TestContext.Current.CancellationToken);
        (await ParkedAsync(queue)).ShouldHaveSingleItem().Id.ShouldBe(delivery, "the database's trouble parks nothing, however often it failed before");
    }

    [Fact]
    public async Task Replayed_it_has_fresh_attempts_at_once_and_the_deed_is_written_down()
    {
        var delivery = await ReportedAsync(due: "1 hour", parked: true);
        await ScalarAsync<int>("UPDATE complaints.outbox_deliveries SET attempts = 8, discarded_at = clock_timestamp(), leased_until = clock_timestamp() + interval '1 hour' WHERE id = $1 RETURNING 1", delivery);
        var queue = Queue();
        var deed = Deed();
        (await queue.ReplayAsync(delivery, deed, TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await queue.ClaimAsync(ignoreBackoff: false, TestContext.Current.CancellationToken)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(d => d.Id.ShouldBe(delivery), d => d.Attempts.ShouldBe(0));
        (await ScalarAsync<string>("SELECT concat_ws(' ', action, actor, subject_kind, subject_id, trace_id, remote_address) FROM complaints.audit_entries WHERE id = $1", deed.Id))
            .ShouldBe("Operate demo.admin delivery 1 trace 127.0.0.9");

        var again = Deed();
        (await queue.ReplayAsync(delivery, again, TestContext.Current.CancellationToken)).ShouldBeFalse("it is not parked any more");
        (await queue.DiscardAsync(delivery, again, TestContext.Current.CancellationToken)).ShouldBeFalse();
        (await ScalarAsync<long>("SELECT count(*) FROM complaints.audit_entries WHERE id = $1", again.Id)).ShouldBe(0);
    }

    [Fact]
    public async Task Operating_on_one_leaves_the_others_alone()
    {
        var (one, other) = (await ReportedAsync(parked: true), await ReportedAsync(parked: true));
        var queue = Queue();
        (await queue.DiscardAsync(one, Deed(), TestContext.Current.CancellationToken)).ShouldBeTrue();
        var since = (await ParkedAsync(queue)).Single(p => p.Id == one).DiscardedAt.ShouldNotBeNull();
        (await ParkedAsync(queue)).Single(p => p.Id == other).DiscardedAt.ShouldBeNull();
        (await queue.DiscardAsync(one, Deed(), TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await ParkedAsync(queue)).Single(p => p.Id == one).DiscardedAt.ShouldBe(since, "it was given up then");
        (await queue.ReplayAsync(one, Deed(), TestContext.Current.CancellationToken)).ShouldBeTrue();
        (await ParkedAsync(queue)).ShouldHaveSingleItem().Id.ShouldBe(other);
        (await queue.ReplayAsync(Guid.NewGuid(), Deed(), TestContext.Current.CancellationToken)).ShouldBeFalse();
    }

    [Fact]
    public async Task Parked_deliveries_are_listed_oldest_first_after_a_position_and_no_more_than_asked_for()
    {
        var ids = new List<Guid>();
        foreach (var age in new[] { "3 minutes", "1 minute", "2 minutes", "2 minutes" })
        {
            ids.Add(await ReportedAsync(parked: true));
            await ScalarAsync<int>($"UPDATE complaints.outbox_deliveries SET parked_at = date_trunc('minute', clock_timestamp()) - interval '{age}' WHERE id = $1 RETURNING 1", ids[^1]);
        }

        await ReportedAsync();
        Guid[] twins = [.. new[] { ids[2], ids[3] }.OrderBy(id => id.ToString())];
        Guid[] expected = [ids[0], .. twins, ids[1]];
        (await ParkedAsync(Queue())).Select(p => p.Id).ShouldBe(expected);
        var first = await Queue().ParkedAsync(null, null, limit: 2, TestContext.Current.CancellationToken);
        first.Select(p => p.Id).ShouldBe(expected[..2]);
        (await Queue().ParkedAsync(first[^1].ParkedAt, first[^1].Id, limit: 9, TestContext.Current.CancellationToken)).Select(p => p.Id).ShouldBe(expected[2..]);
    }

    [Fact]
    public async Task How_it_stands_counts_what_waits_and_what_is_parked_and_not_what_is_held_back_or_given_up()
    {
        (await Queue().StateAsync(TestContext.Current.CancellationToken)).ShouldBe(new OutboxState(0, 0, 0));
        await ReportedAsync(sequence: 1, aggregate: aggregate);
        var parked = await ReportedAsync(sequence: 2, aggregate: aggregate, parked: true);
        var heldBack = await ReportedAsync(sequence: 3, aggregate: aggregate);
        await ReportedAsync(sequence: 4, aggregate: aggregate, consumer: "organization");
        await ReportedAsync();
        var another = Guid.NewGuid();
        await Queue().DiscardAsync(await ReportedAsync(sequence: 1, aggregate: another, parked: true), Deed(), TestContext.Current.CancellationToken);
        await ReportedAsync(sequence: 2, aggregate: another);
        await AgeAsync(heldBack, "1 hour");
        await AgeAsync(parked, "2 hours");
        (await Queue().StateAsync(TestContext.Current.CancellationToken)).ShouldSatisfyAllConditions(
            s => s.Waiting.ShouldBe(4), s => s.Parked.ShouldBe(1), s => s.OldestSeconds.ShouldBeLessThan(600));

        await AgeAsync(await ReportedAsync(), "30 minutes");
        (await Queue().StateAsync(TestContext.Current.CancellationToken)).ShouldSatisfyAllConditions(s => s.Waiting.ShouldBe(5), s => s.OldestSeconds.ShouldBeInRange(1_800, 2_400));
    }

    private static OutboxOptions Options(int batch, int maxAttempts) =>
        new() { Batch = batch, MaxAttempts = maxAttempts, Lease = Lease, FirstBackoff = TimeSpan.FromSeconds(10), MaxBackoff = TimeSpan.FromSeconds(60) };

    private OutboxQueue Queue(int batch = 100, int maxAttempts = 8) => new("complaints", source, Options(batch, maxAttempts));

    private static AuditEntry Deed() => new(
        "Operate", new Deed("delivery", "1", Project: null, Instant.FromUtc(2026, 3, 2, 2, 0)),
        new CommandContext { Caller = new Caller("demo.admin", "demo.admin", new Dictionary<string, ProjectScope>()), TraceId = "trace", RemoteAddress = "127.0.0.9" });

    private static ClaimedDelivery Claimed(Guid id, int failedBefore) => new(id, Guid.Empty, "followups", "Nothing", "{}", failedBefore);

    private static async Task<Guid[]> TakenAsync(OutboxQueue queue) =>
        [.. (await queue.ClaimAsync(ignoreBackoff: false, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Select(d => d.Id)];

    private static Task<IReadOnlyList<ParkedDelivery>> ParkedAsync(OutboxQueue queue) => queue.ParkedAsync(null, null, limit: 100, TestContext.Current.CancellationToken);

    /// <summary>An event with one delivery, due since (or, positive, in) so long.</summary>
    private Task<Guid> ReportedAsync(int sequence = 1, Guid? aggregate = null, string consumer = "followups", string due = "-1 second", bool parked = false) => ScalarAsync<Guid>($"""
        WITH event AS (
                 INSERT INTO complaints.outbox_events (id, type, aggregate_id, sequence, occurred_at, payload)
                 VALUES (gen_random_uuid(), 'Nothing', $1, $2, now(), jsonb_build_object())
                 ON CONFLICT (aggregate_id, sequence) DO UPDATE SET type = excluded.type RETURNING id)
        INSERT INTO complaints.outbox_deliveries (id, event_id, consumer, aggregate_id, sequence, attempts, next_attempt_at, parked_at)
        SELECT gen_random_uuid(), id, $3, $1, $2, 0, clock_timestamp() + interval '{due}', {(parked ? "clock_timestamp()" : "NULL")} FROM event RETURNING id
        """, aggregate ?? Guid.NewGuid(), (long)sequence, consumer);

    /// <summary>Fails it, and says between which seconds it is put back: counted from after and from before it failed.</summary>
    private async Task<(double Least, double Most)> WaitAfterAsync(OutboxQueue queue, Guid delivery, int failedBefore)
    {
        var before = await ScalarAsync<DateTime>("SELECT clock_timestamp()");
        await queue.FailAsync(Claimed(delivery, failedBefore), OfTheEvent, TestContext.Current.CancellationToken);
        var after = await ScalarAsync<DateTime>("SELECT clock_timestamp()");
        var next = await ScalarAsync<DateTime>("SELECT next_attempt_at FROM complaints.outbox_deliveries WHERE id = $1", delivery);
        return ((next - after).TotalSeconds, (next - before).TotalSeconds);
    }

    private async Task<(int Attempts, bool IsLeased, string LastError)> StandsAsync(Guid delivery)
    {
        await using var command = source.CreateCommand("SELECT attempts, leased_until IS NOT NULL, last_error FROM complaints.outbox_deliveries WHERE id = $1");
        command.Parameters.Add(new() { Value = delivery });
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        await reader.ReadAsync(TestContext.Current.CancellationToken);
        return (reader.GetInt32(0), reader.GetBoolean(1), reader.GetString(2));
    }

    private Task<int> AgeAsync(Guid delivery, string age) => ScalarAsync<int>($"""
        UPDATE complaints.outbox_events e SET recorded_at = clock_timestamp() - interval '{age}' FROM complaints.outbox_deliveries d WHERE d.event_id = e.id AND d.id = $1 RETURNING 1
        """, delivery);

    private async Task<T> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var command = source.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
