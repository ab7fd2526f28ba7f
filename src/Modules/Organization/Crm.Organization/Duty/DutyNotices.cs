using Crm.Organization.Contracts;
using Crm.Shared.Failures;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using NodaTime.Text;

namespace Crm.Organization.Duty;

/// <summary>ORG-11: of what happens to shifts, who is told, and in which words.</summary>
internal static class DutyNotices
{
    private static readonly Audience[] Supervisors = [Audience.Holders(StandardRoles.PropertySupervisor), Audience.Holders(StandardRoles.AreaManager)];

    public static readonly NoticeKind<RosterPublished> Published = new(
        "duty.roster-published", DutyRule.Rule, new Text("A roster with shifts of yours is published.", "排班表已发布。"),
        e => new("roster", e.RosterId, e.Project), e => [.. e.Staff.Select(Audience.Person)],
        (e, _) => new($"The roster of {e.Month} is published: see your shifts.", $"{e.Month} 排班表已发布，请查看您的班次。"));

    public static readonly NoticeKind<ShiftReassigned> Reassigned = new(
        "duty.shift-reassigned", DutyRule.Rule, new Text("A shift became yours, or is yours no more.", "您的班次有变动。"),
        e => new("shiftSlot", e.SlotId, e.Project), e => [Audience.Person(e.Staff)],
        (e, zone) => e.IsTheirs
            ? new($"The shift {e.Shift} from {e.StartsAt.In(zone)} to {e.EndsAt.In(zone)} is yours.", $"班次 {e.Shift}（{e.StartsAt.In(zone)} 至 {e.EndsAt.In(zone)}）已安排给您。")
            : new($"The shift {e.Shift} from {e.StartsAt.In(zone)} to {e.EndsAt.In(zone)} is yours no more.", $"班次 {e.Shift}（{e.StartsAt.In(zone)} 至 {e.EndsAt.In(zone)}）不再由您值班。"));

    public static readonly NoticeKind<ShiftUncovered> Uncovered = new(
        "duty.uncovered", DutyRule.Rule, new Text("Hours of a published roster are open.", "已发布的排班出现缺岗。"),
        e => new("shiftSlot", e.SlotId, e.Project), _ => Supervisors,
        (e, zone) => new($"Shift {e.Shift} of {Day(e.Date)}: {e.Missing} missing from {e.From.In(zone)} to {e.Until.In(zone)}.", $"{Day(e.Date)} 班次 {e.Shift}：{e.From.In(zone)} 至 {e.Until.In(zone)} 缺 {e.Missing} 人。"))
    {
        Urgent = true, ByMail = true,
    };

    public static readonly NoticeKind<ShiftUncoveredSoon> UncoveredSoon = new(
        "duty.uncovered-soon", DutyRule.Rule, new Text("Hours that begin soon are still open.", "即将开始的班次仍缺岗。"),
        e => new("shiftSlot", e.SlotId, e.Project), _ => Supervisors,
        (e, zone) => new($"Shift {e.Shift} of {Day(e.Date)} still misses {e.Missing} from {e.From.In(zone)} on.", $"{Day(e.Date)} 班次 {e.Shift} 自 {e.From.In(zone)} 起仍缺 {e.Missing} 人。"))
    {
        Urgent = true, ByMail = true,
    };

    public static readonly NoticeKind<SwapAsked> SwapIsAsked = new(
        "duty.swap-asked", DutyRule.Rule, new Text("Somebody asks you to swap shifts.", "有人向您申请换班。"),
        e => new("swap", e.SwapId, e.Project), e => [Audience.Person(e.Other)],
        (e, _) => new($"{e.AskedBy} asks you to swap shifts.", $"{e.AskedBy} 向您申请换班，请答复。"));

    public static readonly NoticeKind<SwapAgreed> SwapIsAgreed = new(
        "duty.swap-agreed", DutyRule.Rule, new Text("A swap waits for a supervisor.", "换班申请待审批。"),
        e => new("swap", e.SwapId, e.Project), _ => Supervisors,
        (e, _) => new($"{e.AskedBy} and {e.Other} want to swap shifts.", $"{e.AskedBy} 与 {e.Other} 申请换班，请审批。"));

    public static readonly NoticeKind<SwapDecided> SwapIsDecided = new(
        "duty.swap-decided", DutyRule.Rule, new Text("A swap of yours was carried out, or will not be.", "您的换班申请有结果。"),
        e => new("swap", e.SwapId, e.Project), e => [Audience.Person(e.AskedBy), Audience.Person(e.Other)],
        (e, _) => e.IsApproved ? new($"The swap of {e.AskedBy} and {e.Other} is approved: see your shifts.", $"{e.AskedBy} 与 {e.Other} 的换班已批准，请查看班次。")
            : new($"The swap of {e.AskedBy} and {e.Other} will not be.", $"{e.AskedBy} 与 {e.Other} 的换班未通过。"));

    public static readonly NoticeKind<LeaveAsked> LeaveIsAsked = new(
        "duty.leave-asked", DutyRule.Rule, new Text("Somebody asks for leave.", "有人请假，待审批。"),
        e => new("leaveRequest", e.LeaveId, e.Project), _ => Supervisors,
        (e, zone) => new($"{e.Staff} asks for leave from {e.StartsAt.In(zone)} to {e.EndsAt.In(zone)}.", $"{e.Staff} 申请 {e.StartsAt.In(zone)} 至 {e.EndsAt.In(zone)} 请假，请审批。"));

    public static readonly NoticeKind<LeaveDecided> LeaveIsDecided = new(
        "duty.leave-decided", DutyRule.Rule, new Text("Your leave was signed or refused.", "您的请假有结果。"),
        e => new("leaveRequest", e.LeaveId, e.Project), e => [Audience.Person(e.Staff)],
        (e, zone) => e.IsSigned ? new($"Your leave from {e.StartsAt.In(zone)} to {e.EndsAt.In(zone)} is signed.", $"您 {e.StartsAt.In(zone)} 至 {e.EndsAt.In(zone)} 的请假已批准。")
            : new($"Your leave from {e.StartsAt.In(zone)} to {e.EndsAt.In(zone)} is refused: the reason is in the request.", $"您 {e.StartsAt.In(zone)} 至 {e.EndsAt.In(zone)} 的请假未获批准，原因见请假单。"));

    public static readonly NoticeKind<HandoverUnconfirmed> Unconfirmed = new(
        "duty.handover-unconfirmed", HandoverRule.Rule, new Text("A note from one shift to the next is not confirmed.", "交接记录未被确认。"),
        e => new("shiftHandover", e.HandoverId, e.Project), _ => Supervisors,
        (e, _) => new($"The next shift has not confirmed a note of the shift {e.Shift} of {Day(e.Date)}.", $"{Day(e.Date)} 班次 {e.Shift} 的交接记录尚未被接班人员确认。"))
    {
        Urgent = true,
    };

    /// <summary>Registers all of them.</summary>
    public static IServiceCollection AddDutyNotices(this IServiceCollection services) => services
        .AddNotice(Published).AddNotice(Reassigned).AddNotice(Uncovered).AddNotice(UncoveredSoon)
        .AddNotice(SwapIsAsked).AddNotice(SwapIsAgreed).AddNotice(SwapIsDecided).AddNotice(LeaveIsAsked).AddNotice(LeaveIsDecided).AddNotice(Unconfirmed);

    private static string Day(LocalDate date) => LocalDatePattern.Iso.Format(date);
}
