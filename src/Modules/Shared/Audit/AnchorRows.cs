using NodaTime;
using NodaTime.Text;
using Npgsql;

namespace Crm.Shared.Audit;

/// <summary>An anchor that was found somewhere.</summary>
/// <param name="Source">Where: a file, or a row of the database.</param>
/// <param name="Anchor">What it says; null when it is not signed with the key.</param>
public sealed record SeenAnchor(string Source, Anchor? Anchor);

/// <summary>The anchors that are kept in the database as well.</summary>
public static class AnchorRows
{
    /// <summary>All of one schema: one a day.</summary>
    public static async Task<IReadOnlyList<SeenAnchor>> ReadAsync(NpgsqlConnection connection, string schema, string publicKey, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"SELECT date, line FROM {schema}.audit_anchors ORDER BY date", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var anchors = new List<SeenAnchor>();
        while (await reader.ReadAsync(ct))
        {
            var date = LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(0));
            var anchor = Anchor.Read(reader.GetString(1), publicKey);
            anchors.Add(new($"{schema}.audit_anchors {LocalDatePattern.Iso.Format(date)}", anchor?.Schema == schema && anchor.Date == date ? anchor : null));
        }

        return anchors;
    }
}
