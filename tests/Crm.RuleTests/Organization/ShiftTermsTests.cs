using Crm.Organization.Duty;
using NodaTime;
using Shouldly;

namespace Crm.RuleTests;

/// <summary>ORG-04: what counts for a shift on a day.</summary>
[Trait("Rule", "ORG-04")]
public sealed class ShiftTermsTests
{
    [Fact]
    public void The_latest_that_has_begun_counts_and_of_two_for_one_day_the_one_said_last()
    {
        var shift = new Shift { Project = "demo", Code = "day" };
        Say(shift, 8, new(2026, 3, 1));
        Say(shift, 9, new(2026, 4, 1));
        Say(shift, 7, new(2026, 3, 15));
        Say(shift, 10, new(2026, 4, 1));
        shift.On(new(2026, 2, 28)).ShouldBeNull();
        shift.On(new(2026, 3, 1))!.Begins.Hour.ShouldBe(8);
        shift.On(new(2026, 3, 14))!.Begins.Hour.ShouldBe(8);
        shift.On(new(2026, 3, 15))!.Begins.Hour.ShouldBe(7);
        shift.On(new(2026, 3, 31))!.Begins.Hour.ShouldBe(7);
        shift.On(new(2026, 4, 1))!.Begins.Hour.ShouldBe(10);
        (shift.Version, shift.Terms.Count).ShouldBe((4, 4));
    }

    [Fact]
    public void The_last_day_still_has_the_shift_and_the_next_has_none()
    {
        var shift = new Shift { Project = "demo", Code = "day" };
        Say(shift, 8, new(2026, 3, 1));
        Say(shift, 8, new(2026, 3, 10), until: new(2026, 3, 20));
        shift.On(new(2026, 3, 20)).ShouldNotBeNull();
        shift.On(new(2026, 3, 21)).ShouldBeNull();
    }

    [Fact]
    public void A_project_begins_with_day_evening_and_regular() =>
        StandardShifts.Of("demo").Select(s => (s.Code, s.On(new(2026, 3, 2))!.Hours)).ShouldBe(
            [("day", new ShiftHours(new(8, 0), new(17, 0))), ("evening", new ShiftHours(new(17, 0), new(1, 0))), ("regular", new ShiftHours(new(9, 0), new(18, 0)))]);

    private static void Say(Shift shift, int begins, LocalDate from, LocalDate? until = null) =>
        shift.Say(new("日班", "Day"), new ShiftHours(new(begins, 0), new(17, 0)), from, until, "demo.manager", NodaConstants.UnixEpoch);
}
