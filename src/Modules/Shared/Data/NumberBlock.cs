using NodaTime;

namespace Crm.Shared.Data;

/// <summary>
/// People-facing numbers such as TS20261122-000123: a date in the project's zone and a counter that runs through the whole system. Taken from a
/// sequence in blocks, so that most numbers cost no query; a host that stops leaves a gap, never a double.
/// </summary>
/// <param name="prefix">Two letters.</param>
/// <param name="sequence">The schema-qualified sequence; its increment is <see cref="Size"/>.</param>
public sealed class NumberBlock(string prefix, string sequence)
{
    /// <summary>Numbers taken at once.</summary>
    public const int Size = 50;

    private readonly SemaphoreSlim one = new(1, 1);
    private long next;
    private long end;

    /// <summary>The next number, dated <paramref name="today"/>.</summary>
    public async Task<string> NextAsync(ModuleDb db, LocalDate today, CancellationToken ct)
    {
        await one.WaitAsync(ct);
        try
        {
            if (next == end)
            {
                await using var batch = db.Batch();
                batch.BatchCommands.Add(new Npgsql.NpgsqlBatchCommand($"SELECT nextval('{sequence}')"));
                next = (long)(await batch.ExecuteScalarAsync(ct))!;
                end = next + Size;
            }

            return FormattableString.Invariant($"{prefix}{today.Year:0000}{today.Month:00}{today.Day:00}-{next++:000000}");
        }
        finally
        {
            one.Release();
        }
    }
}
