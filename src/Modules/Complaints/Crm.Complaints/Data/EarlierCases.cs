using Crm.Shared.Privacy;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Complaints.Data;

/// <summary>ORG-12: cases from before names and words were sealed.</summary>
internal static class EarlierCases
{
    private const string Records = "complaints.complaint_records";

    public static readonly EarlierTexts Texts = new(
        ComplaintsModule.Schema, Marker: (Records, "open_content"), GiveKeysAsync, ReadKeys: "SELECT complaint_id, sealed_key FROM complaints.complainants WHERE complaint_id = ANY($1)",
        Drop: [(Records, "open_phone_sealed"), (Records, "open_phone_index"), (Records, "open_building"), (Records, "open_unit")],
        new OpenTexts(Records, "complaint_id", "complaint_id", ("content", nameof(ComplaintRecord.Content)), ("demand", nameof(ComplaintRecord.Demand)), ("customer_name", nameof(ComplaintRecord.CustomerName))),
        new OpenTexts("complaints.complaint_steps", "id", "complaint_id", ("text", nameof(Step.Text)), ("how", nameof(Step.How))),
        new OpenTexts("complaints.complaint_supplements", "id", "complaint_id", ("content", nameof(Supplement.Content))));

    /// <summary>A complainant with a key for each case that has none; the phone moves there, sealed to its new place.</summary>
    private static async Task<int> GiveKeysAsync(NpgsqlConnection connection, KeyRing keys, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        await using (var command = new NpgsqlCommand($"""
            SELECT complaint_id, open_phone_sealed, open_phone_index, open_building, open_unit FROM {Records} r
            WHERE NOT EXISTS (SELECT FROM complaints.complainants c WHERE c.complaint_id = r.complaint_id) LIMIT {EarlierTexts.Piece}
            """, connection))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                var id = reader.GetGuid(0);
                object phone = reader.IsDBNull(1) ? DBNull.Value
                    : keys.Seal(keys.Unseal(reader.GetFieldValue<byte[]>(1), $"complaints.complaint_records.phone:{id}"), Complainant.PhonePlace(id));
                batch.BatchCommands.Add(new NpgsqlBatchCommand("INSERT INTO complaints.complainants (complaint_id, sealed_key, phone_sealed, phone_index, building, unit) VALUES ($1, $2, $3, $4, $5, $6)")
                {
                    Parameters =
                    {
                        new() { Value = id }, new() { Value = keys.NewRecordKey(ComplaintsModule.Schema, id) }, new() { Value = phone, NpgsqlDbType = NpgsqlDbType.Bytea },
                        new() { Value = Versioned(reader.GetValue(2)), NpgsqlDbType = NpgsqlDbType.Bytea }, new() { Value = reader.GetValue(3), NpgsqlDbType = NpgsqlDbType.Text }, new() { Value = reader.GetValue(4), NpgsqlDbType = NpgsqlDbType.Text },
                    },
                });
            }
        }

        // An index says which key it was made with; until now there was only the first.
        static object Versioned(object index) => index is byte[] bytes ? (byte[])[1, .. bytes] : index;

        return batch.BatchCommands.Count == 0 ? 0 : await batch.ExecuteNonQueryAsync(ct);
    }
}
