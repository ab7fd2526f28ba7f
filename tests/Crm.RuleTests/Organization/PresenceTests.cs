using Crm.Organization.Contracts;
using Crm.Organization.Presence;
using NodaTime;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>ORG-04: who is doing what since when, and who forgot to sign off.</summary>
[Trait("Rule", "ORG-04")]
public sealed class PresenceTests
{
    private static readonly PresenceLimits Limits = PresencePolicies.Limits.Default;
    private static readonly Instant Morning = InShanghai("2026-03-02T08:00:00");
    private static readonly PresenceReport OnDuty = new(PresenceState.OnDuty, Reason: null, "demo"), Busy = OnDuty with { State = PresenceState.WithCustomer }, Off = OnDuty with { State = PresenceState.Off },
        Lunch = new(PresenceState.Away, AwayReason.Meal, "demo");

    [Fact]
    public void The_defaults_are_twelve_hours_of_silence_and_four_in_the_morning()
    {
        Limits.ShouldBe(new PresenceLimits(Hours(12), new LocalTime(4, 0)));
        PresencePolicies.Limits.Accepts("""{"silence":"PT24H","dayEnds":"00:00"}""").ShouldBeTrue();
        PresencePolicies.Limits.Accepts("""{"silence":"PT24H0.000001S","dayEnds":"00:00"}""").ShouldBeFalse();
        PresencePolicies.Limits.Accepts("""{"silence":"PT0S","dayEnds":"00:00"}""").ShouldBeFalse();
    }

    [Fact]
    public void Whichever_comes_first_sets_somebody_off_the_silence_or_the_end_of_the_day()
    {
        Limits.OffAt(Morning, Shanghai).ShouldBe(InShanghai("2026-03-02T20:00:00"));
        Limits.OffAt(InShanghai("2026-03-02T16:00:00"), Shanghai).ShouldBe(InShanghai("2026-03-03T04:00:00"), "both at once");
        Limits.OffAt(InShanghai("2026-03-02T17:00:00"), Shanghai).ShouldBe(InShanghai("2026-03-03T04:00:00"), "the evening shift, over midnight");
        Limits.OffAt(InShanghai("2026-03-03T00:59:00"), Shanghai).ShouldBe(InShanghai("2026-03-03T04:00:00"));
        Limits.OffAt(InShanghai("2026-03-03T04:00:00") - Microsecond, Shanghai).ShouldBe(InShanghai("2026-03-03T04:00:00"));
        Limits.OffAt(InShanghai("2026-03-03T04:00:00"), Shanghai).ShouldBe(InShanghai("2026-03-03T16:00:00"), "belongs to the next day");
    }

    [Fact]
    public void The_end_of_the_day_is_one_of_the_wall_also_when_the_clock_is_changed()
    {
        var berlin = DateTimeZoneProviders.Tzdb["Europe/Berlin"];
        // On 29 March 2026 the clocks there go from 02:00 to 03:00.
        new PresenceLimits(Hours(24), new LocalTime(2, 30)).OffAt(Utc("2026-03-28T20:00:00Z"), berlin).ShouldBe(Utc("2026-03-29T01:30:00Z"));
        new PresenceLimits(Hours(24), new LocalTime(4, 0)).OffAt(Utc("2026-03-28T20:00:00Z"), berlin).ShouldBe(Utc("2026-03-29T02:00:00Z"));
    }

    [Fact]
    public void Who_falls_silent_is_on_duty_to_the_last_microsecond_and_off_from_the_instant_on()
    {
        var person = At(Morning, OnDuty).Person;
        var off = Morning + Hours(12);
        person.At(off - Microsecond).ShouldBe(new PresenceNow(PresenceState.OnDuty, null, "demo", Morning, ByRule: false));
        person.At(off).ShouldBe(new PresenceNow(PresenceState.Off, null, "demo", off, ByRule: true));
        person.At(off + Days(30)).ShouldBe(new PresenceNow(PresenceState.Off, null, "demo", off, ByRule: true));
    }

    [Fact]
    public void Saying_the_same_again_begins_nothing_new_and_is_a_sign_of_life()
    {
        var (person, _) = At(Morning, OnDuty);
        person.Say(OnDuty, Limits, Shanghai, Morning + Hours(3), "demo.officer").ShouldBeEmpty();
        (person.Since, person.OffAt, person.Changes).ShouldBe((Morning, Morning + Hours(15), 1));
        person.Say(Lunch, Limits, Shanghai, Morning + Hours(4), "demo.officer").ShouldHaveSingleItem();
        person.Say(Lunch with { Reason = AwayReason.Rest }, Limits, Shanghai, Morning + Hours(5), "demo.officer").ShouldHaveSingleItem().Reason.ShouldBe(AwayReason.Rest);
        person.Say(OnDuty with { Project = "harbour" }, Limits, Shanghai, Morning + Hours(5), "demo.officer").ShouldHaveSingleItem().Project.ShouldBe("harbour");
    }

    [Fact]
    public void What_the_rule_did_is_written_down_with_the_next_word_dated_at_its_instant()
    {
        var (person, first) = At(Morning, OnDuty);
        var back = Morning + Days(1);
        var changes = person.Say(OnDuty, Limits, Shanghai, back, "demo.officer");
        changes.Select(c => (c.Number, c.State, c.At, c.By)).ShouldBe([(2, PresenceState.Off, Morning + Hours(12), "rule:ORG-04"), (3, PresenceState.OnDuty, back, "demo.officer")]);

        var late = At(Morning, OnDuty).Person;
        late.Say(Off, Limits, Shanghai, back, "demo.officer").ShouldHaveSingleItem().At.ShouldBe(Morning + Hours(12), "off already: saying so adds nothing");
        late.At(back).ShouldBe(new PresenceNow(PresenceState.Off, null, "demo", Morning + Hours(12), ByRule: false));
        first.Count.ShouldBe(1);
    }

    [Fact]
    public void Time_does_not_go_back_where_a_hosts_clock_is_behind()
    {
        var (person, _) = At(Morning, OnDuty);
        person.Say(Busy, Limits, Shanghai, Morning - Minutes(1), "demo.officer").ShouldHaveSingleItem().At.ShouldBe(Morning);
    }

    [Fact]
    public void The_intervals_of_a_history_meet_without_a_gap_and_one_is_open()
    {
        var (person, changes) = At(Morning, OnDuty);
        foreach (var (report, minutes) in new[] { (Busy, 30), (OnDuty, 45), (Lunch, 240), (Off, 600) }) changes.AddRange(person.Say(report, Limits, Shanghai, Morning + Minutes(minutes), "demo.officer"));
        var intervals = PresenceTimeline.Of(changes, person, Morning + Days(2));
        intervals.Zip(intervals.Skip(1)).ShouldAllBe(pair => pair.First.Until == pair.Second.From);
        intervals.Where(i => i.Until is null).ShouldHaveSingleItem().State.ShouldBe(PresenceState.Off);

        var day = new Interval(InShanghai("2026-03-02T00:00:00"), InShanghai("2026-03-03T00:00:00"));
        Time(PresenceState.OnDuty).ShouldBe(Minutes(30 + 195));
        Time(PresenceState.WithCustomer).ShouldBe(Minutes(15));
        Time(PresenceState.Away).ShouldBe(Minutes(360));
        intervals.TimeIn(PresenceState.WithCustomer, day, Morning + Minutes(40)).ShouldBe(Minutes(10), "as far as it has come");
        intervals.TimeIn(PresenceState.OnDuty, new Interval(Morning + Minutes(10), Morning + Minutes(20)), Morning + Days(2)).ShouldBe(Minutes(10), "what lies outside is cut off");

        Duration Time(PresenceState state) => intervals.TimeIn(state, day, Morning + Days(2));
    }

    [Fact]
    public void A_history_ends_where_a_rule_has_set_somebody_off_also_before_that_is_written()
    {
        var (person, changes) = At(Morning, OnDuty);
        var off = Morning + Hours(12);
        PresenceTimeline.Of(changes, person, off - Microsecond).ShouldHaveSingleItem().Until.ShouldBeNull();
        PresenceTimeline.Of(changes, person, off).Select(i => (i.State, i.From, i.Until)).ShouldBe([(PresenceState.OnDuty, Morning, off), (PresenceState.Off, off, null)]);
    }

    private static (PersonPresence Person, List<PresenceChange> Changes) At(Instant now, PresenceReport report)
    {
        var person = new PersonPresence { Staff = "demo.officer" };
        return (person, [.. person.Say(report, Limits, Shanghai, now, "demo.officer")]);
    }
}
