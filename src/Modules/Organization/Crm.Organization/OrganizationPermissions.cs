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

    public static readonly Permission ManageStaff = new("organization.manage-staff", new Text("Appoint and edit staff, let somebody take over from who leaves, and see what became of e-mails to them.", "录用员工、修改员工信息、办理离职交接，并查看发给员工的邮件状态。"));

    public static readonly Permission AssignRoles = new("organization.assign-roles", new Text("Give staff roles and take them away.", "授予和收回员工角色。"));

    public static readonly Permission ManageRoles = new("organization.manage-roles", new Text("Define roles: what each may do.", "定义角色及其权限。"));

    public static readonly Permission ManageEstate = new("organization.manage-estate", new Text("Enter and edit a project's buildings, units and stations, and import units.", "登记和修改项目的楼栋、房号与站点，导入房号。"));

    public static readonly Permission ReadAnnouncements = new("organization.read-announcements", new Text("Read what is announced, and mark it as read.", "阅读公告并标记已读。"));

    public static readonly Permission WriteAnnouncements = new("organization.write-announcements", new Text("Write announcements, and see drafts and the register.", "起草公告，查看草稿与公告台账。"));

    public static readonly Permission PublishAnnouncements = new("organization.publish-announcements", new Text("Publish, correct, pin and withdraw announcements, and see who has read them.", "发布、更正、置顶和撤回公告，查看已读情况。"));

    public static readonly Permission SetPresence = new("organization.set-presence", new Text("Say whether you are on duty, with a customer or away.", "报告本人在岗、接待或离开状态。"));

    public static readonly Permission WatchPresence = new("organization.watch-presence", new Text("See who is on duty and what agents are doing.", "查看人员在岗情况与坐席监控。"));

    public static readonly Permission TakeCalls = new("organization.take-calls", new Text("Work as an agent of the call centre: be shown on the agent monitor.", "担任呼叫中心坐席，显示在坐席监控中。"));

    public static readonly Permission ReportCalls = new("organization.report-calls", new Text("Report what happened to calls, as the call-centre software does.", "上报通话事件（呼叫中心软件使用）。"));

    public static readonly Permission DefineViolations = new("organization.define-violations", new Text("Define kinds of violation and their sanctions.", "定义违规种类及其处罚阶梯。"));

    public static readonly Permission RecordViolations = new("organization.record-violations", new Text("Record violations of staff.", "登记员工违规。"));

    public static readonly Permission SeeViolations = new("organization.see-violations", new Text("See violations of staff.", "查看员工违规记录。"));

    public static readonly Permission DecideViolations = new("organization.decide-violations", new Text("Uphold or overturn violations that others recorded.", "维持或撤销他人登记的违规。"));

    public static readonly Permission OwnRecord = new("organization.own-record", new Text("See what is recorded about you, appeal and comment.", "查看本人的违规与考核记录，申诉及填写意见。"));

    public static readonly Permission DefineAppraisals = new("organization.define-appraisals", new Text("Define appraisal forms: what is looked at, with how much weight.", "定义考核表单及权重。"));

    public static readonly Permission Appraise = new("organization.appraise", new Text("Appraise staff: begin, score and submit.", "考核员工：发起、评分与提交。"));

    public static readonly Permission SeeAppraisals = new("organization.see-appraisals", new Text("See appraisals of staff.", "查看员工考核。"));

    public static readonly Permission ConfirmAppraisals = new("organization.confirm-appraisals", new Text("Confirm or return appraisals that others submitted.", "确认或退回他人提交的考核。"));

    public static readonly Permission ManageWebhooks = new("organization.manage-webhooks", new Text("Have other systems told of events, and see what was sent to them.", "管理 Webhook 并查看投递记录。"));

    public static readonly Permission ReadCustomers = new("customers.read", new Text("See customers, and what every module knows of a caller.", "查看客户，以及各模块关于来电者的信息。"));

    public static readonly Permission EditCustomers = new("customers.edit", new Text("Put customers down, and edit their homes, contacts and consent.", "登记客户，修改其房产、联系方式与授权。"));

    public static readonly Permission GradeCustomers = new("customers.grade", new Text("Set customers' grades by hand.", "人工评定客户等级。"));

    public static readonly Permission MergeCustomers = new("customers.merge", new Text("Merge two records that are one person.", "合并同一客户的两条记录。"));

    public static readonly Permission ErasePersonalData = new("organization.erase-personal-data", new Text("Forget customers at their request, and see what that erases.", "应客户要求删除其个人信息，并查看删除范围。"));

    public static readonly Permission[] All =
    [
        ErasePersonalData, Read, SetPolicies, SetCalendar, ManageKeys, ReceiveNotices, ManagePlaces, ReadStaff, ManageStaff, AssignRoles, ManageRoles, ManageEstate,
        ReadAnnouncements, WriteAnnouncements, PublishAnnouncements, SetPresence, WatchPresence, TakeCalls, ReportCalls, DefineViolations,
        RecordViolations, SeeViolations, DecideViolations, OwnRecord, DefineAppraisals, Appraise, SeeAppraisals, ConfirmAppraisals, ManageWebhooks,
        ReadCustomers, EditCustomers, GradeCustomers, MergeCustomers,
    ];
}
