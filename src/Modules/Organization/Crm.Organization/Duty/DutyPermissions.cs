using Crm.Shared.Access;
using Crm.Shared.Failures;

namespace Crm.Organization.Duty;

/// <summary>The rights that the endpoints of shifts ask for.</summary>
internal static class DutyPermissions
{
    public static readonly Permission Read = new("duty.read", new Text("See shifts, rosters and who is on duty.", "查看班次、排班表及当值人员。"));

    public static readonly Permission Serve = new("duty.serve", new Text("Have shifts: ask for swaps and leave, extend a shift of one's own, read, write and confirm notes between shifts, and keep a problem log.", "参与值班：申请换班与请假、延长本人班次，查看、填写和确认交接记录，记录问题日志。"));

    public static readonly Permission Arrange = new("duty.arrange", new Text("Define shifts, and make, publish and correct rosters.", "设置班次，编制、发布和更正排班表。"));

    public static readonly Permission Decide = new("duty.decide", new Text("See and decide requests for leave and swaps, confirm notes between shifts, and read problem logs.", "查看并审批请假与换班，确认交接记录，查看问题日志。"));

    public static readonly Permission[] All = [Read, Serve, Arrange, Decide];
}
