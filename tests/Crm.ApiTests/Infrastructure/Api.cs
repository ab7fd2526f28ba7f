using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Crm.Shared.Http;
using Shouldly;

namespace Crm.ApiTests.Infrastructure;

/// <summary>A caller of the API, who sees what front-end teams see: requests, statuses, headers, JSON.</summary>
public sealed class Api(HttpClient http, string? authorization)
{
    private static int keys;

    /// <summary>A key nobody has used.</summary>
    public static string NewKey() => $"test-{Environment.ProcessId}-{Interlocked.Increment(ref keys)}";

    /// <summary>Where requests go.</summary>
    public Uri Address => http.BaseAddress!;

    public Task<Reply> GetAsync(string path) => SendAsync(HttpMethod.Get, path, body: null);

    /// <summary>Posts with a new idempotency key.</summary>
    public Task<Reply> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body, NewKey());

    /// <summary>Posts with this key; null for none.</summary>
    public Task<Reply> PostAsync(string path, object? body, string? key) => SendAsync(HttpMethod.Post, path, body, key);

    /// <summary>Sends anything. A body of text or bytes goes out as it is.</summary>
    public async Task<Reply> SendAsync(HttpMethod method, string path, object? body, string? key = null, string? ifMatch = null, string language = "en", string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        request.Headers.TryAddWithoutValidation("Accept-Language", language);
        if (body is not null)
        {
            // What is refused for its size is answered before it has been sent: a caller who asks first is not cut off while sending.
            if (body is string { Length: > 1024 * 1024 }) request.Headers.ExpectContinue = true;
            request.Content = body is byte[] bytes ? new ByteArrayContent(bytes) : new StringContent(body as string ?? JsonSerializer.Serialize(body, CrmJson.Options), Encoding.UTF8);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Reply(response.StatusCode, text, response.Headers.ETag?.Tag, response.Headers.Location?.ToString(), response.Headers.RetryAfter?.Delta, $"{method} {path}",
            response.Headers.TryGetValues("Link", out var links) ? links.Single() : null)
        {
            ContentType = response.Content.Headers.ContentType?.MediaType,
        };
    }

    /// <summary>Every item of a list, page by page.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(string path, int limit = 200)
    {
        var items = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var join = path.Contains('?') ? '&' : '?';
            var page = (await GetAsync($"{path}{join}limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}")).Ok();
            items.AddRange(page.Json.GetProperty("items").EnumerateArray());
            cursor = page.Json.GetProperty("next").GetString();
        }
        while (cursor is not null);
        return items;
    }

    /// <summary>Registers a complaint of the demo project that left a name.</summary>
    public async Task<Reply> RegisterAsync(object? body = null, string? key = null) =>
        await PostAsync("/api/v1/complaints", body ?? Complaint(), key ?? NewKey());

    /// <summary>The body of an ordinary complaint.</summary>
    public static Dictionary<string, object?> Complaint(params (string Key, object? Value)[] more)
    {
        var body = new Dictionary<string, object?>
        {
            ["project"] = "demo", ["kind"] = "complaint", ["channel"] = "hotline", ["content"] = "电梯停运", ["customer"] = new { name = "李女士", phone = "13800138000" },
        };
        foreach (var (key, value) in more) body[key] = value;
        return body;
    }

    /// <summary>A command on a complaint.</summary>
    public Task<Reply> ActAsync(Guid complaint, string noun, object? body = null) => PostAsync($"/api/v1/complaints/{complaint}/{noun}", body);

    /// <summary>Moves the test clock to an instant.</summary>
    public async Task SetClockAsync(string now) => (await PostAsync("/dev/clock", new { now }, key: null)).Ok();

    /// <summary>Moves the test clock on.</summary>
    public async Task AdvanceAsync(string by) => (await PostAsync("/dev/clock", new { advance = by }, key: null)).Ok();

    /// <summary>Lets everything that has been reported arrive.</summary>
    public Task SettleAsync() => AdvanceAsync("PT0S");
}

/// <summary>An answer.</summary>
public sealed record Reply(HttpStatusCode Status, string Content, string? ETag, string? Location, TimeSpan? RetryAfter, string Request, string? Link)
{
    /// <summary>The media type of the body.</summary>
    public string? ContentType { get; init; }

    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Content).RootElement;

    /// <summary>The body as JSON: one document, or one a line.</summary>
    public IEnumerable<JsonElement> Documents => ContentType == "application/x-ndjson"
        ? Content.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
        : [Json];

    public Guid Id => Json.GetProperty("id").GetGuid();

    public string Text(string property) => Json.GetProperty(property).GetString()!;

    /// <summary>What is said of this field.</summary>
    public string Error(string field) => Json.GetProperty("errors").GetProperty(field)[0].GetString()!;

    /// <summary>The clock of this kind among the answer's clocks.</summary>
    public JsonElement Clock(string kind) => Json.GetProperty("clocks").EnumerateArray().Single(c => c.GetProperty("kind").GetString() == kind);

    /// <summary>Insists on this status.</summary>
    public Reply Is(int status)
    {
        ((int)Status).ShouldBe(status, $"{Request} answered {Content}");
        return this;
    }

    /// <summary>Insists on 200 or 201.</summary>
    public Reply Ok()
    {
        ((int)Status).ShouldBeOneOf([200, 201, 204], $"{Request} answered {Content}");
        return this;
    }
}
