namespace Crm.Build.Fuzz;

/// <summary>
/// One of several that send at the same time: right requests, broken ones, and sequences that build on each other. What it chooses follows
/// from the seed; what the system answers, and so which ids it uses, does not.
/// </summary>
internal sealed class Worker(ApiDocument document, Lore lore, Wireman wire, Judge judge, Findings findings, Tally tally, Random random)
{
    private const int LargestBody = 256 * 1024;

    private readonly Composer composer = new(document, lore, random);
    private readonly Flaws flaws = new(lore, random);
    private readonly BodyFlaws bodyFlaws = new(random);
    private readonly Operation[] operations = [.. document.Operations.Where(o => !o.Streams).SelectMany(o => Enumerable.Repeat(o, Weight(o)))];

    /// <summary>Works until all requests are sent.</summary>
    public async Task WorkAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested && tally.Take())
        {
            if (random.Next(12) == 0) await SequenceAsync(ct);
            else await OneAsync(ct);
        }
    }

    private async Task OneAsync(CancellationToken ct)
    {
        var right = composer.Compose(operations[random.Next(operations.Length)]);
        var request = random.Next(5) switch
        {
            0 or 1 => right,
            2 or 3 when right is { Body: not null, Operation.TakesCsv: false } => bodyFlaws.Break(right),
            _ => flaws.Break(right),
        };
        var answer = await SendAsync(request, ct);
        // What one may not do another may: sign leave, answer to a swap, read what is their own.
        if (request.Flaw is null && answer is { Status: 403 or 404 or 409 } && tally.Take()) await SendAsync(right.With("Authorization", $"Bearer {lore.Tokens[random.Next(lore.Tokens.Count)]}"), ct);
    }

    /// <summary>Makes a thing, then does one thing after another with it, at times twice, at times both at once, at times with what is stale.</summary>
    private async Task SequenceAsync(CancellationToken ct)
    {
        tally.Sequence();
        var creators = document.Operations.Where(o => o.Creates && document.Operations.Any(s => s.IsAboutOne && s.Collection == o.Collection)).ToArray();
        var creator = creators.FirstOrDefault(o => o.Collection == "complaints") is { } cases && random.Next(5) > 0 ? cases : creators[random.Next(creators.Length)];
        var made = composer.Compose(creator) with { Headers = [("Authorization", $"Bearer {lore.Tokens[0]}"), ("Idempotency-Key", $"made-{random.NextInt64():x}")] };
        if (await SendAsync(made, ct) is not { Status: 201 } answer || Ids.Of(answer) is not { } id) return;
        if (random.Next(3) == 0) await AgainAsync(made, answer, ct);

        var steps = document.Operations.Where(o => o.IsAboutOne && o.Collection == creator.Collection).ToArray();
        for (var step = random.Next(2, 12); step > 0 && tally.Take(); step--)
        {
            var request = composer.Compose(steps[random.Next(steps.Length)], id);
            if (request.Operation!.Takes("If-Match") && random.Next(6) == 0)
                request = request.With("If-Match", $"\"{lore.VersionAt(request.Target) + random.Next(1_000, 9_000)}\"") with { Flaw = "stale If-Match", MustBeRefused = true };
            if (random.Next(8) == 0 && request.Body is not null) request = bodyFlaws.Break(request);

            if (random.Next(8) == 0 && tally.Take()) await Task.WhenAll(SendAsync(request, ct), SendAsync(request, ct));
            else if (await SendAsync(request, ct) is { IsSuccess: true } done && random.Next(4) == 0) await AgainAsync(request, done, ct);
        }
    }

    /// <summary>The same key brings the same answer; with another body it is refused.</summary>
    private async Task AgainAsync(FuzzRequest request, FuzzAnswer first, CancellationToken ct)
    {
        if (request.Method != "POST" || request.Header("Idempotency-Key") is null || !tally.Take()) return;
        if (random.Next(3) == 0 && request.Body is not null)
        {
            await SendAsync(request.WithBody(request.Text + " ") with { Flaw = "the key of another body", MustBeRefused = true }, ct);
            return;
        }

        var second = await SendAsync(request, ct);
        if (second is null or { Status: 409 or 429 }) return;
        if (second.Status != first.Status || !second.Body.SequenceEqual(first.Body))
            findings.Add(request, second, "another answer to the same key", $"first {first.Status} {first.Text}, then {second.Text}");
    }

    private async Task<FuzzAnswer?> SendAsync(FuzzRequest request, CancellationToken ct)
    {
        try
        {
            if (await wire.SendAsync(request, ct) is not { } answer)
            {
                tally.Unsendable();
                return null;
            }

            tally.Count(request, answer);
            judge.Judges(request, answer);
            if (request.Operation is { } operation) lore.Learn(operation, request.Target, answer);
            if (answer.Status == 429) await Task.Delay(TimeSpan.FromSeconds(1), ct);
            return answer;
        }
        catch (Exception failed) when (failed is HttpRequestException or FormatException or ArgumentException or NotSupportedException or InvalidOperationException
            || (failed is OperationCanceledException && !ct.IsCancellationRequested))
        {
            // The client's own refusal to send is no fault of the host; a connection that breaks is.
            if (failed is HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.ConnectionError or HttpRequestError.InvalidResponse or HttpRequestError.Unknown } or OperationCanceledException)
            {
                tally.Count(request, answer: null);
                // A server that refuses a body while it is still being sent may be gone before its answer is read.
                if (request.Body is not { Length: > LargestBody }) findings.Add(request, answer: null, "no answer", $"{failed.Message} {failed.InnerException?.Message}");
            }
            else
            {
                tally.Unsendable();
            }

            return null;
        }
    }

    /// <summary>Keys and policies are few in life, and each change makes every host read the directory anew.</summary>
    private static int Weight(Operation operation) => operation.Id switch
    {
        "createApiKey" or "setPolicy" => 3,
        "registerComplaint" => 12,
        "setDevelopmentClock" or "createDevelopmentToken" => 2,
        _ => 6,
    };
}
