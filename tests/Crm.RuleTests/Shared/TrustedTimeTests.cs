using Crm.Shared.Time;
using Shouldly;

namespace Crm.RuleTests.Shared;

/// <summary>A host believes its clock only while it agrees with the database's.</summary>
public sealed class TrustedTimeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, true)]
    [InlineData(5_000, true)]
    [InlineData(5_001, false)]
    [InlineData(-5_000, true)]
    [InlineData(-5_001, false)]
    [InlineData(3_600_000, false)]
    public async Task Up_to_five_seconds_either_way_are_tolerated(int milliseconds, bool trusted)
    {
        var machine = new Machine { Wall = Noon.AddMilliseconds(milliseconds) };
        var time = new TrustedTime(machine);
        await time.CompareAsync(() => Task.FromResult(Noon));
        (time.IsTrusted, time.Offset).ShouldBe((trusted, TimeSpan.FromMilliseconds(milliseconds)));
    }

    [Fact]
    public void Before_the_first_comparison_it_is_not_trusted()
    {
        var time = new TrustedTime(new Machine { Wall = Noon });
        (time.IsTrusted, time.Offset).ShouldBe((false, null));
    }

    [Fact]
    public async Task A_jump_is_seen_at_once_and_time_that_passes_is_none()
    {
        var machine = new Machine { Wall = Noon };
        var time = new TrustedTime(machine);
        await time.CompareAsync(() => Task.FromResult(Noon));
        machine.Pass(TimeSpan.FromHours(3));
        time.IsTrusted.ShouldBeTrue();
        machine.Wall += TimeSpan.FromHours(1);
        (time.IsTrusted, time.Offset).ShouldBe((false, TimeSpan.FromHours(1)));
        machine.Wall -= TimeSpan.FromHours(1);
        time.IsTrusted.ShouldBeTrue();
    }

    [Fact]
    public async Task The_way_to_the_database_and_back_is_taken_into_account()
    {
        var machine = new Machine { Wall = Noon };
        var time = new TrustedTime(machine);
        await time.CompareAsync(() =>
        {
            machine.Pass(TimeSpan.FromSeconds(4));
            return Task.FromResult(Noon.AddSeconds(2));
        });
        time.Offset.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task An_answer_that_took_too_long_says_nothing()
    {
        var machine = new Machine { Wall = Noon };
        var time = new TrustedTime(machine);
        await time.CompareAsync(() =>
        {
            machine.Pass(TimeSpan.FromSeconds(5.1));
            return Task.FromResult(Noon);
        });
        time.Offset.ShouldBeNull();
    }

    /// <summary>A machine with a wall clock that can be moved and a steady one that cannot.</summary>
    private sealed class Machine : TimeProvider
    {
        private long steady;

        public DateTimeOffset Wall { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time)
        {
            Wall += time;
            steady += time.Ticks;
        }

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => steady;
    }
}
