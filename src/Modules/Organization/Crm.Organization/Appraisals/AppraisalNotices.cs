using Crm.Organization.Contracts;
using Crm.Shared.Failures;
using Crm.Shared.Http;

namespace Crm.Organization.Appraisals;

/// <summary>ORG-11, ORG-14: who is told what about appraisals.</summary>
internal static class AppraisalNotices
{
    public static readonly NoticeKind<AppraisalTold> Told = new(
        "organization.appraisal", "ORG-14", new Text("An appraisal of yours was submitted, seen, confirmed, returned or passed on to you.", "与您有关的考核有新进展。"),
        e => new("appraisal", e.AppraisalId, e.Project), e => [Audience.Person(e.Tells)],
        (e, _) => e.News switch
        {
            _ when e.News == AppraisalStepKind.Submitted.ToWire() => new($"Your appraisal {e.Form} for the period from {e.PeriodStart:uuuu-MM-dd} is there for you to look at.", $"您自 {e.PeriodStart:uuuu-MM-dd} 起考核期的考核（{e.Form}）已提交，请查看并填写意见。"),
            _ when e.News == AppraisalStepKind.Confirmed.ToWire() => new($"Your appraisal {e.Form} for the period from {e.PeriodStart:uuuu-MM-dd} was confirmed.", $"您自 {e.PeriodStart:uuuu-MM-dd} 起考核期的考核（{e.Form}）已确认。"),
            _ when e.News == AppraisalStepKind.Returned.ToWire() => new($"The appraisal {e.Form} for the period from {e.PeriodStart:uuuu-MM-dd} was returned to you.", $"自 {e.PeriodStart:uuuu-MM-dd} 起考核期的考核（{e.Form}）被退回，请修改。"),
            _ when e.News == AppraisalStepKind.PassedOn.ToWire() => new($"The appraisal {e.Form} for the period from {e.PeriodStart:uuuu-MM-dd} is yours to end: whoever began it has left.", $"自 {e.PeriodStart:uuuu-MM-dd} 起考核期的考核（{e.Form}）原考核人已离职，由您继续完成。"),
            _ => new($"The person concerned has looked at the appraisal {e.Form} for the period from {e.PeriodStart:uuuu-MM-dd}.", $"当事人已查看自 {e.PeriodStart:uuuu-MM-dd} 起考核期的考核（{e.Form}）。"),
        });
}
