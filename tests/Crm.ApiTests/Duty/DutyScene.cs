using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using NodaTime;
using NodaTime.Text;
using Shouldly;

namespace Crm.ApiTests.Duty;

/// <summary>A month to make rosters for, with people of its own, on a clock that tests turn.</summary>
public sealed class DutyScene
{
    public static readonly DateTimeZone Shanghai = DateTimeZoneProviders.Tzdb["Asia/Shanghai"];
    private static int people;
    private readonly ClocksSystem system;

    private DutyScene(ClocksSystem system, LocalDate first) => (this.system, First) = (system, first);

    /// <summary>The first day of the month after the one that it is now.</summary>
    public LocalDate First { get; }

    public string Month => YearMonthPattern.Iso.Format(First.ToYearMonth());

    public static async Task<DutyScene> NextMonthAsync(ClocksSystem system)
    {
        var date = (await system.MorningAsync()).InZone(Shanghai).Date;
        return new DutyScene(system, date.PlusMonths(1).With(DateAdjusters.StartOfMonth));
    }

    /// <summary>Somebody new.</summary>
    public async Task<string> AppointAsync(string role = "customerServiceOfficer", string place = "demo", string scope = "project")
    {
        var code = $"duty.{Interlocked.Increment(ref people)}";
        (await system.Admin.PostAsync("/api/v1/staff", new { code, name = "某人", subject = code })).Is(201);
        (await system.Admin.PostAsync($"/api/v1/staff/{code}/roles", new { role, scope, place })).Is(201);
        return code;
    }

    public async Task<string[]> AppointAsync(int count) => [.. await Task.WhenAll(Enumerable.Range(0, count).Select(_ => AppointAsync()))];

    /// <summary>A draft in which each shift needs one each day.</summary>
    public async Task DraftAsync(string project = "demo", params string[] shifts) => (await system.Admin.PostAsync("/api/v1/rosters", new
    {
        project, month = Month, shifts = (shifts.Length == 0 ? ["day", "evening"] : shifts).Select(shift => new { shift, workingDays = 1, daysOff = 1 }),
    })).Is(201);

    public Task<Reply> ActAsync(string noun, object? body = null, string project = "demo") => system.Admin.PostAsync($"/api/v1/rosters/{project}/{Month}/{noun}", body);

    public async Task<Reply> RosterAsync(string project = "demo") => (await system.Admin.GetAsync($"/api/v1/rosters/{project}/{Month}")).Is(200);

    /// <summary>Who has this shift on this day: assignment and staff code.</summary>
    public async Task<(Guid Id, string Staff)[]> PeopleAsync(string shift, int day, string project = "demo") =>
        [.. Slot(await RosterAsync(project), shift, day).GetProperty("people").EnumerateArray().Select(p => (p.GetProperty("id").GetGuid(), p.GetProperty("staff").GetString()!))];

    public JsonElement Slot(Reply roster, string shift, int day) => roster.Json.GetProperty("slots").EnumerateArray()
        .Single(s => s.GetProperty("shift").GetString() == shift && s.GetProperty("date").GetString() == Date(day));

    /// <summary>A published roster in which these people take turns.</summary>
    public async Task PublishedAsync(params string[] staff)
    {
        await DraftAsync();
        (await ActAsync("generation", new { groups = new[] { new { people = staff, shifts = new[] { "day", "evening" } } } })).Is(200).Json.GetProperty("uncovered").GetArrayLength().ShouldBe(0);
        (await ActAsync("publication")).Is(200);
        await system.Admin.SettleAsync();
    }

    /// <summary>A published roster in which one shift of one day needs somebody, and these have it.</summary>
    public async Task PublishedForAsync(string shift, int day, params string[] staff)
    {
        (await system.Admin.PostAsync("/api/v1/rosters", new
        {
            project = "demo", month = Month, shifts = new[] { new { shift, workingDays = 0, daysOff = 0 } }, days = new[] { new { date = Date(day), shift, needed = Math.Max(1, staff.Length) } },
        })).Is(201);
        if (staff.Length > 0) (await ActAsync("assignments", new { remove = Array.Empty<Guid>(), add = staff.Select(s => new { shift, date = Date(day), staff = s }) })).Is(200);
        (await ActAsync("publication")).Is(200);
        await system.Admin.SettleAsync();
    }

    public string Date(int day) => LocalDatePattern.Iso.Format(First.PlusDays(day - 1));

    /// <summary>An instant of the month by the wall clock of Shanghai.</summary>
    public Instant At(int day, int hour, int minute = 0) => First.PlusDays(day - 1).At(new LocalTime(hour, minute)).InZoneStrictly(Shanghai).ToInstant();

    public static string Write(Instant instant) => InstantPattern.ExtendedIso.Format(instant);

    /// <summary>Who is on duty at an instant.</summary>
    public async Task<string[]> OnDutyAsync(Instant at) =>
        [.. (await system.Admin.GetAsync($"/api/v1/duty?project=demo&at={Write(at)}")).Is(200).Json.GetProperty("people").EnumerateArray().Select(p => p.GetProperty("staff").GetString()!)];

    public async Task<(string Shift, string Date, Instant From, Instant Until, int Missing)[]> GapsAsync() =>
    [
        .. (await system.Admin.GetAsync($"/api/v1/rosters/demo/{Month}/gaps")).Is(200).Json.GetProperty("gaps").EnumerateArray().Select(g => (
            g.GetProperty("shift").GetString()!, g.GetProperty("date").GetString()!, InstantOf(g, "from"), InstantOf(g, "until"), g.GetProperty("missing").GetInt32())),
    ];

    public static Instant InstantOf(JsonElement json, string name) => InstantPattern.ExtendedIso.Parse(json.GetProperty(name).GetString()!).GetValueOrThrow();

    /// <summary>Asks for leave.</summary>
    public async Task<Reply> AskLeaveAsync(string staff, Instant from, Instant until) =>
        await (await system.SignInAsync(staff)).PostAsync("/api/v1/leave-requests", new { project = "demo", kind = "sick", startsAt = Write(from), endsAt = Write(until), reason = "发烧" });

    /// <summary>How many notices of a kind there are about the shifts of this month, for the manager of the area.</summary>
    public async Task<long> ToldAsync(string kind, string staff = "demo.manager")
    {
        await system.Admin.SettleAsync();
        return await system.ScalarAsync<long>(
            "SELECT count(*) FROM organization.notifications n LEFT JOIN organization.shift_slots s ON s.id = n.subject_id LEFT JOIN organization.rosters r ON r.id IN (s.roster, n.subject_id) WHERE n.kind = $1 AND n.staff = $2 AND r.month = $3",
            kind, staff, First.ToDateOnly());
    }
}
