using System.Text;

namespace Crm.Build.Fuzz;

/// <summary>Requests with something wrong around the body: method, path, query, headers, who calls.</summary>
internal sealed class Flaws(Lore lore, Random random)
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "X"];

    private static readonly string[] Ids =
        ["x", "1", "%00", "%ff", "..%2f..", "%2e%2e", "00000000-0000-0000-0000-000000000000", "%7B%7D", "019a0000-0000-7000-8000-00000000000", "%E4%BD%A0", "%ed%a0%80", "null", "*", "'", "a b"];

    private static readonly string[] QueryValues =
        ["", "%00", "%ff", "%ed%a0%80", "%c3%28", "null", "nonsense", "-1", "0", "201", "1.5", "99999999999", "%F0%9F%98%80", "2026-11-22", "9999-12-31T23:59:59Z", "%", "%zz", "[]", "{}", "a%0d%0ab", "%22", "true,false"];

    private static readonly string[] Cursors =
    [
        "x", "", "e30", "bnVsbA", "W10", "!!!!", "eyJhdCI6Ijk5OTktMTItMzFUMjM6NTk6NTlaIiwiaWQiOiIwMCJ9", "eyJjb2RlIjpudWxsfQ", "eyJhdCI6bnVsbCwiaWQiOm51bGx9", "eyJjb2RlIjoiXHUwMDAwIn0", "eyJjb2RlIjoiXHVkODAwIn0",
        "eyJhdCI6IjIwMjYtMTEtMjJUMDg6MDA6MDBaIiwiaWQiOiIwMTlhMDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDAifQ", "AAAA", "====", "%F0%9F%98%80",
    ];

    private static readonly string[] Keys = ["", " ", "two words", "é", "\u0001", new('k', 201), new('k', 6_000), "a\tb"];

    private static readonly string[] Tags = ["1", "*", "W/\"1\"", "\"x\"", "\"1\",\"2\"", "\"99999999999\"", "\"-1\"", "", "\"\"", "\"", "\"1", "é", "\"2147483647\"", "\"0\""];

    private static readonly string[] ContentTypes =
        ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "application/json; charset=nonsense", "application/jsonx", "json", "", "*/*", "application/json-patch+json", ";", "é/é"];

    private static readonly (string, string)[] Oddities =
    [
        ("Accept", "application/xml"), ("Accept", "nonsense"), ("Accept-Language", "zh-Hans-CN-u-co-pinyin,*;q=é"), ("Accept-Language", new('x', 3_000)), ("Accept-Encoding", "br;q=2"), ("Content-Encoding", "gzip"),
        ("Range", "bytes=0-1"), ("X-HTTP-Method-Override", "DELETE"), ("X-Forwarded-For", "é"), ("Forwarded", "for=\"_x\""), ("Origin", "http://localhost:3000"), ("Origin", "null"), ("Origin", "\u0001"),
        ("If-None-Match", "\"1\""), ("traceparent", "00-zz-zz-01"), ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("tracestate", new('x', 2_000)), ("baggage", "a=\u00e9"), ("Cookie", "a=b; =; é"), ("Upgrade", "websocket"),
        ("Host", "localhost"), ("Expect", "nonsense"),
    ];

    /// <summary>Breaks a request that was right.</summary>
    public FuzzRequest Break(FuzzRequest right) => random.Next(9) switch
    {
        0 => Caller(right),
        1 => right with { Operation = null, Method = Methods[random.Next(Methods.Length)], Flaw = "another method" },
        2 => Path(right),
        3 or 4 => Query(right),
        5 when right.Body is not null => right with { ContentType = Pick(ContentTypes) is { Length: > 0 } type ? type : null, Flaw = "content type" },
        6 or 5 when right.Operation!.Takes("Idempotency-Key") => Key(right),
        7 or 6 or 5 when right.Operation!.Takes("If-Match") => right.With("If-Match", Pick(Tags)) with { Flaw = "If-Match" },
        _ => Odd(right),
    };

    private FuzzRequest Caller(FuzzRequest right)
    {
        var (flaw, broken) = random.Next(7) switch
        {
            0 => ("no token", right.With("Authorization", null)),
            1 => ("garbled token", right.With("Authorization", "Bearer " + Pick(["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", new string('x', 5_000), lore.Tokens[0][..^2], "é"]))),
            2 => ("another scheme", right.With("Authorization", Pick(["Basic YTpi", "Digest x", "Bearer", "", "bearer  x", "Negotiate"]))),
            3 => ("two callers", right.With("X-Api-Key", lore.Any("key", random) ?? "crm_x")),
            4 => ("a machine", right.With("Authorization", null).With("X-Api-Key", lore.Any("key", random) ?? "crm_x")),
            5 => ("garbled key", right.With("Authorization", null).With("X-Api-Key", Pick(["", "x", "crm_", "crm_é", "crm_" + new string('k', 4_000), "crm_a_b", "\u0001"]))),
            _ => ("two tokens", right with { Headers = [.. right.Headers, ("Authorization", "Bearer x")] }),
        };
        return broken with { Flaw = flaw };
    }

    private FuzzRequest Path(FuzzRequest right)
    {
        var operation = right.Operation!;
        if (operation.IsAboutOne && random.Next(3) > 0)
            return right with { Operation = null, Target = operation.Path.Replace("{id}", Pick(Ids)), Flaw = "no such id" };
        var target = random.Next(6) switch
        {
            0 => right.Target + "/",
            1 => right.Target.ToUpperInvariant(),
            2 => "/" + right.Target,
            3 => right.Target.Split('?')[0] + Pick(["/x", "%2f", "/%00", ";a=1", "/..", "#x"]),
            4 => Pick(["/", "/api", "/api/v1", "/api/v1/%ff%fe", "/swagger/x", "/openapi/v2.json", "/dev/x", "/health", "/%", "/favicon.ico", "/api/v1/" + new string('x', 3_000)]),
            _ => right.Target.Replace("v1", "v2"),
        };
        return right with { Operation = null, Target = target, Flaw = "another address" };
    }

    private FuzzRequest Query(FuzzRequest right)
    {
        var named = right.Operation!.Parameters.Where(p => p.In == "query").ToList();
        string flaw;
        string more;
        if (named.Count == 0 || random.Next(5) == 0) (flaw, more) = ("unknown parameter", $"{Pick(["x", "Limit", "%00", "%ff", "", "$filter"])}={Pick(QueryValues)}");
        else if (named[random.Next(named.Count)] is { Name: "cursor" }) (flaw, more) = ("bad cursor", $"cursor={(random.Next(4) == 0 ? lore.Any("cursor listComplaints", random) ?? "x" : Pick(Cursors))}");
        else if (named[random.Next(named.Count)] is var twice && random.Next(4) == 0) (flaw, more) = ("parameter twice", $"{twice.Name}=demo&{twice.Name}=demo");
        else (flaw, more) = ("bad parameter", $"{named[random.Next(named.Count)].Name}={Pick(QueryValues)}");
        return right with { Target = right.Target + (right.Target.Contains('?') ? '&' : '?') + more, Flaw = flaw };
    }

    private FuzzRequest Key(FuzzRequest right) => random.Next(3) switch
    {
        0 => right.With("Idempotency-Key", null) with { Flaw = "no Idempotency-Key", MustBeRefused = right.Operation!.Creates },
        1 => right.With("Idempotency-Key", "a") with { Headers = [.. right.With("Idempotency-Key", "a").Headers, ("Idempotency-Key", "b")], Flaw = "two Idempotency-Keys", MustBeRefused = right.Operation!.Takes("Idempotency-Key") },
        _ => right.With("Idempotency-Key", Pick(Keys)) with { Flaw = "bad Idempotency-Key" },
    };

    private FuzzRequest Odd(FuzzRequest right)
    {
        if (right.Body is null && random.Next(3) == 0) return right with { Body = Encoding.UTF8.GetBytes(random.Next(3) == 0 ? new string(' ', 300_000) : "{\"x\":1}"), ContentType = "application/json", Flaw = "a body nobody asked for" };
        var (name, value) = Oddities[random.Next(Oddities.Length)];
        return right.With(name, value) with { Flaw = $"odd {name}" };
    }

    private string Pick(string[] choices) => choices[random.Next(choices.Length)];
}
