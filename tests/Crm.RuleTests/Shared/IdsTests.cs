using Crm.Shared.Data;
using Shouldly;

namespace Crm.RuleTests.Shared;

public sealed class IdsTests
{
    [Fact]
    public void What_is_made_later_sorts_later_also_within_a_millisecond()
    {
        var ids = Enumerable.Range(0, 100_000).Select(_ => Ids.Next()).ToArray();
        ids.Select(id => id.ToString()).ShouldBeInOrder(SortDirection.Ascending);
        ids.Distinct().Count().ShouldBe(ids.Length);
    }

    [Fact]
    public void Many_threads_never_make_the_same_one()
    {
        var ids = new System.Collections.Concurrent.ConcurrentBag<Guid>();
        Parallel.For(0, 100_000, _ => ids.Add(Ids.Next()));
        ids.Distinct().Count().ShouldBe(100_000);
    }

    /// <summary>Lists of several modules are put together here in the order in which each database sorts its own.</summary>
    [Fact]
    public void They_are_sorted_here_as_PostgreSQL_sorts_them_by_their_bytes()
    {
        Guid[] ids = [.. Enumerable.Range(0, 10_000).Select(_ => Guid.NewGuid())];
        ids.Order().ShouldBe(ids.OrderBy(id => Convert.ToHexString(id.ToByteArray(bigEndian: true)), StringComparer.Ordinal));
    }

    [Fact]
    public void They_are_version_7()
    {
        var id = Ids.Next();
        (id.Version, id.Variant is >= 8 and <= 11).ShouldBe((7, true));
    }
}
