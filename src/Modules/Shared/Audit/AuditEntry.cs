using Crm.Shared.Commands;
using Crm.Shared.Data;
using Crm.Shared.Privacy;
using Crm.Shared.Time;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Shared.Audit;

/// <summary>
/// ORG-10: who did what to which record, when and from where. One row per command, in the command's transaction; append-only. It carries a
/// keyed mark that only a host can make, so a row that was put there behind the API is known even before it is sealed.
/// </summary>
[NotPersonal("a keyed mark", "Mac")]
public sealed class AuditEntry
{
    /// <summary>What is written of an entry, in the order of <see cref="Parameters"/>. The database adds when, and by which transaction.</summary>
    internal const string Columns = "id, at, action, actor, subject_kind, subject_id, project, trace_id, remote_address, reason, form, mac";

    /// <summary>Writes down a deed. It can be saved once it is <see cref="Mark">marked</see>.</summary>
    public AuditEntry(string action, Deed deed, CommandContext context)
    {
        Action = action;
        (SubjectKind, SubjectId, Project, At) = deed;
        Actor = context.Caller.Subject;
        TraceId = context.TraceId;
        RemoteAddress = context.RemoteAddress;
    }

    private AuditEntry() => (Action, SubjectKind, SubjectId, Actor, Mac) = ("", "", "", "", []);

    /// <summary>Time-ordered id.</summary>
    public Guid Id { get; private set; } = Ids.Next();

    /// <summary>The domain instant.</summary>
    public Instant At { get; private set; }

    /// <summary>The command's name.</summary>
    public string Action { get; private set; }

    /// <summary>The caller's subject.</summary>
    public string Actor { get; private set; }

    /// <summary>The kind of record.</summary>
    public string SubjectKind { get; private set; }

    /// <summary>The record's id or code.</summary>
    public string SubjectId { get; private set; }

    /// <summary>The project, or null for the whole company.</summary>
    public string? Project { get; private set; }

    /// <summary>The trace the command belonged to.</summary>
    public string? TraceId { get; private set; }

    /// <summary>The caller's network address.</summary>
    [Personal(Datum.NetworkAddress, Guard.Plain)]
    public string? RemoteAddress { get; private set; }

    /// <summary>The reason that was given, sealed under a key of its subject; null where none was given.</summary>
    [Personal(Datum.Reason, Guard.SealedUnderRecord)]
    public byte[]? Reason { get; private set; }

    /// <summary>The canonical form the mark was made over; 0 for a row older than marks.</summary>
    public short Form { get; private set; }

    /// <summary>The keyed mark (HMAC-SHA256) over the canonical form.</summary>
    public byte[] Mac { get; private set; } = [];

    /// <summary>When the row was written, by the database's clock.</summary>
    public Instant RecordedAt { get; private set; }

    /// <summary>Where the reason is sealed to.</summary>
    internal string ReasonPlace(string schema) => $"{schema}.audit_entries.reason:{Id}";

    /// <summary>Gives the reason, sealed. Before the entry is marked.</summary>
    internal void Explain(byte[] sealedReason) => Reason = sealedReason;

    /// <summary>Marks the entry as one that a host wrote into this schema.</summary>
    public AuditEntry Mark(string schema, KeyRing keys)
    {
        At = Microseconds.Truncate(At);
        Form = CanonicalForm.Newest;
        Mac = keys.MarkAudit(CanonicalForm.Of(schema, this));
        return this;
    }

    /// <summary>The values of <see cref="Columns"/>.</summary>
    internal IEnumerable<NpgsqlParameter> Parameters()
    {
        yield return new() { Value = Id };
        yield return new() { Value = At.ToDateTimeUtc() };
        foreach (var text in (string?[])[Action, Actor, SubjectKind, SubjectId, Project, TraceId, RemoteAddress])
            yield return new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
        yield return new() { Value = (object?)Reason ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea };
        yield return new() { Value = Form };
        yield return new() { Value = Mac };
    }

    /// <summary>Reads <see cref="Columns"/> and then <c>recorded_at</c>, beginning with this column of the reader.</summary>
    internal static AuditEntry Read(NpgsqlDataReader reader, int first)
    {
        string? Text(int column) => reader.IsDBNull(first + column) ? null : reader.GetString(first + column);
        return new AuditEntry
        {
            Id = reader.GetGuid(first),
            At = Instant.FromDateTimeUtc(reader.GetDateTime(first + 1)),
            Action = reader.GetString(first + 2),
            Actor = reader.GetString(first + 3),
            SubjectKind = reader.GetString(first + 4),
            SubjectId = reader.GetString(first + 5),
            Project = Text(6),
            TraceId = Text(7),
            RemoteAddress = Text(8),
            Reason = reader.IsDBNull(first + 9) ? null : reader.GetFieldValue<byte[]>(first + 9),
            Form = reader.GetInt16(first + 10),
            Mac = reader.GetFieldValue<byte[]>(first + 11),
            RecordedAt = Instant.FromDateTimeUtc(reader.GetDateTime(first + 12)),
        };
    }
}
