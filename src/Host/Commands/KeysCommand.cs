using System.Globalization;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using Npgsql;

namespace Crm.Host.Commands;

/// <summary><c>keys</c>: the keys that personal data stands under, looked at and changed while hosts serve (ORG-12).</summary>
internal static class KeysCommand
{
    public const string Usage = """
        Crm.Host keys [add | reseal | reindex | retire VERSION] [--index] [--pause MS]

        Without a word: the data keys and index keys of keys.json, which are in use, and how many values of the database stand under each.

        To change the data key: add, then copy keys.json to every host that has a copy of its own; reseal, and copy it again; retire VERSION
        once no backup is needed that was made before, and copy it again. To change the key of the blind index: add --index, copy; reindex,
        copy; retire VERSION --index, copy. Hosts read the file again within a second, without a restart. Everything may be ended at any
        time, and run again goes on where it was.

          add                      a new data key (--index: index key): hosts can read it, and do not write with it yet
          reseal                   new values are sealed with the newest data key from now on, and all others are sealed anew
          reindex                  the same for the blind indexes, with the newest index key; everybody is found before, meanwhile and after
          retire VERSION           takes a key out; refused with the counts while any value stands under it
          --pause MS               rest after each transaction of some hundred rows (20)
          CRM_MIGRATION_DATABASE   connection string of the owner, as for migrate
          Crm__Secrets             the folder with keys.json; back it up after every change
        """;

    public static async Task RunAsync(CommandLine words, CancellationToken ct)
    {
        var (index, pause) = (words.Flag("--index"), int.TryParse(words.Value("--pause", longest: 6), NumberStyles.None, CultureInfo.InvariantCulture, out var ms) ? ms : 20);
        string? act = new[] { "add", "reseal", "reindex" }.FirstOrDefault(words.Flag);
        var retired = act is null ? words.Value("retire", longest: 3) : null;
        words.End();
        var (owner, keys, _) = Owner.ReadWithKeys();
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(owner) { CommandTimeout = 0 }.ConnectionString);
        await connection.OpenAsync(ct);
        var rotation = new KeyRotation(connection, keys, TimeSpan.FromMilliseconds(pause), line => Console.WriteLine(line));
        switch (act)
        {
            case "add":
                Console.WriteLine(index ? $"Index key {keys.AddIndexKey()} is in keys.json. Next: reindex." : $"Data key {keys.AddDataKey()} is in keys.json. Next: reseal.");
                break;
            case "reseal":
                var version = keys.UseDataKey();
                foreach (var column in Modules.Registered<SealedColumn>()) await rotation.ResealAsync(column, ct);
                Console.WriteLine($"Everything is sealed with data key {version}.");
                break;
            case "reindex":
                await ReindexAsync(rotation, keys, ct);
                break;
            case null when retired is not null:
                await RetireAsync(rotation, keys, int.TryParse(retired, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new UsageException("retire needs the version of a key."), index, ct);
                break;
            default:
                await ShowAsync(rotation, keys, ct);
                break;
        }
    }

    private static async Task ReindexAsync(KeyRotation rotation, KeyRing keys, CancellationToken ct)
    {
        var version = keys.IndexKeys.Versions[^1];
        // In this order: searches look out for the key before anything stands under it; where values are unique, all change at once; then hosts write with it.
        foreach (var module in Modules.Registered<Module>()) await rotation.AnnounceAsync(module.Schema, version, ct);
        var columns = Modules.Registered<BlindIndexColumn>().ToArray();
        foreach (var column in columns.Where(c => c.IsUnique)) await rotation.ReindexAsync(column, ct);
        keys.UseIndexKey();
        foreach (var column in columns.Where(c => !c.IsUnique)) await rotation.ReindexAsync(column, ct);
        Console.WriteLine($"Everything is indexed with index key {version}.");
    }

    private static async Task RetireAsync(KeyRotation rotation, KeyRing keys, int version, bool index, CancellationToken ct)
    {
        var (versions, inUse) = index ? keys.IndexKeys : keys.DataKeys;
        if (!versions.Contains(version)) throw new BrokenRule("ORG-12", new Text($"There is no such key: there are {string.Join(", ", versions)}.", $"没有该密钥，现有：{string.Join("、", versions)}。"));
        if (version == inUse || version != versions[0])
            throw new BrokenRule("ORG-12", new Text($"The oldest key goes first, and never the one in use ({inUse}).", $"只能停用最旧的密钥，且不能停用使用中的密钥（{inUse}）。"));
        var columns = index
            ? Modules.Registered<BlindIndexColumn>().Select(c => (c.Table, c.Column, Forgotten: c.Sealed is null ? c : null))
            : Modules.Registered<SealedColumn>().Select(c => (c.Table, c.Column, Forgotten: (BlindIndexColumn?)null));
        foreach (var (table, column, forgotten) in columns.ToArray())
        {
            if (forgotten is not null) await rotation.ForgetAsync(forgotten, version + 1, ct);
            if (await rotation.CloseAsync(table, column, version + 1, ct) is var left and > 0)
                throw new BrokenRule("ORG-12", new Text($"{left} values of {table}.{column} stand under key {version}: run {(index ? "reindex" : "reseal")} first.", $"{table}.{column} 仍有 {left} 个值使用密钥 {version}，请先运行 {(index ? "reindex" : "reseal")}。"));
        }

        if (index) keys.RetireIndexKey(version);
        else keys.RetireDataKey(version);
        Console.WriteLine($"Key {version} is no longer in keys.json. Backups that were made with it need the keys.json of their time.");
    }

    private static async Task ShowAsync(KeyRotation rotation, KeyRing keys, CancellationToken ct)
    {
        Console.WriteLine($"data keys {string.Join(", ", keys.DataKeys.Versions)}; {keys.DataKeys.InUse} is in use");
        foreach (var column in Modules.Registered<SealedColumn>()) await ShowAsync(column.Table, column.Column);
        Console.WriteLine($"index keys {string.Join(", ", keys.IndexKeys.Versions)}; {keys.IndexKeys.InUse} is in use");
        foreach (var column in Modules.Registered<BlindIndexColumn>()) await ShowAsync(column.Table, column.Column);

        async Task ShowAsync(string table, string column)
        {
            var counts = await rotation.CountAsync(table, column, ct);
            Console.WriteLine($"  {table + "." + column,-45} {(counts.Count == 0 ? "nothing" : string.Join(", ", counts.Select(c => $"key {c.Key}: {c.Value:N0}")))}");
        }
    }
}
