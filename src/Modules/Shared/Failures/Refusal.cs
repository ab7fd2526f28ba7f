using NodaTime;

namespace Crm.Shared.Failures;

/// <summary>
/// A request the system will not carry out, for a reason the caller can act on. Thrown anywhere in a use case and turned into a
/// problem document once, in the host. Texts never hold personal data.
/// </summary>
public abstract class Refusal(int status, Text text) : Exception(text.En)
{
    /// <summary>The HTTP status the refusal answers with.</summary>
    public int Status { get; } = status;

    /// <summary>What is wrong and what would be right, in both languages.</summary>
    public Text Text { get; } = text;
}

/// <summary>404: the thing does not exist, or is not the caller's to see; the two cannot be told apart from outside.</summary>
/// <param name="thing">The kind of thing, e.g. "complaint".</param>
/// <param name="zh">The same word in Chinese.</param>
/// <param name="field">The body field that named it, when it was named inside a body.</param>
public sealed class NotFound(string thing, string zh, string? field = null)
    : Refusal(404, new Text($"There is no such {thing}, or it is outside your scope.", $"没有这个{zh}，或不在您的权限范围内。"))
{
    /// <summary>The body field that named the missing thing; null when the path named it.</summary>
    public string? Field { get; } = field;
}

/// <summary>400: the request cannot be understood or a value is not allowed. Each field is named with what would be right.</summary>
public sealed class Malformed(IReadOnlyDictionary<string, Text> errors)
    : Refusal(400, new Text("The request is not valid: see errors.", "请求无效，详见 errors。"))
{
    /// <summary>One sentence for each field, keyed by its path in the body, or by the name of the parameter or header.</summary>
    public IReadOnlyDictionary<string, Text> Errors { get; } = errors;

    /// <summary>A refusal of a single field.</summary>
    public static Malformed Field(string field, Text text) => new(new Dictionary<string, Text> { [field] = text });
}

/// <summary>413: the request is larger than what is taken at once.</summary>
public sealed class TooLarge(Text text) : Refusal(413, text);

/// <summary>409: a rule of the catalogue forbids it now. Names the rule and what would be allowed instead.</summary>
/// <param name="rule">The rule's id, e.g. "CMP-19".</param>
/// <param name="text">Why it is refused.</param>
/// <param name="allowed">What would be allowed now; empty when nothing would.</param>
public sealed class BrokenRule(string rule, Text text, params IReadOnlyList<string> allowed) : Refusal(409, text)
{
    /// <summary>The rule's id in the catalogue.</summary>
    public string Rule { get; } = rule;

    /// <summary>The commands or values that would be accepted in the present state.</summary>
    public IReadOnlyList<string> Allowed { get; } = allowed;
}

/// <summary>409 with Retry-After: the same key or ticket is being handled at this moment; ask again shortly.</summary>
public sealed class InProgress() : Refusal(409, new Text(
    "The same request is being handled at this moment. Send it again, unchanged, after Retry-After.",
    "相同的请求正在处理中，请在 Retry-After 之后原样重发。"))
{
    /// <summary>How long a well-behaved client waits.</summary>
    public Duration RetryAfter { get; } = Duration.FromSeconds(1);
}

/// <summary>503 with Retry-After: this host's clock does not agree with the database's, so it would date everything wrongly.</summary>
public sealed class ClockWrong() : Refusal(503, new Text(
    "The clock of this host cannot be trusted at the moment. Nothing was done; send the request again after Retry-After.",
    "该主机的时钟暂不可信，未做任何更改，请在 Retry-After 之后重试。"))
{
    /// <summary>How long a well-behaved client waits.</summary>
    public Duration RetryAfter { get; } = Duration.FromSeconds(2);
}

/// <summary>422: the idempotency key was used before for another body.</summary>
public sealed class KeyReused() : Refusal(422, new Text(
    "This Idempotency-Key was used before with another body. Use a new key for a new request.",
    "该 Idempotency-Key 已用于不同的请求内容，新请求请使用新的键。"));

/// <summary>412: the resource changed since the version named in If-Match.</summary>
public sealed class StaleVersion(int current) : Refusal(412, new Text(
    $"The resource has changed: its version is now {current}. Read it again before editing.",
    $"资源已被修改，当前版本为 {current}，请重新读取后再修改。"));

/// <summary>428: an edit without If-Match.</summary>
public sealed class VersionRequired() : Refusal(428, new Text(
    "Send If-Match with the ETag you read, so that nobody's edit is overwritten.",
    "请在 If-Match 中携带读取时的 ETag，以免覆盖他人的修改。"));
