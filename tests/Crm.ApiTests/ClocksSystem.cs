using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using NodaTime;
using NodaTime.Text;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>A system whose clock the tests turn. Each test gets a stretch of 60 days of its own, since time does not go back.</summary>
public sealed class ClocksSystem(TestServer server) : CrmSystem(server)
{
    public static readonly Duration Microsecond = Duration.FromNanoseconds(1_000);
    private static readonly Instant First = Instant.FromUtc(2026, 3, 2, 2, 0);
    private int stretches;

    /// <summary>Ten in the morning in Shanghai of a day on which nobody has done anything yet.</summary>
    public async Task<Instant> MorningAsync()
    {
        var morning = First + Duration.FromDays(60 * stretches++);
        await SetAsync(morning);
        return morning;
    }

    public Task SetAsync(Instant now) => Admin.SetClockAsync(Write(now));

    public async Task<Instant> NowAsync() => ClockSeen.At((await Admin.GetAsync("/dev/clock")).Is(200).Json, "now")!.Value;

    public static string Write(Instant instant) => InstantPattern.ExtendedIso.Format(instant);

    /// <summary>Registers a complaint at this moment.</summary>
    public async Task<Guid> RegisterAsync(bool major = false, params (string Key, object? Value)[] more) =>
        (await Admin.RegisterAsync(Api.Complaint([.. major ? Major : [], .. more]))).Is(201).Id;

    public static readonly (string Key, object? Value)[] Major = [("severity", "major"), ("majorCriterion", "heavyLossOrInjury")];

    /// <summary>Does something to a case and insists that it was allowed.</summary>
    public async Task<Reply> DoAsync(Guid complaint, string noun) => (await Admin.ActAsync(complaint, noun, Body(noun))).Is(200);

    /// <summary>A resolved case, and the follow-up it planned.</summary>
    public async Task<(Guid Complaint, Guid FollowUp)> ResolvedAsync(bool major = false, params (string Key, object? Value)[] more)
    {
        var complaint = await RegisterAsync(major, more);
        await DoAsync(complaint, "acceptance");
        await DoAsync(complaint, "resolution");
        await Admin.SettleAsync();
        return (complaint, (await Admin.ListAsync($"/api/v1/follow-ups?origin={complaint}")).ShouldHaveSingleItem().GetProperty("id").GetGuid());
    }

    /// <summary>The last clock of this kind, as it explains itself.</summary>
    public async Task<ClockSeen> ClockAsync(Guid complaint, string kind) => (await ClocksAsync(complaint, kind))[^1];

    /// <summary>All clocks of this kind, oldest first.</summary>
    public async Task<ClockSeen[]> ClocksAsync(Guid complaint, string kind) =>
        [.. (await Admin.ListAsync($"/api/v1/complaints/{complaint}/clocks")).Select(ClockSeen.Of).Where(c => c.Kind == kind)];

    /// <summary>Asks what a change would move.</summary>
    public async Task<Guid> PreviewAsync(string what, object change) => (await Admin.PostAsync($"/api/v1/{what}/preview", change)).Is(201).Id;

    /// <summary>What a preview names, by deadline.</summary>
    public async Task<IReadOnlyList<JsonElement>> MovesAsync(string what, Guid preview) => await Admin.ListAsync($"/api/v1/{what}/previews/{preview}/moves");

    /// <summary>Applies a preview and waits until everything has followed.</summary>
    public async Task ApplyAsync(string what, Guid preview, bool moveDeadlines = true)
    {
        (await Admin.PostAsync($"/api/v1/{what}/previews/{preview}/application", new { reason = "新承诺", moveDeadlines })).Is(200);
        await Admin.SettleAsync();
    }

    /// <summary>The clock of a follow-up that began last.</summary>
    public async Task<IReadOnlyList<JsonElement>> FollowUpClocksAsync(Guid followUp, string kind) =>
        [.. (await Admin.GetAsync($"/api/v1/follow-ups/{followUp}")).Is(200).Json.GetProperty("clocks").EnumerateArray().Where(c => c.GetProperty("kind").GetString() == kind)];

    /// <summary>How many events of a type a case has reported about a kind of clock.</summary>
    public async Task<long> EventsAsync(Guid complaint, string type, string kind) => await ScalarAsync<long>(
        "SELECT count(*) FROM complaints.outbox_events WHERE aggregate_id = $1 AND type = $2 AND payload->>'clock' = $3", complaint, type, kind);

    private static object? Body(string noun) => noun switch
    {
        "customer-feedback" or "agreed-solution" or "written-reply" => new { content = "控制板已订货，周五更换" },
        "head-report" => new { to = "demo.head", how = "电话" },
        "resolution" => new { summary = "控制板已更换" },
        "verification" => new { result = "现场核实运行正常" },
        "reopening" or "withdrawal" => new { reason = "客户来电" },
        _ => null,
    };
}

/// <summary>A clock as the API shows it.</summary>
public sealed record ClockSeen(
    string Kind, int Cycle, string State, Instant StartedAt, string Consumed, Instant WarnAt, Instant DueAt, Instant? WarnedAt, Instant? BreachedAt, Instant? EndedAt, string? EndedBy,
    string Policy, int PolicyVersion, IReadOnlyList<RungSeen> Rungs)
{
    public static ClockSeen Of(JsonElement c) => new(
        c.GetProperty("kind").GetString()!, c.GetProperty("cycle").GetInt32(), c.GetProperty("state").GetString()!, At(c, "startedAt")!.Value, c.GetProperty("consumed").GetString()!,
        At(c, "warnAt")!.Value, At(c, "dueAt")!.Value, At(c, "warnedAt"), At(c, "breachedAt"), At(c, "endedAt"), c.GetProperty("endedBy").GetString(),
        c.GetProperty("policy").GetString()!, c.GetProperty("policyVersion").GetInt32(),
        [.. c.GetProperty("rungs").EnumerateArray().Select(r => new RungSeen(r.GetProperty("rung").GetString()!, At(r, "at")!.Value, At(r, "writtenAt")!.Value, r.GetProperty("late").GetBoolean()))]);

    public static Instant? At(JsonElement e, string name) =>
        e.GetProperty(name).GetString() is { } text ? InstantPattern.ExtendedIso.Parse(text).GetValueOrThrow() : null;
}

/// <summary>A warning or breach as the API shows it.</summary>
public sealed record RungSeen(string Rung, Instant At, Instant WrittenAt, bool Late);
