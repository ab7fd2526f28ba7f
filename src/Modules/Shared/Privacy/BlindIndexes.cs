using Crm.Shared.Data;
using NodaTime;
using Npgsql;

namespace Crm.Shared.Privacy;

/// <summary>ORG-12: blind indexes under this key may stand in the schema. The first of them is 1, with or without a row.</summary>
internal sealed class IndexGeneration
{
    /// <summary>The index key's version.</summary>
    public required int Version { get; init; }

    /// <summary>Since when, by the database's clock.</summary>
    public Instant Since { get; private set; }
}

/// <summary>Finding somebody by a blind index, also while a re-index is on its way.</summary>
public static class BlindIndexes
{
    /// <summary>
    /// Searches by all index keys this host has, and looks afterwards whether the schema may hold values under a newer one: before anything is
    /// written under a key, the schema says so. Then the ring is read anew and searched once more.
    /// </summary>
    /// <param name="db">Where to search.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="value">What is looked for, in its normal form.</param>
    /// <param name="search">Searches for any of these indexes.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="KeyNotHere">This host has not been given the newer key: nobody is told that there is nothing.</exception>
    public static async Task<T> FindAsync<T>(this ModuleDb db, KeyRing keys, string value, Func<byte[][], Task<T>> search, CancellationToken ct)
    {
        var found = await search(keys.Indexes(value));
        return KnowsMoreNow(keys, await NewestAsync(db, ct)) ? await search(keys.Indexes(value)) : found;
    }

    /// <summary>The same past a module's context. What is found is right, whichever key finds it: only where nothing was found is there something to look after.</summary>
    /// <exception cref="KeyNotHere">This host has not been given the newer key: nobody is told that there is nothing.</exception>
    public static async Task<T?> FindAsync<T>(this NpgsqlDataSource source, string schema, KeyRing keys, string value, Func<byte[][], Task<T?>> search, CancellationToken ct) where T : class
    {
        if (await search(keys.Indexes(value)) is { } found) return found;
        await using var command = source.CreateCommand(Newest(schema));
        return KnowsMoreNow(keys, newest: (int)(await command.ExecuteScalarAsync(ct))!) ? await search(keys.Indexes(value)) : null;
    }

    /// <returns>False while this host knew the schema's newest key when it searched; true once it has been given it.</returns>
    private static bool KnowsMoreNow(KeyRing keys, int newest)
    {
        if (keys.IndexKeys.Versions[^1] >= newest) return false;
        keys.LookAgain();
        return keys.IndexKeys.Versions[^1] >= newest ? true : throw new KeyNotHere();
    }

    private static async Task<int> NewestAsync(ModuleDb db, CancellationToken ct)
    {
        await using var held = await db.HoldConnectionAsync(ct);
        await using var batch = db.Batch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Newest(db.Schema)));
        return (int)(await batch.ExecuteScalarAsync(ct))!;
    }

    private static string Newest(string schema) => $"SELECT coalesce(max(version), 1) FROM {schema}.index_keys";
}
