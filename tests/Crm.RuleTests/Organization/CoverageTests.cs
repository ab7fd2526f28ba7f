using Crm.Organization.Duty;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Shouldly;
using static Crm.RuleTests.Calendar;
using Interval = NodaTime.Interval;

namespace Crm.RuleTests;

/// <summary>ORG-04: which hours are not covered.</summary>
[Trait("Rule", "ORG-04")]
public sealed class CoverageTests
{
    private static readonly Instant Eight = InShanghai("2026-03-02T08:00:00"), Noon = InShanghai("2026-03-02T12:00:00"), Five = InShanghai("2026-03-02T17:00:00");
    private static readonly Interval Shift = new(Eight, Five);

    [Fact]
    public void Enough_people_for_the_whole_shift_leave_nothing_open()
    {
        Coverage.Gaps(Shift, 1, [Shift]).ShouldBeEmpty();
        Coverage.Gaps(Shift, 2, [Shift, new(Eight - Hours(1), Five + Hours(3))]).ShouldBeEmpty();
        Coverage.Gaps(Shift, 0, []).ShouldBeEmpty();
        Coverage.Gaps(Shift, 1, [new(Eight, Noon), new(Noon, Five)]).ShouldBeEmpty("one goes as the other comes");
    }

    [Fact]
    public void A_microsecond_that_nobody_covers_is_open()
    {
        Coverage.Gaps(Shift, 1, [new(Eight, Noon), new(Noon + Microsecond, Five)]).ShouldBe([new Gap(Noon, Noon + Microsecond, 1, 0)]);
        Coverage.Gaps(Shift, 1, [new(Eight + Microsecond, Five)]).ShouldBe([new Gap(Eight, Eight + Microsecond, 1, 0)]);
        Coverage.Gaps(Shift, 1, [new(Eight, Five - Microsecond)]).ShouldBe([new Gap(Five - Microsecond, Five, 1, 0)]);
    }

    [Fact]
    public void Stretches_with_as_many_missing_are_one_and_others_are_told_apart()
    {
        Coverage.Gaps(Shift, 2, []).ShouldBe([new Gap(Eight, Five, 2, 0)]);
        Coverage.Gaps(Shift, 2, [new(Eight, Noon), new(Noon, Five)]).ShouldBe([new Gap(Eight, Five, 2, 1)]);
        Coverage.Gaps(Shift, 2, [new(Noon, Five)]).ShouldBe([new Gap(Eight, Noon, 2, 0), new Gap(Noon, Five, 2, 1)]);
        Coverage.Gaps(Shift, 2, [new(Noon, Five)]).MissingTime().ShouldBe(Hours(4 * 2 + 5));
    }

    [Fact]
    public void Leave_is_taken_out_of_a_shift()
    {
        Shift.Without([]).ShouldBe([Shift]);
        Shift.Without([new(Noon, Noon + Hours(1))]).ShouldBe([new(Eight, Noon), new(Noon + Hours(1), Five)]);
        Shift.Without([new(Eight - Hours(1), Noon), new(Noon - Hours(1), Noon + Hours(1))]).ShouldBe([new(Noon + Hours(1), Five)]);
        Shift.Without([new(Eight, Five)]).ShouldBeEmpty();
        Shift.Without([new(Five, Five + Hours(1)), new(Eight - Hours(1), Eight)]).ShouldBe([Shift], "what only touches takes nothing");
    }

    [Fact]
    public void Minute_by_minute_the_gaps_are_where_too_few_are_there() => Prop.ForAll(
        Arb.From(Gen.Zip(Gen.Zip(Gen.Choose(-10, 100), Gen.Choose(-10, 100)).Select(p => new Interval(Eight + Minutes(Math.Min(p.Item1, p.Item2) * 6), Eight + Minutes(Math.Max(p.Item1, p.Item2) * 6))).ListOf(), Gen.Choose(0, 4))),
        given =>
        {
            var (present, needed) = (given.Item1.ToArray(), given.Item2);
            var gaps = Coverage.Gaps(Shift, needed, present);
            for (var minute = Eight; minute < Five; minute += Minutes(1))
            {
                var there = present.Count(p => p.Contains(minute));
                var gap = gaps.SingleOrDefault(g => g.From <= minute && minute < g.Until);
                if ((there < needed) != (gap is not null) || (gap is not null && gap.Present != there)) return false;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
}
