using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Failures;

namespace Crm.Complaints;

/// <summary>The rights this module's endpoints ask for.</summary>
internal static class ComplaintPermissions
{
    public static readonly Permission Read = new("complaints.read", new Text("See cases, their clocks and history.", "查看投诉、时限与历史。"));

    public static readonly Permission SeePhones = PersonalData.SeeInFull;

    public static readonly Permission Register = new("complaints.register", new Text("Register cases.", "登记投诉。"));

    public static readonly Permission Handle = new("complaints.handle", new Text(
        "Accept and resolve cases, give feedback, report to the head, record agreed solutions and written replies.", "受理、处理投诉，反馈客户，上报负责人，登记方案与书面答复。"));

    public static readonly Permission Acknowledge = new("complaints.acknowledge", new Text("Acknowledge reports as the head of asset management.", "以负责人身份确认上报。"));

    public static readonly Permission Classify = new("complaints.classify", new Text("Change the severity.", "变更严重程度。"));

    public static readonly Permission Verify = new("complaints.verify", new Text("Verify results.", "核实处理结果。"));

    public static readonly Permission Reopen = new("complaints.reopen", new Text("Reopen cases.", "重新打开投诉。"));

    public static readonly Permission Withdraw = new("complaints.withdraw", new Text("Record withdrawals.", "登记撤诉。"));

    public static readonly Permission Archive = new("complaints.archive", new Text("File cases.", "归档投诉。"));

    public static readonly Permission[] All = [Read, SeePhones, Register, Handle, Acknowledge, Classify, Verify, Reopen, Withdraw, Archive];
}
