using Crm.Shared.Access;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Shared.Audit;

/// <summary>What an auditor looks for. Null asks for everything.</summary>
/// <param name="From">Done at or after this instant.</param>
/// <param name="To">Done before this instant.</param>
/// <param name="Actor">By this subject: a staff code, or key: and the prefix of an API key.</param>
/// <param name="Action">This command.</param>
/// <param name="SubjectKind">On this kind of record.</param>
/// <param name="SubjectId">On the record of this id or code.</param>
/// <param name="Project">In this project.</param>
public sealed record AuditFilter(Instant? From, Instant? To, string? Actor, string? Action, string? SubjectKind, string? SubjectId, string? Project);

/// <summary>An entry as auditors read it.</summary>
/// <param name="Id">The entry.</param>
/// <param name="Module">The module that was asked to do it.</param>
/// <param name="At">When, by the domain's clock.</param>
/// <param name="RecordedAt">When it was written down, by the database's clock.</param>
/// <param name="Action">What was done: the command.</param>
/// <param name="Actor">By whom: a staff code, key: and the prefix of an API key, or console.</param>
/// <param name="SubjectKind">To which kind of record.</param>
/// <param name="SubjectId">The record's id or code.</param>
/// <param name="Project">The record's project; null for the whole company.</param>
/// <param name="TraceId">The trace it belonged to, as in logs and problem documents.</param>
/// <param name="RemoteAddress">From which network address.</param>
/// <param name="Reason">Why, as the caller said; null where none was given, or it has been erased.</param>
/// <param name="ReasonErased">A reason was given, and has been erased since.</param>
/// <param name="Seal">The number of the seal that covers it in its module's chain; null in the first seconds.</param>
/// <param name="SealedAt">When it was sealed.</param>
public sealed record AuditItem(
    Guid Id, string Module, Instant At, Instant RecordedAt, string Action, string Actor, string SubjectKind, string SubjectId, string? Project, string? TraceId, [property: Personal(Datum.NetworkAddress, Guard.InScope)] string? RemoteAddress,
    [property: Personal(Datum.Reason, Guard.InScope)] string? Reason, bool ReasonErased, long? Seal, Instant? SealedAt);

/// <summary>A day's anchor of a chain.</summary>
/// <param name="Module">Whose chain.</param>
/// <param name="Date">The day that had ended, in the system's zone.</param>
/// <param name="Line">What the anchor says, and its signature: keep it as it stands.</param>
[NotPersonal("a hash of the chain, signed", "Line")]
public sealed record AnchorItem(string Module, LocalDate Date, string Line);

/// <summary>ORG-10: the audit of one module, as its own role reads it.</summary>
public sealed class AuditLog
{
    private readonly string schema;
    private readonly NpgsqlDataSource source;
    private readonly Sealer sealer;
    private readonly AuditNight night;
    private readonly KeyRing keys;

    internal AuditLog(string schema, NpgsqlDataSource source, Sealer sealer, AuditNight night, KeyRing keys) =>
        (this.schema, this.source, this.sealer, this.night, this.keys) = (schema, source, sealer, night, keys);

    /// <summary>False once this host has met, while sealing, a row that no host has written, or a chain that was cut; or when the last night's look found something.</summary>
    public async Task<bool> IsWholeAsync(CancellationToken ct) => sealer.Broken is null && !await night.IsBrokenAsync(ct);

    /// <summary>The anchors of this chain, latest first, before a day.</summary>
    public async Task<IReadOnlyList<AnchorItem>> ReadAnchorsAsync(LocalDate? before, int limit, CancellationToken ct)
    {
        await using var command = source.CreateCommand($"SELECT date, line FROM {schema}.audit_anchors WHERE $1::date IS NULL OR date < $1 ORDER BY date DESC LIMIT $2");
        command.Parameters.Add(new() { Value = (object?)before?.ToDateOnly() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        command.Parameters.Add(new() { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var anchors = new List<AnchorItem>();
        while (await reader.ReadAsync(ct)) anchors.Add(new(schema, LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(0)), reader.GetString(1)));
        return anchors;
    }

    /// <summary>Entries of these projects, newest first. What belongs to no project is for those who may read all.</summary>
    /// <param name="filter">What is looked for.</param>
    /// <param name="scope">Where the caller may look.</param>
    /// <param name="after">The last one that was read; null for the newest.</param>
    /// <param name="limit">No more than so many.</param>
    /// <param name="ct">Cancels it.</param>
    public async Task<IReadOnlyList<AuditItem>> ReadAsync(AuditFilter filter, ProjectScope scope, TimeKey? after, int limit, CancellationToken ct)
    {
        if (scope.IsEmpty) return [];
        await using var command = source.CreateCommand();
        command.CommandText = Query(command, filter, scope, after, limit);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var items = new List<AuditItem>();
        while (await reader.ReadAsync(ct))
        {
            var e = AuditEntry.Read(reader, first: 0);
            items.Add(new(
                e.Id, schema, e.At, e.RecordedAt, e.Action, e.Actor, e.SubjectKind, e.SubjectId, e.Project, e.TraceId, e.RemoteAddress,
                SubjectKeys.Unseal(keys, schema, e, reader.IsDBNull(15) ? null : reader.GetFieldValue<byte[]>(15)), e.Reason is not null && reader.IsDBNull(15),
                reader.IsDBNull(13) ? null : reader.GetInt64(13), reader.IsDBNull(14) ? null : Instant.FromDateTimeUtc(reader.GetDateTime(14))));
        }

        return items;
    }

    /// <summary>Only the conditions that are asked for, so that each finds its index; several projects are read each by its own and then merged.</summary>
    private string Query(NpgsqlCommand command, AuditFilter filter, ProjectScope scope, TimeKey? after, int limit)
    {
        string Value(object value, NpgsqlDbType type)
        {
            command.Parameters.Add(new() { Value = value, NpgsqlDbType = type });
            return $"${command.Parameters.Count}";
        }

        var conditions = new List<string>();
        foreach (var (column, text) in new[] { ("actor", filter.Actor), ("action", filter.Action), ("subject_kind", filter.SubjectKind), ("subject_id", filter.SubjectId), ("project", filter.Project) })
            if (text is not null) conditions.Add($"e.{column} = {Value(text, NpgsqlDbType.Text)}");
        if (filter.From is { } from) conditions.Add($"e.at >= {Value(from.ToDateTimeUtc(), NpgsqlDbType.TimestampTz)}");
        if (filter.To is { } to) conditions.Add($"e.at < {Value(to.ToDateTimeUtc(), NpgsqlDbType.TimestampTz)}");
        if (after is { At: var at, Id: var id }) conditions.Add($"(e.at, e.id) < ({Value(at.ToDateTimeUtc(), NpgsqlDbType.TimestampTz)}, {Value(id, NpgsqlDbType.Uuid)})");
        var newest = $"ORDER BY e.at DESC, e.id DESC LIMIT {Value(limit, NpgsqlDbType.Integer)}";
        string Page(IEnumerable<string> where) => $"SELECT * FROM {schema}.audit_entries e{(where.Any() ? $" WHERE {string.Join(" AND ", where)}" : "")} {newest}";
        // One for each project: in a single one the index of a small project would be of no use.
        var page = scope.Everywhere || filter.Project is not null
            ? Page(conditions)
            : $"SELECT * FROM ({string.Join(" UNION ALL ", scope.Projects.Select(project => $"({Page([.. conditions, $"e.project = {Value(project, NpgsqlDbType.Text)}"])})"))}) AS e {newest}";
        return $"""
            SELECT {AuditRows.Of("e")}, l.seal, s.sealed_at, CASE WHEN e.reason IS NOT NULL THEN k.sealed_key END FROM ({page}) AS e
            LEFT JOIN {schema}.audit_seal_entries l ON l.entry_id = e.id LEFT JOIN {schema}.audit_seals s ON s.number = l.seal
            LEFT JOIN {schema}.audit_subject_keys k ON k.subject_kind = e.subject_kind AND k.subject_id = e.subject_id ORDER BY e.at DESC, e.id DESC
            """;
    }
}
