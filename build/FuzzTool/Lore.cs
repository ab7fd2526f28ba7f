using System.Collections.Concurrent;
using System.Text.Json;

namespace Crm.Build.Fuzz;

/// <summary>
/// What the answers have told so far, from which later requests are made: ids, versions, cursors, keys, words. Shared by all workers, so
/// that they get in each other's way.
/// </summary>
internal sealed class Lore
{
    /// <summary>So many of each kind are kept; newer ones take the place of others.</summary>
    private const int Kept = 400;

    private readonly ConcurrentDictionary<string, Shelf> shelves = new();
    private readonly ConcurrentDictionary<string, int> versions = new();

    /// <summary>Tokens of members of staff, strangers and people without rights; the first may do everything.</summary>
    public IReadOnlyList<string> Tokens { get; init; } = [];

    /// <summary>The people and roles that were there before: the fuzzer itself lives by their rights, so it asks about them and changes others.</summary>
    public ConcurrentDictionary<string, bool> TheirRights { get; } = new();

    /// <summary>A value of the kind; null when none is known.</summary>
    public string? Any(string kind, Random random) => shelves.TryGetValue(kind, out var shelf) ? shelf.Any(random) : null;

    /// <summary>Keeps a value.</summary>
    public void Keep(string kind, string value) => shelves.GetOrAdd(kind, _ => new Shelf()).Keep(value);

    /// <summary>The last version that an answer named for the id; 1 when none did.</summary>
    public int VersionOf(string id) => versions.GetValueOrDefault(id, 1);

    /// <summary>Learns from an answer of the operation.</summary>
    public void Learn(Operation operation, FuzzAnswer answer)
    {
        if (!answer.IsSuccess || answer.ContentType != "application/json") return;
        try
        {
            using var body = JsonDocument.Parse(answer.Body);
            var root = body.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return;
            if (root.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array)
                foreach (var item in items.EnumerateArray().Where(i => i.ValueKind == JsonValueKind.Object)) LearnThing(operation, item);
            else if (operation.Collection.Length > 0) LearnThing(operation, root);
            if (root.TryGetProperty("next", out var next) && next.ValueKind == JsonValueKind.String) Keep($"cursor {operation.Id}", next.GetString()!);
            if (root.TryGetProperty("key", out var key) && key.ValueKind == JsonValueKind.String) Keep("key", key.GetString()!);
        }
        catch (JsonException)
        {
            // The judge says so.
        }
    }

    private void LearnThing(Operation operation, JsonElement thing)
    {
        // The clocks and steps of a case have ids of their own.
        var isPart = operation.IsAboutOne && operation.Method == "GET" && !operation.Path.EndsWith("{id}", StringComparison.Ordinal);
        if (!isPart && thing.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String)
        {
            Keep(operation.Collection, id.GetString()!);
            if (thing.TryGetProperty("version", out var version) && version.TryGetInt32(out var number)) versions[id.GetString()!] = number;
            if (versions.Count > 50_000) versions.Clear();
        }

        foreach (var word in (string[])["code", "name", "assignee"])
            if (thing.TryGetProperty(word, out var value) && value.ValueKind == JsonValueKind.String) Keep($"{operation.Collection} {word}", value.GetString()!);
    }

    private sealed class Shelf
    {
        private readonly List<string> values = [];

        public string? Any(Random random)
        {
            // Half of the time a new one, which others are likely to be at as well.
            lock (values) return values.Count == 0 ? null : random.Next(2) == 0 ? values[^1] : values[random.Next(values.Count)];
        }

        public void Keep(string value)
        {
            lock (values)
            {
                if (values.Contains(value)) return;
                if (values.Count >= Kept) values.RemoveAt(Random.Shared.Next(values.Count));
                values.Add(value);
            }
        }
    }
}
