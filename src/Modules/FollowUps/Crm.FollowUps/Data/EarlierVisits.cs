using Crm.Shared.Privacy;
using Npgsql;

namespace Crm.FollowUps.Data;

/// <summary>ORG-12: visits from before words and signatures were sealed.</summary>
internal static class EarlierVisits
{
    private const string Visits = "followups.visits";

    public static readonly EarlierTexts Texts = new(
        FollowUpsModule.Schema, Marker: (Visits, "open_remarks"), GiveKeysAsync, ReadKeys: "SELECT id, sealed_key FROM followups.follow_ups WHERE id = ANY($1)", Drop: [],
        new OpenTexts(Visits, "id", "follow_up_id",
            ("shortcomings", nameof(Visit.Shortcomings)), ("suggestions", nameof(Visit.Suggestions)), ("remarks", nameof(Visit.Remarks)), ("signature", nameof(Visit.Signature))));

    private static async Task<int> GiveKeysAsync(NpgsqlConnection connection, KeyRing keys, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        await using (var command = new NpgsqlCommand($"""
            SELECT id FROM followups.follow_ups f WHERE sealed_key IS NULL AND EXISTS (
                SELECT FROM {Visits} v WHERE v.follow_up_id = f.id AND num_nonnulls(open_shortcomings, open_suggestions, open_remarks, open_signature) > 0) LIMIT {EarlierTexts.Piece}
            """, connection))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
                batch.BatchCommands.Add(new NpgsqlBatchCommand("UPDATE followups.follow_ups SET sealed_key = $2 WHERE id = $1")
                {
                    Parameters = { new() { Value = reader.GetGuid(0) }, new() { Value = keys.NewRecordKey(FollowUpsModule.Schema, reader.GetGuid(0)) } },
                });
        }

        return batch.BatchCommands.Count == 0 ? 0 : await batch.ExecuteNonQueryAsync(ct);
    }
}
