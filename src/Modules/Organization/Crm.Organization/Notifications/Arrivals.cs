using Crm.Shared.Data;
using Crm.Shared.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crm.Organization.Notifications;

/// <summary>
/// Gives notifications their numbers, and tells this host's screens whose inbox has something new, whichever host wrote it. Numbers are given
/// by one host at a time, under a lock that ends with its commit: so they become visible in their order, and no screen that has seen one can
/// have missed a lower one. Identities would not do: what was made first may be committed last.
/// </summary>
internal sealed class Arrivals(
    [FromKeyedServices(OrganizationModule.Schema)] NpgsqlDataSource source, Screens screens, ILogger<Arrivals> logger)
    : Rounds(TimeSpan.FromMilliseconds(500), "Looking for new notifications", logger)
{
    private const int Batch = 1_000;
    private long? seen;

    protected override async Task RoundAsync(CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        if (seen is null) await BeginAsync(connection, ct);
        while (await ScalarAsync(connection, "SELECT EXISTS (SELECT FROM organization.notifications WHERE number IS NULL)", ct) is true && await NumberAsync(connection, ct) == Batch)
        {
        }

        await TellScreensAsync(connection, ct);
    }

    /// <summary>What is there already is no news, but to screens that opened before this first look: they look once more.</summary>
    private async Task BeginAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        seen = (long)(await ScalarAsync(connection, "SELECT coalesce(max(number), 0) FROM organization.notifications", ct))!;
        screens.WakeAll();
    }

    /// <returns>How many were given a number; none while another host is at it.</returns>
    private static async Task<int> NumberAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { ModuleDb.TryTake("organization.notifications") } };
        if (await batch.ExecuteScalarAsync(ct) is not true) return 0;
        await using var command = new NpgsqlCommand($"""
            UPDATE organization.notifications n SET number = given.number
            FROM (SELECT id, nextval('organization.{NotificationTables.Numbers}') AS number
                  FROM (SELECT id FROM organization.notifications WHERE number IS NULL ORDER BY id LIMIT {Batch}) AS waiting) AS given
            WHERE n.id = given.id
            """, connection);
        var numbered = await command.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(CancellationToken.None);
        return numbered;
    }

    private async Task TellScreensAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("SELECT staff, max(number) FROM organization.notifications WHERE number > $1 GROUP BY staff", connection);
        command.Parameters.Add(new() { Value = seen!.Value });
        var told = new HashSet<string>();
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                told.Add(reader.GetString(0));
                seen = Math.Max(seen.Value, reader.GetInt64(1));
            }
        }

        if (told.Count > 0) screens.Wake(told);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(ct);
    }
}
