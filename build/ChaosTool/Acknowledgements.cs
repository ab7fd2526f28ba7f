using System.Text.Json;
using Crm.Build.Replay;

namespace Crm.Build.Chaos;

/// <summary>One command the host has acknowledged: from now on it may not be lost.</summary>
/// <param name="Command">What was acknowledged: registration, acceptance or resolution.</param>
/// <param name="Ticket">The client's own ticket number.</param>
/// <param name="Named">Whether the ticket left a name.</param>
/// <param name="Key">The idempotency key.</param>
/// <param name="CaseId">The case's id, as answered.</param>
/// <param name="Number">The case's number, as answered.</param>
internal sealed record Acknowledgement(string Command, string Ticket, bool Named, string Key, string CaseId, string Number);

/// <summary>One client's log, a line for each acknowledgement, written out before the client goes on.</summary>
internal sealed class AcknowledgementLog(string file) : IDisposable
{
    private readonly StreamWriter lines = new(file, append: true) { AutoFlush = true };

    public void Append(Acknowledgement acknowledged) => lines.WriteLine(JsonSerializer.Serialize(acknowledged, Wire.Json));

    public void Dispose() => lines.Dispose();

    /// <summary>Every line of every client's log in the folder.</summary>
    public static IReadOnlyList<Acknowledgement> ReadAll(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.jsonl").SelectMany(File.ReadLines)
            .Select(line => JsonSerializer.Deserialize<Acknowledgement>(line, Wire.Json)!),
    ];
}
