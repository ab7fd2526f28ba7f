using Crm.Shared.Failures;
using Crm.Shared.Http;

namespace Crm.Complaints;

/// <summary>What can be done to a case.</summary>
internal enum CaseAct
{
    Acceptance,
    CustomerFeedback,
    HeadReport,
    HeadAcknowledgement,
    AgreedSolution,
    Severity,
    Resolution,
    Verification,
    WrittenReply,
    Reopening,
    Withdrawal,
    Archive,
}

/// <summary>CMP-19: the life of a case as a table: what each status allows.</summary>
internal static class CaseLife
{
    private static readonly CaseAct[] WhileOpen =
        [CaseAct.CustomerFeedback, CaseAct.HeadReport, CaseAct.HeadAcknowledgement, CaseAct.AgreedSolution, CaseAct.Severity, CaseAct.WrittenReply, CaseAct.Withdrawal];

    private static readonly Dictionary<CaseStatus, CaseAct[]> Allowed = new()
    {
        [CaseStatus.Registered] = [CaseAct.Acceptance, .. WhileOpen],
        [CaseStatus.Accepted] = [.. WhileOpen, CaseAct.Resolution],
        [CaseStatus.Reopened] = [CaseAct.Acceptance, .. WhileOpen, CaseAct.Resolution],
        [CaseStatus.Resolved] = [CaseAct.Verification, CaseAct.WrittenReply, CaseAct.Reopening],
        [CaseStatus.Verified] = [CaseAct.Archive, CaseAct.WrittenReply, CaseAct.Reopening],
        [CaseStatus.Archived] = [CaseAct.Reopening],
        [CaseStatus.Withdrawn] = [],
    };

    /// <summary>Lets the act through, or says what is allowed instead.</summary>
    /// <exception cref="BrokenRule">CMP-19.</exception>
    public static void Ensure(CaseStatus status, CaseAct act)
    {
        if (Allowed[status].Contains(act)) return;
        throw new BrokenRule(
            "CMP-19",
            new Text($"A case that is {status.ToWire()} does not allow this.", $"当前状态（{status.ToWire()}）不允许此操作。"),
            [.. Allowed[status].Select(Noun)]);
    }

    /// <summary>The act's word in URLs.</summary>
    public static string Noun(CaseAct act) => act switch
    {
        CaseAct.CustomerFeedback => "customer-feedback",
        CaseAct.HeadReport => "head-report",
        CaseAct.HeadAcknowledgement => "head-acknowledgement",
        CaseAct.AgreedSolution => "agreed-solution",
        CaseAct.WrittenReply => "written-reply",
        _ => act.ToWire(),
    };
}
