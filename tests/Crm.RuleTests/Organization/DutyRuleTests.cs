using Crm.Organization.Duty;
using NodaTime;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>ORG-04: extending shifts, leave, swaps, and telling of open hours.</summary>
[Trait("Rule", "ORG-04")]
public sealed class DutyRuleTests
{
    private static readonly Instant Start = InShanghai("2026-03-02T17:00:00"), End = InShanghai("2026-03-03T01:00:00");
    private static readonly Interval Evening = new(Start, End);

    [Fact]
    public void Only_a_running_shift_is_extended_up_to_the_limit()
    {
        Extend(now: Start, until: End + Microsecond);
        Extend(now: End - Microsecond, until: End + Hours(4));
        Refused.By("ORG-04", () => Extend(now: Start - Microsecond, until: End + Hours(1)));
        Refused.By("ORG-04", () => Extend(now: End, until: End + Hours(1)));
        Refused.By("ORG-04", () => Extend(now: Start, until: End));
        Refused.By("ORG-04", () => Extend(now: Start, until: End + Hours(4) + Microsecond), "until <= 2026-03-02T21:00:00Z");
        // Extended once, it runs until then, and can be extended again.
        DutyRule.EnsureMayExtend(Evening, End + Hours(1), End + Hours(2), Hours(4), now: End + Minutes(59));
        Refused.By("ORG-04", () => DutyRule.EnsureMayExtend(Evening, End + Hours(1), End + Hours(1), Hours(4), now: End + Minutes(59)));

        void Extend(Instant now, Instant until) => DutyRule.EnsureMayExtend(Evening, End, until, Hours(4), now);
    }

    [Fact]
    public void Leave_is_decided_once_and_never_by_oneself()
    {
        Refused.By("ORG-04", () => Leave().Sign("demo.officer", Start));
        Refused.By("ORG-04", () => Leave().Refuse([], "demo.officer", Start));
        var leave = Leave();
        leave.Sign("demo.manager", Start);
        (leave.Status, leave.DecidedBy, leave.DecidedAt, leave.Version).ShouldBe((LeaveStatus.Signed, "demo.manager", Start, 2));
        Refused.By("ORG-04", () => leave.Sign("demo.manager", Start));
        Refused.By("ORG-04", () => leave.Refuse([], "demo.manager", Start));
        leave.Raised.OfType<LeaveDecided>().ShouldHaveSingleItem().IsSigned.ShouldBeTrue();
    }

    [Fact]
    public void Leave_is_withdrawn_until_it_is_over()
    {
        Leave().Withdraw(Start).ShouldBeFalse("nobody had signed it");
        var signed = Leave();
        signed.Sign("demo.manager", Start);
        Refused.By("ORG-04", () => signed.Withdraw(End));
        signed.Withdraw(End - Microsecond).ShouldBeTrue();
        Refused.By("ORG-04", () => signed.Withdraw(Start));
        var refused = Leave();
        refused.Refuse([], "demo.manager", Start);
        Refused.By("ORG-04", () => refused.Withdraw(Start));
    }

    [Fact]
    public void A_swap_is_answered_by_the_other_then_decided_by_neither_of_the_two()
    {
        Refused.By("ORG-04", () => Swap().Decide(approves: true, "demo.manager", Start), "answer", "withdrawal");
        var swap = Swap();
        swap.Answer(agrees: true, Start);
        Refused.By("ORG-04", () => swap.Answer(agrees: true, Start), "approval", "refusal", "withdrawal");
        foreach (var party in new[] { "demo.officer", "demo.desk" }) Refused.By("ORG-04", () => swap.Decide(approves: true, party, Start));
        swap.Decide(approves: true, "demo.manager", Start);
        Refused.By("ORG-04", () => swap.Decide(approves: false, "demo.manager", Start));
        Refused.By("ORG-04", swap.Withdraw);
        var declined = Swap();
        declined.Answer(agrees: false, Start);
        Refused.By("ORG-04", () => declined.Decide(approves: true, "demo.manager", Start));
        Refused.By("ORG-04", declined.Withdraw);
    }

    [Fact]
    public void Open_hours_are_told_once_and_again_before_they_begin_and_when_more_of_them_open()
    {
        var (slot, day) = (Slot(), Hours(24));
        var now = Start - Days(7);
        slot.Review([], day, now);
        (slot.Raised.Count, slot.RemindAt).ShouldBe((0, null));
        slot.Review([new Gap(Start, End, 2, 1)], day, now);
        slot.Review([new Gap(Start, End, 2, 1)], day, now);
        slot.Raised.OfType<ShiftUncovered>().ShouldHaveSingleItem().Missing.ShouldBe(1);
        slot.RemindAt.ShouldBe(Start - day);
        slot.Review([new Gap(Start, End, 2, 0)], day, now);
        slot.Raised.OfType<ShiftUncovered>().Count().ShouldBe(2, "more of them open");
        slot.Remind([new Gap(Start, End, 2, 0)], Start - day);
        (slot.RemindAt, slot.Raised.OfType<ShiftUncoveredSoon>().Count()).ShouldBe((null, 1));
        slot.Review([new Gap(Start, End, 2, 0)], day, Start - day);
        slot.RemindAt.ShouldBeNull("they are told already");
        slot.Review([], day, Start - day);
        slot.Review([new Gap(Start, End, 2, 1)], day, Start - Hours(1));
        slot.Raised.OfType<ShiftUncovered>().Count().ShouldBe(3, "it was covered in between");
    }

    [Fact]
    public void What_is_over_is_told_to_nobody_and_what_begins_within_the_time_ahead_is_told_once()
    {
        var over = Slot();
        over.Review([new Gap(Start, End, 1, 0)], Hours(24), End);
        (over.Raised.Count, over.RemindAt).ShouldBe((0, null));
        var ending = Slot();
        ending.Review([new Gap(Start, End, 1, 0)], Hours(24), End - Microsecond);
        ending.Raised.Count.ShouldBe(1);
        var near = Slot();
        near.Review([new Gap(Start, End, 1, 0)], Hours(24), Start - Hours(24));
        near.RemindAt.ShouldBeNull();
        var far = Slot();
        far.Review([new Gap(Start, End, 1, 0)], Hours(24), Start - Hours(24) - Microsecond);
        far.RemindAt.ShouldBe(Start - Hours(24));
    }

    [Fact]
    public void A_roster_is_published_once()
    {
        var roster = new Roster { Project = "demo", Month = new(2026, 3, 1), Needs = new([], []) };
        Refused.By("ORG-04", roster.EnsurePublished, "assignments", "generation", "publication");
        roster.Publish(["demo.officer"], Start);
        Refused.By("ORG-04", () => roster.Publish([], Start), "correction", "swap");
        roster.Raised.OfType<RosterPublished>().ShouldHaveSingleItem().Month.ShouldBe("2026-03");
    }

    [Fact]
    public void A_day_of_its_own_wins_over_working_days_and_days_off()
    {
        var needs = new RosterNeeds([new("day", 2, 1)], [new(new(2026, 3, 2), "day", 5), new(new(2026, 3, 3), "evening", 1)]);
        (needs.Needed("day", new(2026, 3, 2), true), needs.Needed("day", new(2026, 3, 3), true), needs.Needed("day", new(2026, 3, 7), false), needs.Needed("evening", new(2026, 3, 3), true), needs.Needed("evening", new(2026, 3, 4), true))
            .ShouldBe((5, 2, 1, 1, 0));
    }

    private static ShiftSlot Slot() => new() { Roster = Guid.NewGuid(), Project = "demo", Shift = "evening", Date = new(2026, 3, 2), StartsAt = Start, EndsAt = End, Needed = 2, AfterHours = true };

    private static LeaveRequest Leave() => new() { Staff = "demo.officer", Project = "demo", Kind = LeaveKind.Annual, StartsAt = Start, EndsAt = End, AskedAt = Start - Days(1) };

    private static ShiftSwap Swap() => new() { Project = "demo", Offered = Guid.NewGuid(), Wanted = null, AskedBy = "demo.officer", Other = "demo.desk", AskedAt = Start - Days(1) };
}
