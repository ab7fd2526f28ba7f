using NodaTime;
using Npgsql;

namespace Crm.Shared.Time;

/// <summary>
/// The domain clock of Development. Until somebody sets it, real time runs; from then on it stands still wherever it was put, for all hosts
/// alike, because it lives in the database and is read there each time.
/// </summary>
public sealed class TestClock([Microsoft.Extensions.DependencyInjection.FromKeyedServices(PlatformDb.Schema)] NpgsqlDataSource source) : IClock
{
    /// <inheritdoc/>
    public Instant GetCurrentInstant() => ReadPosition() ?? Microseconds.Truncate(SystemClock.Instance.GetCurrentInstant());

    /// <summary>Where it was put, or null while real time runs.</summary>
    public Instant? ReadPosition()
    {
        using var connection = source.OpenConnection();
        using var command = new NpgsqlCommand("SELECT now FROM platform.test_clock", connection);
        return command.ExecuteScalar() is DateTime position ? Instant.FromDateTimeUtc(position) : null;
    }

    /// <summary>Moves it on; never back, so that two walks at once do not undo each other. Whether it may go there is <see cref="ClockWalk"/>'s business.</summary>
    internal async Task SetAsync(Instant now, CancellationToken ct)
    {
        await using var command = source.CreateCommand("UPDATE platform.test_clock SET now = greatest(now, $1)");
        command.Parameters.Add(new() { Value = now.ToDateTimeUtc() });
        await command.ExecuteNonQueryAsync(ct);
    }
}
