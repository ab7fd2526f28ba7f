namespace Crm.Shared.Audit;

/// <summary>What of the audit leaves the database (docs/operations/audit.md).</summary>
public sealed class AuditOptions
{
    /// <summary>The folder that anchors are written into: small signed files that say where each chain stands, by which the audit is verified later. Best on another machine, or copied there: somebody who may do everything in the database should have no rights in it. Nothing is written without it.</summary>
    public string? Anchors { get; set; }

    /// <summary>The IANA time zone whose days anchors are made for.</summary>
    public string Zone { get; set; } = "Asia/Shanghai";
}
