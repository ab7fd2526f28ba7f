using Crm.Shared.Failures;
using Crm.Shared.Http;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Shouldly;

namespace Crm.RuleTests;

/// <summary>Keyset pages and their cursors.</summary>
public sealed class PagingTests
{
    [Theory]
    [InlineData(null, 50)]
    [InlineData(1, 1)]
    [InlineData(200, 200)]
    public void A_limit_of_1_to_200_is_taken_50_when_absent(int? asked, int limit) => Paging.Limit(asked).ShouldBe(limit);

    [Theory]
    [InlineData(0)]
    [InlineData(201)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void Any_other_limit_is_refused_by_name(int asked) => Should.Throw<Malformed>(() => Paging.Limit(asked)).Errors.Keys.ShouldBe(["limit"]);

    [Fact]
    public void A_last_page_has_no_next()
    {
        Paging.Cut<int, TimeKey>([], 2, Key).Next.ShouldBeNull();
        Paging.Cut<int, TimeKey>([1, 2], 2, Key).ShouldSatisfyAllConditions(p => p.Items.ShouldBe([1, 2]), p => p.Next.ShouldBeNull());
    }

    [Fact]
    public void A_page_with_more_behind_it_is_cut_and_its_cursor_is_the_key_of_its_last_item()
    {
        var page = Paging.Cut<int, TimeKey>([1, 2, 3], 2, Key);
        page.Items.ShouldBe([1, 2]);
        Paging.ReadCursor<TimeKey>(page.Next).ShouldBe(Key(2));
    }

    [Fact]
    public void No_cursor_is_no_key() => Paging.ReadCursor<TimeKey>(null).ShouldBeNull();

    [Fact]
    public void A_cursor_keeps_an_instant_to_the_microsecond()
    {
        var at = Calendar.Utc("2026-03-02T01:00:00Z") + Calendar.Microsecond;
        var next = Paging.Cut<int, TimeKey>([1, 2], 1, _ => new TimeKey(at, Guid.Empty)).Next;
        Paging.ReadCursor<TimeKey>(next)!.At.ShouldBe(at);
    }

    [Fact]
    public void A_cursor_of_another_list_is_refused()
    {
        var next = Paging.Cut<int, CodeKey>([1, 2], 1, _ => new CodeKey("demo")).Next;
        Should.Throw<Malformed>(() => Paging.ReadCursor<TimeKey>(next)).Errors.Keys.ShouldBe(["cursor"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("bnVsbA")] // null, encoded
    [InlineData("e30")] // {}
    [InlineData("not a cursor")]
    [InlineData("客户")]
    [InlineData("AAAA")]
    public void A_made_up_cursor_is_refused_by_name(string text) =>
        Should.Throw<Malformed>(() => Paging.ReadCursor<TimeKey>(text)).Errors.Keys.ShouldBe(["cursor"]);

    [Fact]
    public void No_text_whatever_makes_a_cursor_fail_otherwise() => Prop.ForAll<string>(text =>
    {
        try
        {
            Paging.ReadCursor<TimeKey>(text);
        }
        catch (Malformed)
        {
        }
    }).QuickCheckThrowOnFailure();

    private static TimeKey Key(int n) => new(Instant.FromUnixTimeSeconds(n), new Guid(n, 0, 0, new byte[8]));
}
