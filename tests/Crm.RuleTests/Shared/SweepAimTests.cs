using Crm.Shared.Clocks;
using NodaTime;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>Between two regular sweeps: a deadline is met at its own instant.</summary>
public sealed class SweepAimTests
{
    private static readonly Instant Now = Utc("2026-03-02T01:00:00Z");

    [Theory]
    [InlineData(0.4, 0.7, 0.4)]
    [InlineData(0.7, 0.4, 0.4)]
    [InlineData(null, 0.4, 0.4)]
    [InlineData(0.4, null, 0.4)]
    [InlineData(0.000001, 5.0, 0.000001)]
    [InlineData(0.999999, 1.0, 0.999999)]
    [InlineData(null, null, null)]
    [InlineData(1.0, 3600.0, null)]
    [InlineData(0.0, 0.4, null)]
    [InlineData(-5.0, 0.4, null)]
    public void The_first_deadline_before_the_next_regular_sweep_is_waited_for(double? one, double? other, double? wait) =>
        SweepJob.WaitFor([In(one), In(other)], Now).ShouldBe(wait is { } seconds ? TimeSpan.FromSeconds(seconds) : null);

    [Fact]
    public void Where_nothing_runs_nothing_is_waited_for() => SweepJob.WaitFor([], Now).ShouldBeNull();

    private static Instant? In(double? seconds) => seconds is { } s ? Now + Duration.FromSeconds(s) : null;
}
