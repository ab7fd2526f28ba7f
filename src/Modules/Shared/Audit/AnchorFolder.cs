using System.Text;
using Crm.Shared.Privacy;
using Microsoft.Extensions.Logging;
using NodaTime.Text;

namespace Crm.Shared.Audit;

/// <summary>
/// The folder where anchors leave the database to: one file for each schema and day, and one that follows the end of each chain seal by seal, so that
/// even the entries of this minute cannot be cut off unseen. A folder that cannot be written to stops nothing; it is said, and tried again.
/// </summary>
public sealed partial class AnchorFolder(AuditOptions options, KeyRing keys, ILogger<AnchorFolder> logger)
{
    private const string Ending = ".anchor";

    /// <summary>Whether there is one.</summary>
    public bool IsUsed => options.Anchors is not null;

    /// <summary>True while what should leave the database does not.</summary>
    public bool IsStuck { get; private set; }

    /// <summary>Every line of every anchor file of a folder, with the name of its file.</summary>
    public static IEnumerable<(string File, string Line)> ReadLines(string folder) =>
        from file in Directory.EnumerateFiles(folder, $"*{Ending}").Order(StringComparer.Ordinal)
        from line in File.ReadLines(file)
        where line.Length > 0
        select (Path.GetFileName(file), line);

    /// <summary>Where this folder has last seen the end of a chain; null when it has not, or there is no folder.</summary>
    internal Anchor? FindLatest(string schema)
    {
        if (options.Anchors is null || !File.Exists(PathOf(schema, "latest"))) return null;
        try
        {
            return Anchor.Read(File.ReadAllText(PathOf(schema, "latest")), keys.AnchorPublicKey);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Writes down the end of a chain.</summary>
    internal void WriteLatest(Anchor anchor) => Write(PathOf(anchor.Schema, "latest"), anchor.Sign(keys));

    /// <summary>Writes the anchor of a day, as it was signed then, where it is not there yet.</summary>
    internal void WriteDay(Anchor anchor, string signed)
    {
        if (options.Anchors is null) return;
        var path = PathOf(anchor.Schema, LocalDatePattern.Iso.Format(anchor.Date));
        // An empty one is what a machine leaves that lost its power.
        if (new FileInfo(path) is not { Exists: true, Length: > 0 }) Write(path, signed);
    }

    private string PathOf(string schema, string day) => Path.Combine(options.Anchors!, $"{schema}.{day}{Ending}");

    private void Write(string path, string line)
    {
        // Whole or not at all, and not confused with another host that writes into the same folder.
        var fresh = $"{path}.{Guid.NewGuid():N}";
        try
        {
            using (var file = new FileStream(fresh, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(Encoding.UTF8.GetBytes(line + "\n"));
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, path, overwrite: true);
            IsStuck = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!IsStuck) LogStuck(e.GetType().Name);
            IsStuck = true;
            TryDelete(fresh);
        }
    }

    /// <summary>On a disk that is full even an empty file is one too many, at each seal.</summary>
    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Anchors of the audit cannot be written into the folder Crm:Audit:Anchors: {Failure}")]
    private partial void LogStuck(string failure);
}
