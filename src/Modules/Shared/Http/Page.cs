using System.Buffers.Text;
using System.Text.Json;
using Crm.Shared.Failures;
using NodaTime;

namespace Crm.Shared.Http;

/// <summary>One page of a list, and the cursor of the next.</summary>
/// <param name="Items">At most the asked number of items, in the list's fixed order.</param>
/// <param name="Next">Pass it as <c>cursor</c> for the next page; null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>
/// Keyset paging: a cursor is the sort key of the last item, so that rows arriving or leaving never shift a page, and nothing is counted.
/// </summary>
public static class Paging
{
    /// <summary>The page size when none is asked for.</summary>
    public const int DefaultLimit = 50;

    /// <summary>The largest page.</summary>
    public const int MaxLimit = 200;

    /// <summary>Reads an opaque cursor; null stays null.</summary>
    /// <exception cref="Malformed">The text is not a cursor this list gave out.</exception>
    public static TKey? ReadCursor<TKey>(string? text) where TKey : class
    {
        if (text is null) return null;
        try
        {
            return JsonSerializer.Deserialize<TKey>(Base64Url.DecodeFromChars(text), CrmJson.Options) ?? throw new FormatException();
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            throw Malformed.Field("cursor", new Text("must be the `next` of an earlier page of this list", "应为本列表上一页返回的 next"));
        }
    }

    /// <summary>Checks the page size: 1 to <see cref="MaxLimit"/>, <see cref="DefaultLimit"/> when absent.</summary>
    /// <exception cref="Malformed">Outside these bounds.</exception>
    public static int Limit(int? asked) => asked switch
    {
        null => DefaultLimit,
        >= 1 and <= MaxLimit => asked.Value,
        _ => throw Malformed.Field("limit", new Text($"must be between 1 and {MaxLimit}", $"应在 1 到 {MaxLimit} 之间")),
    };

    /// <summary>Cuts a page out of rows that were read with one more than <paramref name="limit"/>.</summary>
    public static Page<T> Cut<T, TKey>(IReadOnlyList<T> rows, int limit, Func<T, TKey> key) =>
        rows.Count <= limit
            ? new Page<T>(rows, Next: null)
            : new Page<T>([.. rows.Take(limit)], Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(key(rows[limit - 1]), CrmJson.Options)));
}

/// <summary>The sort key of lists in order of time.</summary>
/// <param name="At">The instant the list is sorted by.</param>
/// <param name="Id">The tie-breaker.</param>
public sealed record TimeKey(Instant At, Guid Id);

/// <summary>The sort key of lists in order of a code.</summary>
public sealed record CodeKey(string Code);

/// <summary>A place in a list that is ordered by id.</summary>
/// <param name="Id">The last one seen.</param>
public sealed record IdKey(Guid Id);

/// <summary>A place in a list that is ordered by number.</summary>
/// <param name="Number">The last one seen.</param>
public sealed record NumberKey(int Number);

/// <summary>A place in a list that is ordered by day.</summary>
/// <param name="Date">The last one seen.</param>
public sealed record DateKey(LocalDate Date);
