using Crm.Shared.Access;
using Crm.Shared.Failures;

namespace Crm.FollowUps;

/// <summary>The rights this module's endpoints ask for.</summary>
internal static class FollowUpPermissions
{
    public static readonly Permission Read = new("followUps.read", new Text("See follow-ups and their records.", "查看回访及记录。"));

    public static readonly Permission Record = new("followUps.record", new Text("Record outcomes.", "登记回访结果。"));

    public static readonly Permission[] All = [Read, Record];
}
