using Crm.Organization.Announcements;
using Crm.Organization.Contracts;
using Crm.Shared.Failures;
using NodaTime;
using Shouldly;

namespace Crm.RuleTests;

/// <summary>ORG-15: how an announcement lives: a draft, published for its time, corrected, withdrawn.</summary>
[Trait("Rule", "ORG-15")]
public sealed class AnnouncementLifeTests
{
    private static readonly Instant Now = Instant.FromUtc(2026, 3, 2, 2, 0);
    private static readonly Duration Hour = Duration.FromHours(1);
    private static readonly Duration Microsecond = Duration.FromNanoseconds(1_000);
    private static readonly AnnouncementText Text = new("停水通知", "周六清洗水箱", null, null);

    [Fact]
    public void It_can_be_read_from_its_beginning_up_to_and_without_its_end()
    {
        var it = Draft();
        it.StateAt(Now).ShouldBe(AnnouncementState.Draft);
        it.Publish(Now + Hour, Now + 2 * Hour, "wang", Now);
        it.StateAt(Now + Hour - Microsecond).ShouldBe(AnnouncementState.Scheduled);
        it.StateAt(Now + Hour).ShouldBe(AnnouncementState.Published);
        it.StateAt(Now + 2 * Hour - Microsecond).ShouldBe(AnnouncementState.Published);
        it.StateAt(Now + 2 * Hour).ShouldBe(AnnouncementState.Ended);
    }

    [Fact]
    public void Without_an_instant_it_is_published_now_and_without_an_end_for_good()
    {
        var it = Draft();
        it.Publish(from: null, until: null, "wang", Now).ShouldSatisfyAllConditions(e => e.Number.ShouldBe(1), e => e.Title.ShouldBe(Text.Title), e => e.Correction.ShouldBeNull(), e => e.By.ShouldBe("wang"));
        (it.PublishedFrom, it.StateAt(Now), it.StateAt(Now + Duration.FromDays(3_650))).ShouldBe((Now, AnnouncementState.Published, AnnouncementState.Published));
        it.AnnouncedAt.ShouldBe(Now);
        it.Raised.ShouldBe([new AnnouncementPublished(it.Id, 1, it.Raised.Cast<AnnouncementPublished>().Single().Projects, ToStaff: true) { OccurredAt = Now }]);
        it.Raised.Cast<AnnouncementPublished>().Single().Projects.ShouldBe(["demo"]);
    }

    [Fact]
    public void It_begins_neither_in_the_past_nor_after_its_end()
    {
        Should.Throw<Malformed>(() => Draft().Publish(Now - Microsecond, null, "wang", Now)).Errors.Keys.ShouldBe(["from"]);
        Should.Throw<Malformed>(() => Draft().Publish(null, Now, "wang", Now)).Errors.Keys.ShouldBe(["until"]);
        Should.Throw<Malformed>(() => Draft().Publish(Now + Hour, Now + Hour, "wang", Now)).Errors.Keys.ShouldBe(["until"]);
        Draft().Publish(Now, Now + Microsecond, "wang", Now).Number.ShouldBe(1);
    }

    [Fact]
    public void Staff_are_told_once_and_not_before_its_beginning()
    {
        var it = Draft();
        it.Publish(Now + Hour, null, "wang", Now);
        it.Announce(Now + Hour - Microsecond);
        (it.AnnouncedAt, it.Raised.Count).ShouldBe((null, 0));
        it.Announce(Now + 3 * Hour);
        it.Announce(Now + 4 * Hour);
        it.AnnouncedAt.ShouldBe(Now + 3 * Hour);
        it.Raised.ShouldHaveSingleItem().OccurredAt.ShouldBe(Now + Hour, "it happened when it could be read, however late that is told");
    }

    [Fact]
    public void What_has_ended_or_was_withdrawn_before_anybody_was_told_is_not_told()
    {
        var ended = Draft();
        ended.Publish(Now + Hour, Now + 2 * Hour, "wang", Now);
        ended.Announce(Now + 2 * Hour);
        (ended.AnnouncedAt, ended.Raised.Count).ShouldBe((Now + 2 * Hour, 0));

        var withdrawn = Draft();
        withdrawn.Publish(Now + Hour, null, "wang", Now);
        withdrawn.Withdraw("改期", Now);
        withdrawn.Announce(Now + Hour);
        (withdrawn.AnnouncedAt, withdrawn.Raised.Count).ShouldBe((null, 0));
    }

    [Fact]
    public void Only_a_draft_is_edited_and_what_is_published_is_corrected_by_a_new_edition_that_says_so()
    {
        var it = Draft();
        Refused.By("ORG-15", () => it.Correct(Text, "日期", "wang", Now), "edit", "publication", "withdrawal");
        it.Edit(Address, Text with { Title = "改" });
        it.Version.ShouldBe(2);
        it.Publish(null, Now + 2 * Hour, "wang", Now);
        Refused.By("ORG-15", () => it.Edit(Address, Text), "correction", "withdrawal");
        Refused.By("ORG-15", () => it.Publish(null, null, "wang", Now), "correction", "withdrawal");

        var second = it.Correct(Text with { Body = "周日清洗水箱" }, "日期改为周日", "zhou", Now + Hour);
        (second.Number, second.Body, second.Correction, second.By, second.At).ShouldBe((2, "周日清洗水箱", "日期改为周日", "zhou", Now + Hour));
        (it.Edition, it.Body, it.Correction, it.CorrectedAt, it.PublishedFrom).ShouldBe((2, "周日清洗水箱", "日期改为周日", Now + Hour, Now));
        it.Raised.Select(e => e.GetType()).ShouldBe([typeof(AnnouncementPublished), typeof(AnnouncementCorrected)]);
        Refused.By("ORG-15", () => it.Correct(Text, "太迟", "zhou", Now + 2 * Hour), "correction", "withdrawal");
    }

    [Fact]
    public void A_correction_before_the_beginning_tells_nobody()
    {
        var it = Draft();
        it.Publish(Now + Hour, null, "wang", Now);
        it.Correct(Text, "日期", "wang", Now);
        it.Raised.ShouldBeEmpty();
        it.Announce(Now + Hour);
        it.Raised.ShouldHaveSingleItem().ShouldBeOfType<AnnouncementPublished>().Edition.ShouldBe(2);
    }

    [Fact]
    public void It_is_withdrawn_once_with_a_reason_and_stays_so()
    {
        var it = Draft();
        it.Publish(null, null, "wang", Now);
        it.Withdraw("改期", Now + Hour);
        (it.StateAt(Now + Hour), it.WithdrawalReason, it.WithdrawnAt, it.Title).ShouldBe((AnnouncementState.Withdrawn, "改期", Now + Hour, Text.Title));
        it.Raised.Select(e => e.GetType()).ShouldBe([typeof(AnnouncementPublished), typeof(AnnouncementWithdrawn)]);
        Refused.By("ORG-15", () => it.Withdraw("又", Now + Hour));
        Refused.By("ORG-15", () => it.Correct(Text, "x", "wang", Now + Hour));
        Refused.By("ORG-15", () => it.Pin(true));
        Refused.By("ORG-15", () => it.Publish(null, null, "wang", Now + Hour));

        var draft = Draft();
        draft.Withdraw("不发了", Now);
        (draft.StateAt(Now), draft.Raised.Count).ShouldBe((AnnouncementState.Withdrawn, 0));
    }

    [Theory]
    [InlineData(AnnouncementAudience.Staff, true)]
    [InlineData(AnnouncementAudience.Both, true)]
    [InlineData(AnnouncementAudience.Residents, false)]
    public void Staff_hear_of_what_addresses_them(object audience, bool areTold)
    {
        var it = new Announcement(Address with { Audience = (AnnouncementAudience)audience }, Text, "wang", Now);
        it.Publish(null, null, "wang", Now);
        AnnouncementNotices.Published.When(it.Raised.Cast<AnnouncementPublished>().Single()).ShouldBe(areTold);
    }

    private static AnnouncementAddress Address => new(AnnouncementAudience.Both, AnnouncementReach.Projects, ["demo"], Pinned: false);

    private static Announcement Draft() => new(Address, Text, "wang", Now);
}
