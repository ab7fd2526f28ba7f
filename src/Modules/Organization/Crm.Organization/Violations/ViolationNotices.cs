using Crm.Organization.Contracts;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Organization.Violations;

/// <summary>ORG-11, ORG-13: who is told what about violations.</summary>
internal static class ViolationNotices
{
    public static readonly NoticeKind<ViolationTold> Concerned = new(
        "organization.violation", "ORG-13", new Text("A violation was recorded against you, decided, or counted anew.", "您有违规记录，或其处理结果有变化。"),
        e => new("violation", e.ViolationId, e.Project), e => [Audience.Person(e.Staff)],
        (e, zone) => e.News switch
        {
            _ when e.News == ViolationNews.Upheld.ToWire() => new($"The violation {e.Kind} recorded against you was upheld.", $"您的违规记录 {e.Kind} 经复核予以维持。"),
            _ when e.News == ViolationNews.Overturned.ToWire() => new($"The violation {e.Kind} recorded against you was overturned: it no longer counts.", $"您的违规记录 {e.Kind} 已被撤销，不再计数。"),
            _ when e.News == ViolationNews.Recounted.ToWire() => new($"The violation {e.Kind} recorded against you is offence number {e.Number} now.", $"您的违规记录 {e.Kind} 现按第 {e.Number} 次计。"),
            _ => new($"A violation was recorded against you: {e.Kind}, offence number {e.Number}. You can appeal until {e.AppealableUntil.In(zone)}.", $"您有新的违规记录：{e.Kind}，第 {e.Number} 次。可于 {e.AppealableUntil.In(zone)} 前申诉。"),
        })
    {
        ByMail = true,
    };

    public static readonly NoticeKind<ViolationAppealed> Appealed = new(
        "organization.violation-appealed", "ORG-13", new Text("Somebody has appealed against a violation you recorded.", "您登记的违规被提出申诉。"),
        e => new("violation", e.ViolationId, e.Project), e => [Audience.Person(e.RecordedBy), Audience.Holders(StandardRoles.AreaManager)],
        (e, _) => new($"{e.Staff} has appealed against the violation {e.Kind}: somebody who did not record it has to decide.", $"{e.Staff} 对违规记录 {e.Kind} 提出申诉，须由登记人以外的人决定。"));

    /// <summary>Registers all of them.</summary>
    public static IServiceCollection AddViolationNotices(this IServiceCollection services) => services.AddNotice(Concerned).AddNotice(Appealed);
}
