using Crm.FollowUps;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>FUP-07: when a customer may be called, by the wall clock of the project.</summary>
[Trait("Rule", "FUP-07")]
public sealed class CallingHoursTests
{
    private static readonly Attempts Policy = FollowUpPolicies.Attempts.Default;

    [Theory]
    [InlineData("2026-03-02T08:59:59.999999", false)]
    [InlineData("2026-03-02T09:00:00", true)]
    [InlineData("2026-03-02T19:59:59.999999", true)]
    [InlineData("2026-03-02T20:00:00", false)]
    [InlineData("2026-03-02T00:00:00", false)]
    [InlineData("2026-03-01T12:00:00", true)] // Sundays too
    public void They_begin_at_nine_and_end_before_twenty(string local, bool open) =>
        CallingHours.Include(InShanghai(local), Policy, Shanghai).ShouldBe(open);

    [Theory]
    [InlineData("2026-03-02T08:59:59.999999", "2026-03-02T09:00:00")]
    [InlineData("2026-03-02T09:00:00", "2026-03-02T09:00:00")]
    [InlineData("2026-03-02T19:59:59.999999", "2026-03-02T19:59:59.999999")]
    [InlineData("2026-03-02T20:00:00", "2026-03-03T09:00:00")]
    [InlineData("2026-02-28T23:30:00", "2026-03-01T09:00:00")]
    [InlineData("2026-12-31T23:59:59.999999", "2027-01-01T09:00:00")]
    public void From_an_instant_outside_the_next_opening_counts(string local, string opening) =>
        CallingHours.NextFrom(InShanghai(local), Policy, Shanghai).ShouldBe(InShanghai(opening));

    [Theory]
    [InlineData("2026-03-02T10:00:00", "2026-03-02T12:00:00", "2026-03-02T14:00:00")]
    [InlineData("2026-03-02T09:00:00", "2026-03-02T11:00:00", "2026-03-02T13:00:00")]
    [InlineData("2026-03-02T16:30:00", "2026-03-02T18:30:00", "2026-03-02T20:00:00")] // due when the hours end
    [InlineData("2026-03-02T17:59:59.999999", "2026-03-02T19:59:59.999999", "2026-03-02T20:00:00")]
    [InlineData("2026-03-02T18:00:00", "2026-03-03T09:00:00", "2026-03-03T11:00:00")] // over midnight
    [InlineData("2026-03-02T19:59:59.999999", "2026-03-03T09:00:00", "2026-03-03T11:00:00")]
    [InlineData("2026-03-02T23:00:00", "2026-03-03T09:00:00", "2026-03-03T11:00:00")]
    [InlineData("2026-03-02T06:00:00", "2026-03-02T09:00:00", "2026-03-02T11:00:00")]
    public void The_next_attempt_opens_a_spacing_later_and_is_due_a_spacing_after_that_or_at_closing(string attempt, string opens, string due) =>
        CallingHours.NextAttempt(InShanghai(attempt), Policy, Shanghai).ShouldBe((InShanghai(opens), InShanghai(due)));

    [Fact]
    public void Hours_until_midnight_end_at_midnight()
    {
        var late = Policy with { ToHour = 24 };
        CallingHours.Include(InShanghai("2026-03-02T23:59:59.999999"), late, Shanghai).ShouldBeTrue();
        CallingHours.NextAttempt(InShanghai("2026-03-02T21:00:00"), late, Shanghai).ShouldBe((InShanghai("2026-03-02T23:00:00"), InShanghai("2026-03-03T00:00:00")));
    }

    [Fact]
    public void The_whole_day_has_no_gap_at_midnight()
    {
        var always = Policy with { FromHour = 0, ToHour = 24 };
        CallingHours.NextAttempt(InShanghai("2026-03-02T23:00:00"), always, Shanghai).OpensAt.ShouldBe(InShanghai("2026-03-03T01:00:00"));
    }

    [Theory]
    [InlineData("Europe/Berlin")] // 02:30 does not exist on 2026-03-29, and exists twice on 2026-10-25
    [InlineData("America/Sao_Paulo")]
    [InlineData("Asia/Shanghai")]
    public void Whatever_the_zone_and_the_policy_an_attempt_opens_in_hours_and_is_due_by_their_end(string zoneId)
    {
        var zone = DateTimeZoneProviders.Tzdb[zoneId];
        var cases = from minute in Gen.Choose(0, 60 * 24 * 365)
                    from fromHour in Gen.Choose(0, 22)
                    from hours in Gen.Choose(1, 24)
                    from spacing in Gen.Choose(1, 600)
                    select (At: Utc("2026-01-01T00:00:00Z") + Minutes(minute), Policy: new Attempts(3, Minutes(spacing), fromHour, Math.Min(24, fromHour + hours)));
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var (opens, due) = CallingHours.NextAttempt(c.At, c.Policy, zone);
            // Where a change of summer time swallows the whole opening hour there is nothing to open in.
            if (zone.GetZoneInterval(opens).HasStart && opens == zone.GetZoneInterval(opens).Start) return;
            CallingHours.Include(opens, c.Policy, zone).ShouldBeTrue($"{c} opens {opens}");
            opens.ShouldBeGreaterThanOrEqualTo(c.At + c.Policy.Spacing);
            due.ShouldBeGreaterThan(opens);
            due.ShouldBeLessThanOrEqualTo(opens + c.Policy.Spacing);
            CallingHours.Include(due - Microsecond, c.Policy, zone).ShouldBeTrue($"{c} due {due}");
        }).QuickCheckThrowOnFailure();
    }
}
