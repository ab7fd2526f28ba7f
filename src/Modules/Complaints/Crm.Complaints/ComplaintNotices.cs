using Crm.Complaints.Contracts;
using Crm.Organization.Contracts;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Complaints;

/// <summary>ORG-11: of what happens to a case, who is told, and in which words.</summary>
internal static class ComplaintNotices
{
    /// <summary>CMP-13: the area manager's ten minutes to report begin with the registration, because the system tells at once.</summary>
    public static readonly NoticeKind<CaseRegistered> MajorRegistered = new(
        "complaints.major-registered", "CMP-13", new Text("A major complaint was registered: it is to be reported to the head.", "登记了重大投诉，须上报负责人。"),
        AboutCase, _ => [Audience.Holders(StandardRoles.AreaManager)],
        (e, _) => new($"Major complaint {e.Number} was registered. Report it to the head.", $"已登记重大投诉 {e.Number}，请立即上报负责人。"))
    {
        When = e => e.Kind == CaseKind.Complaint.ToWire() && e.Severity == Severity.Major.ToWire(), Urgent = true, ByMail = true,
    };

    public static readonly NoticeKind<ComplaintClockWarned> ClockWarned = new(
        "complaints.clock-warned", "CMP-30", new Text("Most of the time of one of a case's clocks is used up.", "投诉时限即将到期。"),
        AboutCase, e => [Audience.Person(e.Handler)],
        (e, zone) => new($"{e.Number}: {Asked(e.Clock).En} is due at {e.DueAt.In(zone)}.", $"{e.Number}：{Asked(e.Clock).Zh}应于 {e.DueAt.In(zone)} 前完成。"));

    /// <summary>CMP-18: what was missed is told to whoever has the case and one above: the area manager, for a major complaint's clocks the head.</summary>
    public static readonly NoticeKind<ComplaintClockBreached> ClockBreached = new(
        "complaints.clock-breached", "CMP-18", new Text("A case's clock has run out.", "投诉时限已超期。"),
        AboutCase, e => [Audience.Person(e.Handler), Audience.Holders(IsOfMajor(e.Clock) ? StandardRoles.HeadOfAssetManagement : StandardRoles.AreaManager)],
        (e, zone) => new($"{e.Number}: {Asked(e.Clock).En} was due at {e.DueAt.In(zone)} and was not done.", $"{e.Number}：{Asked(e.Clock).Zh}应于 {e.DueAt.In(zone)} 前完成，已超期。"))
    {
        Urgent = true, ByMail = true,
    };

    public static readonly NoticeKind<ComplaintEscalated> Escalated = new(
        "complaints.escalated", "CMP-16", new Text("A case was not resolved in time and has become major.", "投诉未按期解决，已升级为重大投诉。"),
        AboutCase, e => [Audience.Person(e.Handler), Audience.Holders(StandardRoles.AreaManager)],
        (e, _) => new($"{e.Number} was not resolved in time and is a major complaint now. Report it to the head.", $"{e.Number} 未按期解决，已升级为重大投诉，请立即上报负责人。"))
    {
        When = e => e.Rule != "CMP-04", Urgent = true, ByMail = true,
    };

    /// <summary>CMP-13: as with a registration, the ten minutes to report begin now.</summary>
    public static readonly NoticeKind<ComplaintEscalated> RaisedToMajor = new(
        "complaints.raised-to-major", "CMP-04", new Text("A case was made major by hand: it is to be reported to the head.", "投诉经人工变更为重大投诉，须上报负责人。"),
        AboutCase, e => [Audience.Person(e.Handler), Audience.Holders(StandardRoles.AreaManager)],
        (e, _) => new($"{e.Number} is a major complaint now. Report it to the head.", $"{e.Number} 已变更为重大投诉，请立即上报负责人。"))
    {
        When = e => e.Rule == "CMP-04", Urgent = true, ByMail = true,
    };

    public static readonly NoticeKind<ComplaintReopened> Reopened = new(
        "complaints.reopened", "CMP-20", new Text("A case was reopened.", "投诉已重新处理。"),
        AboutCase, e => [Audience.Person(e.Handler)],
        (e, _) => new($"{e.Number} was reopened: round {e.Cycle} has begun.", $"{e.Number} 已重新处理，进入第 {e.Cycle} 轮。"));

    /// <summary>CMP-13: the new round of a major complaint is to be reported anew.</summary>
    public static readonly NoticeKind<ComplaintReopened> MajorReopened = new(
        "complaints.major-reopened", "CMP-13", new Text("A major complaint was reopened: it is to be reported to the head.", "重大投诉已重新处理，须上报负责人。"),
        AboutCase, _ => [Audience.Holders(StandardRoles.AreaManager)],
        (e, _) => new($"Major complaint {e.Number} was reopened. Report it to the head.", $"重大投诉 {e.Number} 已重新处理，请立即上报负责人。"))
    {
        When = e => e.Major, Urgent = true, ByMail = true,
    };

    /// <summary>Registers all of them.</summary>
    public static IServiceCollection AddComplaintNotices(this IServiceCollection services) =>
        services.AddNotice(MajorRegistered).AddNotice(ClockWarned).AddNotice(ClockBreached).AddNotice(Escalated).AddNotice(RaisedToMajor).AddNotice(Reopened).AddNotice(MajorReopened);

    private static NoticeSubject AboutCase(CaseEvent e) => new("complaint", e.ComplaintId, e.Project);

    private static bool IsOfMajor(string clock) => ClockOf(clock) is ComplaintClock.HeadReport or ComplaintClock.HeadAcknowledgement or ComplaintClock.Solution;

    /// <summary>What a clock asks for, in words.</summary>
    private static Text Asked(string clock) => ClockOf(clock) switch
    {
        ComplaintClock.Feedback => new("the feedback to the customer", "向客户反馈"),
        ComplaintClock.HeadReport => new("the report to the head", "上报负责人"),
        ComplaintClock.HeadAcknowledgement => new("the head's acknowledgement", "负责人确认"),
        ComplaintClock.Solution => new("the solution", "解决方案"),
        ComplaintClock.Escalation => new("the resolution, before it becomes major,", "处理（逾期将升级为重大投诉）"),
        _ => new(clock, clock),
    };

    private static ComplaintClock? ClockOf(string clock) => Enum.TryParse<ComplaintClock>(clock, ignoreCase: true, out var kind) ? kind : null;
}
