using Crm.Shared.Commands;
using Crm.Shared.Data;
using NodaTime;

namespace Crm.Shared.Audit;

/// <summary>ORG-10: who did what to which record, when and from where. One row per command, in the command's transaction; append-only.</summary>
public sealed class AuditEntry
{
    /// <summary>Writes down a deed.</summary>
    public AuditEntry(string action, Deed deed, CommandContext context)
    {
        Action = action;
        (SubjectKind, SubjectId, Project, At) = deed;
        Actor = context.Caller.Subject;
        TraceId = context.TraceId;
        RemoteAddress = context.RemoteAddress;
    }

    private AuditEntry() => (Action, SubjectKind, SubjectId, Actor) = ("", "", "", "");

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
    public string? RemoteAddress { get; private set; }
}
