using Crm.Shared.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crm.Organization.Notifications;

/// <summary>
/// Gives notifications their numbers, and tells this host's screens whose inbox has something new, whichever host wrote it. Numbers are given
/// by one host at a time, under a lock that ends with its commit: so they become visible in their order, and no screen that has seen one can
/// have missed a lower one. Identities would not do: what was made first may be committed last.
/// </summary>
internal sealed partial class Arrivals(
    [FromKeyedServices(OrganizationModule.Schema)] NpgsqlDataSource source, Screens screens, ILogger<Arrivals> logger) : BackgroundService
{
    private const int Batch = 1_000;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private long? seen;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Poll);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogLater(DatabaseTrouble.KindOf(e));
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        // Before the first look nobody can have been shown anything: screens read what is there when they open.
        seen ??= (long)(await ScalarAsync(connection, "SELECT coalesce(max(number), 0) FROM organization.notifications", ct))!;
        while (await ScalarAsync(connection, "SELECT EXISTS (SELECT FROM organization.notifications WHERE number IS NULL)", ct) is true && await NumberAsync(connection, ct) == Batch)
        {
        }

        await TellScreensAsync(connection, ct);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "New notifications cannot be looked for at the moment: {Failure}")]
    private partial void LogLater(string failure);
}
