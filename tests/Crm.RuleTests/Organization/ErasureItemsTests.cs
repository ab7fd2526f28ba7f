using Crm.Organization.Contracts;
using Crm.Organization.Erasures;
using NodaTime;
using Shouldly;

namespace Crm.RuleTests.Organization;

/// <summary>ORG-12: in which order what was found goes, and what each waits for.</summary>
[Trait("Rule", "ORG-12")]
public sealed class ErasureItemsTests
{
    private static readonly Instant Ordered = Instant.FromUtc(2026, 11, 23, 2, 0);
    private static readonly Duration Minute = Duration.FromMinutes(1);

    [Fact]
    public void What_belongs_to_a_record_goes_next_once_that_is_erased_and_not_before()
    {
        var (erasure, owner) = (Order(), Item("complaint"));
        var visit = Item("followUp", of: owner);
        erasure.Take([owner, visit]);
        (owner.NextLookAt, visit.NextLookAt).ShouldBe((Ordered + Minute, null));
        erasure.Release(owner, [visit]);
        visit.NextLookAt!.Value.ShouldBeLessThan(Ordered, "before what is due by itself");
    }

    [Fact]
    public void What_was_found_by_two_goes_with_the_first_of_them_that_is_erased_also_where_the_other_is_kept()
    {
        var (erasure, kept, other) = (Order(), Item("complaint", kept: new Kept("open", Until: null)), Item("complaint"));
        var note = Item("shiftHandover", of: kept);
        erasure.Take([kept, other, note]);
        (note.KeptWhy, note.NextLookAt).ShouldBe(("open", null));
        erasure.Release(other, [Same(note, of: other)]);
        (note.KeptWhy, note.NextLookAt < Ordered).ShouldBe((null, true));
    }

    [Fact]
    public void What_is_due_by_itself_is_at_work_or_kept_for_a_reason_of_its_own_stays_as_it_is()
    {
        var (erasure, customer) = (Order(), Item("customer"));
        var (due, filed, failed) = (Item("complaint"), Item("complaint", kept: new Kept("retention", Ordered + Duration.FromDays(700))), Item("complaint"));
        failed.TryLater(Ordered + Minute);
        erasure.Take([customer, due, filed, failed]);
        erasure.Release(customer, [Same(due, of: customer), Same(filed, of: customer), Same(failed, of: customer)]);
        due.NextLookAt.ShouldBe(Ordered + Minute);
        (filed.KeptWhy, filed.NextLookAt).ShouldBe(("retention", Ordered + Duration.FromDays(700)));
        failed.NextLookAt.ShouldBe(Ordered + Minute + Minute);
    }

    [Fact]
    public void What_is_erased_is_not_looked_at_again_and_each_record_is_taken_in_once()
    {
        var (erasure, owner) = (Order(), Item("complaint"));
        var visit = Item("followUp", of: owner);
        erasure.Take([owner, visit]);
        erasure.Take([Same(visit, of: owner), Same(owner)]);
        erasure.Items.ShouldBe([owner, visit]);
        (erasure.Knows(Same(visit)), erasure.Knows(Item("followUp"))).ShouldBe((true, false));
        visit.Tried(new ErasureOutcome(Ordered + Minute, Kept: null), Ordered + Minute);
        erasure.Release(owner, [visit]);
        visit.NextLookAt.ShouldBeNull();
    }

    private static Erasure Order() => new(phoneIndex: [1], by: "demo.admin", Ordered);

    private static ErasureItem Item(string kind, ErasureItem? of = null, Kept? kept = null) =>
        ErasureItem.Of("complaints", new PersonalRecord(kind, Guid.CreateVersion7(), Number: null, Project: null, kept), of, Ordered + Minute);

    private static ErasureItem Same(ErasureItem item, ErasureItem? of = null) =>
        ErasureItem.Of(item.Module, new PersonalRecord(item.Kind, item.RecordId, Number: null, Project: null, Kept: null), of, Ordered + Minute);
}
