using System.Diagnostics;

namespace Crm.Build.Chaos;

/// <summary>
/// A resolution's transaction is held open just before its commit, while many later events commit and are delivered. What commits late must
/// not be skipped. The commit is held by a deferred trigger: a real command, whose client waits.
/// </summary>
internal static class HeldTransaction
{
    public static readonly Scenario Scenario = new("held-transaction", "a transaction held open 10 s while 1,000 events commit", RunAsync);

    private const int Rounds = 3, EventsWished = 1_000;
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(10);

    /// <summary>A host that has just started translates its code while it works, and is slow.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(30);

    private const string Events = "SELECT (SELECT count(*) FROM complaints.outbox_events) + (SELECT count(*) FROM followups.outbox_events)";

    private static async Task<ChaosTable> RunAsync(Shift shift, CancellationToken ct)
    {
        var hold = shift.Options.Length ?? Hold;
        var hosts = await shift.StartAsync(2, ct);
        return await shift.WorkAsync(hosts, async stop =>
        {
            await Task.Delay(WarmUp, stop);
            await shift.Ground.ExecuteAsync(TriggerFor(hold), stop);
            var rounds = shift.Options.Rounds ?? Rounds;
            var committed = new List<long>();
            for (var round = 1; round <= rounds; round++)
            {
                await shift.Ground.ExecuteAsync("ALTER SEQUENCE public.chaos_hold_first RESTART", stop);
                while (await HeldAsync(shift, stop) == 0) await Task.Delay(50, stop);
                var (before, watch) = ((long)(await shift.Ground.ExecuteAsync(Events, stop))!, Stopwatch.StartNew());
                while (await HeldAsync(shift, stop) > 0) await Task.Delay(50, stop);
                committed.Add((long)(await shift.Ground.ExecuteAsync(Events, stop))! - before);
                shift.Say($"round {round}: {committed[^1]:N0} events committed while a resolution was held for {watch.Elapsed.TotalSeconds:0.0} s");
            }

            shift.Figures.Add(("resolutions held before their commit", rounds));
            shift.Figures.Add(("  seconds each", $"{hold.TotalSeconds:0}"));
            shift.Figures.Add(("  events committed meanwhile, fewest", committed.Min()));
            shift.MustBeZero.Add(("holds during which fewer than 1,000 events committed", committed.Count(c => c < EventsWished), []));
        }, ct, clients: 16);
    }

    /// <summary>Whoever resolves first after a restart of the sequence is held; all others pass.</summary>
    private static string TriggerFor(TimeSpan hold) =>
        $"""
         CREATE SEQUENCE public.chaos_hold_first;
         SELECT nextval('public.chaos_hold_first');
         CREATE FUNCTION public.chaos_hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
         BEGIN
             IF NEW.type = 'ComplaintResolved' THEN
                 IF nextval('public.chaos_hold_first') = 1 THEN PERFORM pg_sleep({hold.TotalSeconds:0}); END IF;
             END IF;
             RETURN NULL;
         END $$;
         CREATE CONSTRAINT TRIGGER chaos_hold AFTER INSERT ON complaints.outbox_events
             DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.chaos_hold()
         """;

    private static async Task<long> HeldAsync(Shift shift, CancellationToken ct) =>
        (long)(await shift.Ground.ExecuteAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()", ct))!;
}
