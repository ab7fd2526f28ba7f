using Crm.Shared.Access;
using Crm.Shared.Failures;

namespace Crm.Organization;

/// <summary>The rights this module's endpoints ask for.</summary>
internal static class OrganizationPermissions
{
    public static readonly Permission Read = new("organization.read", new Text("See projects and policy values.", "查看项目与策略参数。"));

    public static readonly Permission SetPolicies = new("organization.set-policies", new Text("Set a project's policy values.", "设置项目策略参数。"));

    public static readonly Permission SetCalendar = new("organization.set-calendar", new Text("Import and correct the working calendar.", "导入和修正工作日历。"));

    public static readonly Permission ManageKeys = new("organization.manage-keys", new Text("Create, list and revoke API keys.", "创建、查看和吊销 API 密钥。"));

    public static readonly Permission ReceiveNotices = new("organization.receive-notices", new Text("Have an inbox, and choose how to be told.", "拥有收件箱并设置通知方式。"));

    public static readonly Permission[] All = [Read, SetPolicies, SetCalendar, ManageKeys, ReceiveNotices];
}
