using System.Text;

namespace Crm.Build.Fuzz;

/// <summary>One request, exactly as it goes out.</summary>
/// <param name="Operation">The operation it is meant for; null when it is meant for none.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Target">Path and query, already encoded, well or badly.</param>
/// <param name="Headers">In their order; a name may come twice.</param>
/// <param name="Body">The bytes; null for no body.</param>
/// <param name="ContentType">The body's type; null for none.</param>
internal sealed record FuzzRequest(
    Operation? Operation, string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Body = null, string? ContentType = null)
{
    /// <summary>What is wrong with it on purpose; null for a request that is right.</summary>
    public string? Flaw { get; init; }

    /// <summary>So wrong that taking it would be a fault.</summary>
    public bool MustBeRefused { get; init; }

    /// <summary>The text of the body.</summary>
    public string Text => Body is null ? "" : Encoding.UTF8.GetString(Body);

    /// <summary>The value of the first header of this name.</summary>
    public string? Header(string name) => Headers.Where(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value).FirstOrDefault();

    /// <summary>The same with one header of this name, or with none.</summary>
    public FuzzRequest With(string header, string? value) => this with
    {
        Headers = [.. Headers.Where(h => !h.Name.Equals(header, StringComparison.OrdinalIgnoreCase)), .. value is null ? [] : ((string, string)[])[(header, value)]],
    };

    /// <summary>The same with another JSON text as body.</summary>
    public FuzzRequest WithBody(string json) => this with { Body = Encoding.UTF8.GetBytes(json), ContentType = ContentType ?? "application/json" };

    /// <summary>A command line that sends it again.</summary>
    public string Curl(Uri host)
    {
        var line = new StringBuilder($"curl -i -X {Method} --path-as-is '{host.GetLeftPart(UriPartial.Authority)}{Target.Replace("'", "%27")}'");
        foreach (var (name, value) in Headers) line.Append($" -H $'{name}: {Escaped(Encoding.Latin1.GetBytes(value))}'");
        if (ContentType is not null) line.Append($" -H $'Content-Type: {Escaped(Encoding.Latin1.GetBytes(ContentType))}'");
        if (Body is not null) line.Append(Body.Length > 4_000 ? $" --data-binary '<{Body.Length} bytes beginning {Encoding.UTF8.GetString(Body[..60])}>'" : $" --data-binary $'{Escaped(Body)}'");
        return line.ToString();
    }

    private static string Escaped(byte[] bytes) =>
        string.Concat(bytes.Select(b => b is >= 0x20 and < 0x7f and not (byte)'\'' and not (byte)'\\' ? ((char)b).ToString() : $"\\x{b:x2}"));
}

/// <summary>What came back.</summary>
/// <param name="Status">The status.</param>
/// <param name="Headers">All headers, those of the content included.</param>
/// <param name="Body">The bytes.</param>
internal sealed record FuzzAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The content type without parameters; null when none was named.</summary>
    public string? ContentType => Headers.TryGetValue("Content-Type", out var type) ? type.Split(';')[0].Trim() : null;

    public string Text => Encoding.UTF8.GetString(Body);
}
