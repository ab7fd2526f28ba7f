using Crm.Shared.Access;
using Crm.Shared.Failures;

namespace Crm.Organization;

/// <summary>The rights this module's endpoints ask for.</summary>
internal static class OrganizationPermissions
{
    public static readonly Permission Read = new("organization.read", new Text("See companies, areas, projects, their buildings, units and stations, departments and policy values.", "查看公司、片区、项目及其楼栋、房号、站点，部门与策略参数。"));

    public static readonly Permission SetPolicies = new("organization.set-policies", new Text("Set a project's policy values.", "设置项目策略参数。"));

    public static readonly Permission SetCalendar = new("organization.set-calendar", new Text("Import and correct the working calendar.", "导入和修正工作日历。"));

    public static readonly Permission ManageKeys = new("organization.manage-keys", new Text("Create, list and revoke API keys.", "创建、查看和吊销 API 密钥。"));

    public static readonly Permission ReceiveNotices = new("organization.receive-notices", new Text("Have an inbox, and choose how to be told.", "拥有收件箱并设置通知方式。"));

    public static readonly Permission ManagePlaces = new("organization.manage-places", new Text("Open and edit companies, areas, projects and departments.", "设立和修改公司、片区、项目与部门。"));

    public static readonly Permission ReadStaff = new("organization.read-staff", new Text("See staff and their roles, and what each role may do.", "查看员工及其角色，以及各角色的权限。"));

    public static readonly Permission ManageStaff = new("organization.manage-staff", new Text("Appoint and edit staff, and let somebody take over from who leaves.", "录用员工、修改员工信息及办理离职交接。"));

    public static readonly Permission AssignRoles = new("organization.assign-roles", new Text("Give staff roles and take them away.", "授予和收回员工角色。"));

    public static readonly Permission ManageRoles = new("organization.manage-roles", new Text("Define roles: what each may do.", "定义角色及其权限。"));

    public static readonly Permission ManageEstate = new("organization.manage-estate", new Text("Enter and edit a project's buildings, units and stations, and import units.", "登记和修改项目的楼栋、房号与站点，导入房号。"));

    public static readonly Permission ReadAnnouncements = new("organization.read-announcements", new Text("Read what is announced, and mark it as read.", "阅读公告并标记已读。"));

    public static readonly Permission WriteAnnouncements = new("organization.write-announcements", new Text("Write announcements, and see drafts and the register.", "起草公告，查看草稿与公告台账。"));

    public static readonly Permission PublishAnnouncements = new("organization.publish-announcements", new Text("Publish, correct, pin and withdraw announcements, and see who has read them.", "发布、更正、置顶和撤回公告，查看已读情况。"));

    public static readonly Permission[] All = [Read, SetPolicies, SetCalendar, ManageKeys, ReceiveNotices, ManagePlaces, ReadStaff, ManageStaff, AssignRoles, ManageRoles, ManageEstate, ReadAnnouncements, WriteAnnouncements, PublishAnnouncements];
}
