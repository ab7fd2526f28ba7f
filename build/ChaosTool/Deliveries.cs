using System.Diagnostics;
using Npgsql;

namespace Crm.Build.Chaos;

/// <summary>The outboxes of all modules, looked at from outside with the cluster's own superuser.</summary>
internal sealed class Deliveries(string superuserConnection)
{
    /// <summary>Longer than a killed host's lease on its deliveries, and the backoff after it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Waits until every event has been delivered, and says how many deliveries are left when patience ends.</summary>
    public async Task<long> LeftAfterDrainAsync(CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var left = await LeftAsync(ct);
            if (left == 0 || waited.Elapsed > Patience) return left;
            await Task.Delay(TimeSpan.FromMilliseconds(250), ct);
        }
    }

    /// <summary>A delivery is deleted when it is made, so every row left is one that was not; parked ones count.</summary>
    private async Task<long> LeftAsync(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(superuserConnection);
        await connection.OpenAsync(ct);
        var outboxes = new List<string>();
        await using (var find = new NpgsqlCommand(
            "SELECT quote_ident(schemaname) || '.outbox_deliveries' FROM pg_tables WHERE tablename = 'outbox_deliveries'", connection))
        await using (var rows = await find.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct)) outboxes.Add(rows.GetString(0));

        if (outboxes.Count == 0) throw new ToolFailureException("The database has no outbox: was it migrated?");
        var sum = string.Join(" + ", outboxes.Select(outbox => $"(SELECT count(*) FROM {outbox})"));
        await using var count = new NpgsqlCommand($"SELECT {sum}", connection);
        return (long)(await count.ExecuteScalarAsync(ct))!;
    }
}
