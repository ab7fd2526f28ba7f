using Crm.Shared.Data;
using Npgsql;

namespace Crm.Host.Commands;

/// <summary><c>compact</c>: the space that queues have left behind is given back to the disk.</summary>
internal static class CompactCommand
{
    public const string Usage = """
        Crm.Host compact

        Gives back to the disk what tables that are filled and emptied all the time have left behind: the outbox, the inbox and the answers
        kept for retries. PostgreSQL uses that space again by itself, but never makes an index smaller. Hosts go on serving meanwhile: nothing
        is locked for longer than a moment. Once a month is enough, and after a burst that will not come again.

          CRM_MIGRATION_DATABASE   connection string of the owner, as for migrate
        """;

    private static readonly string[] Tables = ["outbox_deliveries", "outbox_events", "inbox", "stored_answers"];

    public static async Task RunAsync(CommandLine words, CancellationToken ct)
    {
        words.End();
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Owner.Read()) { CommandTimeout = 0 });
        foreach (var schema in Modules.Registered<Module>().Select(m => m.Schema))
        {
            foreach (var table in Tables.Select(name => $"{schema}.{name}"))
            {
                var before = await SizeAsync(table);
                await ExecuteAsync($"VACUUM (TRUNCATE) {table}");
                // An index that was left half-built by a server that went down is not used, and is replaced by the next run.
                await ExecuteAsync($"REINDEX TABLE CONCURRENTLY {table}");
                Console.WriteLine($"{table,-32} {before / 1024,10:N0} kB, now {await SizeAsync(table) / 1024,10:N0} kB");
            }
        }

        async Task<long> SizeAsync(string table)
        {
            await using var command = source.CreateCommand($"SELECT pg_total_relation_size('{table}')");
            return (long)(await command.ExecuteScalarAsync(ct))!;
        }

        async Task ExecuteAsync(string sql)
        {
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}
