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
    public IReadOnlyList<string> Tokens { get; set; } = [];

    /// <summary>The people and roles that were there before: the fuzzer itself lives by their rights, so it asks about them and changes others.</summary>
    public ConcurrentDictionary<string, bool> TheirRights { get; } = new();

    /// <summary>A value of the kind; null when none is known.</summary>
    public string? Any(string kind, Random random) => shelves.TryGetValue(kind, out var shelf) ? shelf.Any(random) : null;

    /// <summary>Keeps a value.</summary>
    public void Keep(string kind, string value) => shelves.GetOrAdd(kind, _ => new Shelf()).Keep(value);

    /// <summary>The last version that an answer named for what is at the address, or what it is a part of; 1 when none did.</summary>
    public int VersionAt(string target)
    {
        for (var path = target.Split('?')[0]; path.Split('/').Length > 3; path = path[..path.LastIndexOf('/')])
            if (versions.TryGetValue(path, out var version)) return version;
        return 1;
    }

    /// <summary>Learns from an answer.</summary>
    /// <param name="operation">The operation that was asked.</param>
    /// <param name="target">Where.</param>
    /// <param name="answer">What came.</param>
    public void Learn(Operation operation, string target, FuzzAnswer answer)
    {
        if (!answer.IsSuccess) return;
        LearnPlace(operation, target, answer);
        if (answer.ContentType != "application/json" || operation.Collection.Length == 0) return;
        try
        {
            using var body = JsonDocument.Parse(answer.Body);
            var root = body.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return;
            // What a list below one thing shows are its parts: the deliveries of a webhook.
            var path = operation.Read(target);
            var shelf = operation is { IsAboutOne: true, Method: "GET" } && path.TryGetValue("id", out var owner) && !operation.Path.EndsWith("{id}", StringComparison.Ordinal)
                ? $"{owner} {operation.Path.Split('/')[^1]}" : operation.Collection;
            if (root.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array)
                foreach (var item in items.EnumerateArray().Where(i => i.ValueKind == JsonValueKind.Object)) LearnThing(shelf, item, path);
            else LearnThing(shelf, root, path);
            if (root.TryGetProperty("next", out var next) && next.ValueKind == JsonValueKind.String) Keep($"cursor {operation.Id}", next.GetString()!);
            if (root.TryGetProperty("key", out var key) && key.ValueKind == JsonValueKind.String) Keep("key", key.GetString()!);
        }
        catch (JsonException)
        {
            // The judge says so.
        }
    }

    /// <summary>Where something is, and which version of it.</summary>
    private void LearnPlace(Operation operation, string target, FuzzAnswer answer)
    {
        var isMade = answer.Headers.TryGetValue("Location", out var place);
        if (isMade && place!.Split('/') is ["", "api", "v1", var collection, .., var last] && Guid.TryParse(last, out _)) Keep(collection, last);
        if (versions.Count > 50_000) versions.Clear();
        if (!answer.Headers.TryGetValue("ETag", out var tag) || !int.TryParse(tag.Trim('"'), out var version)) return;
        var at = isMade ? place! : target.Split('?')[0];
        // An act answers with the version of what it was done to.
        if (operation.Method != "POST" || isMade) versions[at] = version;
        else if (operation.PathParts.Any()) versions[at[..at.LastIndexOf('/')]] = version;
    }

    private void LearnThing(string shelf, JsonElement thing, IReadOnlyDictionary<string, string> path)
    {
        var id = Text(thing, "id") is { } itself && Guid.TryParse(itself, out _) ? itself : null;
        if (id is not null)
        {
            Keep(shelf, id);
            if (thing.TryGetProperty("version", out var version) && version.TryGetInt32(out var number)) versions[$"/api/v1/{shelf}/{id}"] = number;
        }

        foreach (var word in (string[])["code", "name", "assignee"])
            if (Text(thing, word) is { } value) Keep($"{shelf} {word}", value);
        // What has its name within a project only.
        if ((Text(thing, "project") ?? path.GetValueOrDefault("project")) is { } project && (Text(thing, "code") ?? Text(thing, "month")) is { } within) Keep($"{shelf} in {project}", within);
        foreach (var list in thing.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Array))
            foreach (var part in list.Value.EnumerateArray().Where(p => p.ValueKind == JsonValueKind.Object)) LearnThing(id is null ? list.Name : $"{id} {list.Name}", part, path);
    }

    private static string? Text(JsonElement thing, string name) => thing.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

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
