using System.Net;
using System.Text.Json;

namespace Crm.Build.Replay;

/// <summary>One HTTP answer, read to its end.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The whole body, empty when there was none.</param>
/// <param name="RetryAfter">How long the host asks to wait before the same request is made again; null when it does not ask.</param>
internal sealed record Answer(HttpStatusCode Status, string Body, TimeSpan? RetryAfter)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>The host has decided nothing yet: the same request with the same key is welcome again.</summary>
    public bool InvitesRetry => (int)Status switch
    {
        429 or 503 => true,
        409 => RetryAfter is not null,
        _ => false,
    };

    /// <summary>The body as <typeparamref name="T"/>; unknown members are skipped, as the API may add some.</summary>
    /// <exception cref="InvalidDataException">The body is not what was expected; it is quoted.</exception>
    public T Read<T>()
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Body, Wire.Json) ?? throw new InvalidDataException($"an empty answer: {this}");
        }
        catch (JsonException unreadable)
        {
            throw new InvalidDataException($"an answer that cannot be read as {typeof(T).Name} ({unreadable.Message}): {this}", unreadable);
        }
    }

    public override string ToString() => $"{(int)Status} {(Body.Length > 400 ? Body[..400] + "…" : Body)}";
}
