using System.Diagnostics;
using Crm.Build.Replay;

namespace Crm.Build.Chaos;

/// <summary>
/// The receiver of a webhook is away for an hour, with the attempts and waits that are usual, while tickets go on coming in at two hosts. Once
/// it is back it must have everything, each event under one id and, as nothing else goes wrong, once (ORG-11).
/// </summary>
internal static class ReceiverDown
{
    public static readonly Scenario Scenario = new("receiver-down", "the receiver of a webhook away for an hour while tickets go on coming in", RunAsync);

    private const int Clients = 2;
    private static readonly TimeSpan Usually = TimeSpan.FromHours(1), Before = TimeSpan.FromSeconds(30), Pause = TimeSpan.FromSeconds(5), Timeout = TimeSpan.FromSeconds(15), Patience = TimeSpan.FromMinutes(10);

    private static readonly Dictionary<string, string> Inside = new() { ["Crm__Webhooks__AllowPrivateAddresses"] = "true", ["Crm__Webhooks__AllowHttp"] = "true" };

    private static async Task<ChaosTable> RunAsync(Shift shift, CancellationToken ct)
    {
        shift = shift with { Pause = Pause };
        var hosts = await shift.StartAsync(2, ct, environment: Inside);
        using var receiver = new EventReceiver();
        receiver.ComeUp();
        await SubscribeAsync(shift, hosts[0].Address, receiver.Address, ct);
        var table = await shift.WorkAsync(hosts, async stop =>
        {
            await Task.Delay(Before, stop);
            var length = shift.Options.Length ?? Usually;
            await receiver.GoDownAsync();
            shift.Say($"the receiver has {receiver.Received.Count} events and goes away for {length.TotalMinutes:0.#} minutes");
            await Task.Delay(length, stop);
            shift.Figures.Add(("minutes away", $"{length.TotalMinutes:0.#}"));
            shift.Figures.Add(("  events that waited for it", await WaitingAsync(shift, stop)));
            shift.Figures.Add(("  attempts that failed", await shift.Ground.ExecuteAsync("SELECT count(*) FROM organization.delivery_attempts WHERE failure IS NOT NULL", stop) ?? 0));
            receiver.ComeUp();
            shift.Figures.Add(("  seconds until nothing waited any more", $"{(await UntilNothingWaitsAsync(shift, stop)).TotalSeconds:0}"));
        }, ct, Clients);

        // The clients have stopped: what they did last is still on its way.
        await UntilNothingWaitsAsync(shift, ct);
        Reckon(shift, receiver, [.. table.Acknowledged.Where(a => a.Command == "registration").Select(a => a.CaseId)]);
        return table;
    }

    private static async Task SubscribeAsync(Shift shift, Uri host, Uri receiver, CancellationToken ct)
    {
        using var administrator = new CrmClient([host], "demo.admin", Timeout, shift.Traffic);
        var body = new { name = "chaos", url = receiver, eventTypes = new[] { "complaint.registered", "complaint.resolved", "followup.planned" } };
        var answer = await administrator.PostAsync("/api/v1/webhooks", body, Guid.NewGuid().ToString(), ct);
        if (!answer.IsSuccess) throw new InvalidDataException($"POST /webhooks: {answer}");
        // Every host reads each second which events are wanted.
        await Task.Delay(TimeSpan.FromSeconds(3), ct);
    }

    /// <returns>How long it took.</returns>
    private static async Task<TimeSpan> UntilNothingWaitsAsync(Shift shift, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        while (await WaitingAsync(shift, ct) is var left and > 0 && watch.Elapsed < Patience)
        {
            shift.Say($"{watch.Elapsed.TotalSeconds:0} s, {left} events still wait");
            await Task.Delay(TimeSpan.FromSeconds(1), ct);
        }

        return watch.Elapsed;
    }

    private static async Task<long> WaitingAsync(Shift shift, CancellationToken ct) =>
        (long)(await shift.Ground.ExecuteAsync("SELECT count(*) FROM organization.deliveries WHERE state = 'waiting'", ct))!;

    private static void Reckon(Shift shift, EventReceiver receiver, IReadOnlyCollection<string> registered)
    {
        var (received, told) = (receiver.Received, receiver.MessagesOfRegistrations);
        shift.Figures.Add(("events received", received.Count));
        string[] missed = [.. registered.Where(id => !told.ContainsKey(id))];
        string[] twice = [.. received.GroupBy(r => r.MessageId).Where(g => g.Count() > 1).Select(g => g.Key)];
        string[] renamed = [.. told.Where(t => t.Value.Distinct().Count() > 1).Select(t => t.Key)];
        shift.MustBeZero.Add(("registrations the receiver never heard of", missed.Length, missed));
        shift.MustBeZero.Add(("events received twice", twice.Length, twice));
        shift.MustBeZero.Add(("events under two ids", renamed.Length, renamed));
    }
}
