using System.Text.Json;
using System.Text.Json.Nodes;
using Crm.ApiTests.Infrastructure;
using Crm.Shared.Http;

namespace Crm.ApiTests.Operations;

/// <summary>A call that would succeed.</summary>
/// <param name="Path">Path and query.</param>
/// <param name="Body">The body; null for none.</param>
/// <param name="IfMatch">The ETag, where the operation wants one.</param>
public sealed record PreparedCall(string Path, JsonObject? Body = null, string? IfMatch = null)
{
    /// <summary>The file, where the operation takes one instead of a body.</summary>
    public string? Csv { get; init; }

    /// <summary>What is sent.</summary>
    public string? Content => Csv ?? Body?.ToJsonString();

    /// <summary>What it is.</summary>
    public string ContentType => Csv is null ? "application/json" : "text/csv";
}

/// <summary>For each operation, how to bring the system to where a call succeeds. An operation that is missing here fails the tests.</summary>
public sealed class SuccessfulCalls(CrmSystem system)
{
    private const string Future = "2100-01-01T00:00:00Z";

    /// <summary>The ETag of what nobody has edited yet.</summary>
    private const string First = "\"1\"";

    private static int codes;

    private static int months;

    private Api Admin => system.Admin;

    /// <summary>Prepares a call of the operation, on something nobody else touches.</summary>
    public async Task<PreparedCall> PrepareAsync(string operationId) => operationId switch
    {
        "live" => new("/health/live"),
        "ready" => new("/health/ready"),
        "createDevelopmentToken" => new("/dev/token", Json(new { staff = "demo.desk" })),
        "getDevelopmentClock" => new("/dev/clock"),
        "setDevelopmentClock" => new("/dev/clock", Json(new { advance = "PT0S" })),
        "registerComplaint" => new("/api/v1/complaints", Json(new
        {
            project = "demo", kind = "complaint", channel = "authority", content = "电梯停运", source = new { system = "authority-1", ticketNumber = Api.NewKey() },
            receivedAt = "2026-01-01T00:00:00Z", receivedBy = "demo.officer", customer = new { name = "李女士", phone = "13800138000" }, building = "3", unit = "1802",
            category = "lifts", severity = "major", majorCriterion = "dailyLifeAffected", demand = "尽快修复", writtenReplyOnly = true,
        })),
        "listComplaints" => new("/api/v1/complaints"),
        "lookUpComplaintsByPhone" => new("/api/v1/complaints/lookup", Json(new { phone = "13800138000", project = "demo" })),
        "getComplaint" => new(Case(await RegisteredAsync())),
        "listComplaintClocks" => new(Case(await RegisteredAsync(), "clocks")),
        "listComplaintHistory" => new(Case(await RegisteredAsync(), "history")),
        "listCategories" => new("/api/v1/categories?project=demo"),
        "acceptComplaint" => new(Case(await RegisteredAsync(), "acceptance")),
        "giveFeedback" => new(Case(await RegisteredAsync(), "customer-feedback"), Json(new { content = "已联系维保单位" })),
        "reportToHead" => new(Case(await MajorAsync(), "head-report"), Json(new { to = "demo.head", how = "电话" })),
        "acknowledgeByHead" => new(Case(await MajorAsync(), "head-acknowledgement")),
        "agreeSolution" => new(Case(await MajorAsync(), "agreed-solution"), Json(new { content = "更换控制板" })),
        "changeSeverity" => new(Case(await RegisteredAsync(), "severity"), Json(new { severity = "major", reason = "影响正常生活" })),
        "resolveComplaint" => new(Case(await AcceptedAsync(), "resolution"), Json(new { summary = "已更换" })),
        "verifyComplaint" => new(Case(await ResolvedAsync(), "verification"), Json(new { result = "运行正常" })),
        "replyInWriting" => new(Case(await RegisteredAsync(), "written-reply"), Json(new { content = "答复如下" })),
        "reopenComplaint" => new(Case(await ResolvedAsync(), "reopening"), Json(new { reason = "又停运" })),
        "withdrawComplaint" => new(Case(await RegisteredAsync(), "withdrawal"), Json(new { reason = "客户撤回" })),
        "archiveComplaint" => new(Case(await VerifiedAsync(), "archive")),
        "listFollowUps" => new("/api/v1/follow-ups"),
        "getFollowUp" => new($"/api/v1/follow-ups/{await PlannedAsync()}"),
        "recordFollowUpOutcome" => new($"/api/v1/follow-ups/{await PlannedAsync()}/outcome", Json(new
        {
            channel = "inPerson", reached = true, satisfaction = 5, serviceQuality = 4, attitude = 5, feeVerified = true, qualified = true,
            shortcomings = "无", suggestions = "无", remarks = "满意", signature = "sig-1",
        })),
        "listCalendarDays" => new("/api/v1/calendar/days?from=2026-02-01&to=2026-03-31"),
        "addWorkingDays" => new("/api/v1/calendar/working-days/addition", Json(new { from = "2026-02-13", days = 3 })),
        "countWorkingDays" => new("/api/v1/calendar/working-days/count", Json(new { from = "2026-02-13", to = "2026-02-25" })),
        "openCompany" => new("/api/v1/companies", Json(new { code = NewCode(), name = "新公司" })),
        "editCompany" => new($"/api/v1/companies/{await CompanyAsync()}", Json(new { name = "改名" }), First),
        "listCompanies" => new("/api/v1/companies"),
        "getCompany" => new("/api/v1/companies/demo-leasing"),
        "openArea" => new("/api/v1/areas", Json(new { code = NewCode(), name = "西区", company = "demo-leasing", manager = "demo.manager" })),
        "editArea" => new($"/api/v1/areas/{await AreaAsync()}", Json(new { name = "改名", manager = "demo.officer" }), First),
        "listAreas" => new("/api/v1/areas"),
        "getArea" => new("/api/v1/areas/demo-east"),
        "openProject" => new("/api/v1/projects", Json(new
        {
            code = NewCode(), name = "新项目", company = "demo-leasing", serviceDesk = "demo.desk", area = "demo-east", timeZone = "Asia/Shanghai", pack = "property-management",
        })),
        "editProject" => new($"/api/v1/projects/{await ProjectAsync()}", Json(new
        {
            name = "改名", company = "demo-leasing", serviceDesk = "demo.officer", timeZone = "Asia/Urumqi", pack = "lease-operations", area = "demo-east",
        }), First),
        "listProjects" => new("/api/v1/projects"),
        "listCalendarYears" => new("/api/v1/calendar/years"),
        "listCalendarCorrections" => new("/api/v1/calendar/corrections"),
        "previewCalendar" => new("/api/v1/calendar/preview", Json(DayOff())),
        "getCalendarPreview" => new($"/api/v1/calendar/previews/{await PreviewAsync("calendar", DayOff())}"),
        "listCalendarPreviewMoves" => new($"/api/v1/calendar/previews/{await PreviewAsync("calendar", DayOff())}/moves"),
        "applyCalendarPreview" => new($"/api/v1/calendar/previews/{await PreviewAsync("calendar", DayOff())}/application", Json(new { reason = "盘点", moveDeadlines = true })),
        "previewPolicy" => new("/api/v1/policies/preview", Json(Value())),
        "getPolicyPreview" => new($"/api/v1/policies/previews/{await PreviewAsync("policies", Value())}"),
        "listPolicyPreviewMoves" => new($"/api/v1/policies/previews/{await PreviewAsync("policies", Value())}/moves"),
        "applyPolicyPreview" => new($"/api/v1/policies/previews/{await PreviewAsync("policies", Value())}/application", Json(new { reason = "新承诺", moveDeadlines = true })),
        "listPolicyHistory" => new("/api/v1/policies/history?project=demo&name=complaints.feedback"),
        "getProject" => new("/api/v1/projects/demo"),
        "openDepartment" => new("/api/v1/departments", Json(new { code = NewCode(), name = "新部门", duties = new[] { new { matter = NewCode(), part = "responsible" } }, company = "demo-leasing" })),
        "editDepartment" => new($"/api/v1/departments/{await DepartmentAsync()}", Json(new { name = "改名", duties = new[] { new { matter = "repairs", part = "assists" } } }), First),
        "listDepartments" => new("/api/v1/departments?project=demo"),
        "getDepartment" => new("/api/v1/departments/demo-care"),
        "openBuilding" => new("/api/v1/projects/demo/buildings", Json(NewBuilding())),
        "editBuilding" => new($"/api/v1/projects/demo/buildings/{(await MadeAsync("openBuilding")).Text("code")}", Json(new { name = NewCode() }), First),
        "listBuildings" => new("/api/v1/projects/demo/buildings"),
        "getBuilding" => new("/api/v1/projects/demo/buildings/1"),
        "addUnit" => new("/api/v1/projects/demo/units", Json(NewUnit())),
        "editUnit" => new($"/api/v1/units/{(await MadeAsync("addUnit")).Id}", Json(NewUnit()), First),
        "listUnits" => new("/api/v1/projects/demo/units?building=1"),
        "getUnit" => new($"/api/v1/units/{(await MadeAsync("addUnit")).Id}"),
        "importUnits" => new("/api/v1/projects/demo/units/import?dryRun=false") { Csv = $"building,number,kind\n1,{NewCode()},parking\n" },
        "openStation" => new("/api/v1/stations", Json(new
        {
            code = NewCode(), project = "demo", kind = "serviceStation", name = "新服务站", address = "云栖花园 2 栋", openingHours = new[] { new { day = "monday", opens = "09:00", closes = "18:00" } }, inCharge = "demo.desk",
        })),
        "editStation" => new($"/api/v1/stations/{await StationAsync()}", Json(new
        {
            name = "改名", address = "云栖花园 3 栋", openingHours = new[] { new { day = "friday", opens = "10:00", closes = "12:30" } }, inCharge = "demo.officer",
        }), First),
        "closeStation" => new($"/api/v1/stations/{await StationAsync()}/closure", Json(new { reason = "合并" })),
        "reopenStation" => new($"/api/v1/stations/{await ClosedStationAsync()}/reopening"),
        "listStations" => new("/api/v1/stations?project=demo"),
        "getStation" => new("/api/v1/stations/demo-station"),
        "draftAnnouncement" => new("/api/v1/announcements", Json(NewAnnouncement())),
        "editAnnouncement" => new($"/api/v1/announcements/{await DraftAsync()}", Json(NewAnnouncement()), First),
        "publishAnnouncement" => new($"/api/v1/announcements/{await DraftAsync()}/publication", Json(new { from = Future, until = "2100-02-01T00:00:00Z" })),
        "correctAnnouncement" => new($"/api/v1/announcements/{await PublishedAsync()}/correction", Json(new { title = "更正", body = "改为周日", correction = "日期", titleEn = "Corrected", bodyEn = "On Sunday" })),
        "withdrawAnnouncement" => new($"/api/v1/announcements/{await PublishedAsync()}/withdrawal", Json(new { reason = "改期" })),
        "pinAnnouncement" => new($"/api/v1/announcements/{await PublishedAsync()}/pinning", Json(new { pinned = true }), "\"2\""),
        "listAnnouncementRegister" => new("/api/v1/announcements/register?project=demo"),
        "getRegisteredAnnouncement" => new($"/api/v1/announcements/register/{await DraftAsync()}"),
        "listAnnouncementEditions" => new($"/api/v1/announcements/{await PublishedAsync()}/editions"),
        "listAnnouncements" => new("/api/v1/announcements?project=demo"),
        "getAnnouncement" => new($"/api/v1/announcements/{await PublishedAsync()}"),
        "countUnreadAnnouncements" => new("/api/v1/announcements/unread-count"),
        "markAnnouncementRead" => new($"/api/v1/announcements/{await PublishedAsync()}/read-mark"),
        "listAnnouncementReaders" => new($"/api/v1/announcements/{await PublishedAsync()}/readers"),
        "countAnnouncementReaders" => new($"/api/v1/announcements/{await PublishedAsync()}/readers/count"),
        "appointStaff" => new("/api/v1/staff", Json(new { code = NewCode(), name = "新员工", subject = NewCode(), department = "demo-care" })),
        "editStaff" => new($"/api/v1/staff/{await StaffAsync()}", Json(new { name = "改名", subject = NewCode(), department = "demo-care" }), First),
        "listStaff" => new("/api/v1/staff?project=demo"),
        "getStaff" => new("/api/v1/staff/demo.officer"),
        "listHoldings" => new("/api/v1/staff/demo.manager/holdings"),
        "departStaff" => new($"/api/v1/staff/{await StaffAsync()}/departure", Json(new { successor = "demo.manager", reason = "调离" })),
        "giveRole" => new($"/api/v1/staff/{await StaffAsync()}/roles", Json(new { role = "frontDesk", scope = "project", place = "demo" })),
        "takeRole" => await HeldRoleAsync(),
        "defineRole" => new("/api/v1/roles", Json(new { name = NewName(), tier = "project", titleEn = "New", titleZh = "新角色", permissions = new[] { "complaints.read" } })),
        "editRole" => new($"/api/v1/roles/{await RoleAsync()}", Json(new { tier = "company", titleEn = "Other", titleZh = "改名", permissions = new[] { "complaints.read" } }), First),
        "dropRole" => new($"/api/v1/roles/{await RoleAsync()}", IfMatch: First),
        "listRoles" => new("/api/v1/roles"),
        "getRole" => new("/api/v1/roles/areaManager"),
        "listPolicies" => new("/api/v1/policies?project=demo"),
        "setPolicy" => new("/api/v1/policies", Json(new { project = "demo", name = "complaints.feedback", value = "PT12H", reason = "新承诺", effectiveFrom = Future })),
        "listApiKeys" => new("/api/v1/api-keys"),
        "createApiKey" => new("/api/v1/api-keys", Json(new { name = "hotline", permissions = new[] { "complaints.read" }, project = "demo", expiresAt = Future })),
        "getApiKey" => new($"/api/v1/api-keys/{(await KeyAsync()).Id}"),
        "rotateApiKey" => new($"/api/v1/api-keys/{(await KeyAsync()).Id}/rotation", Json(new { overlap = "PT1H", expiresAt = Future })),
        "revokeApiKey" => new($"/api/v1/api-keys/{(await KeyAsync()).Id}", IfMatch: First),
        "lookUpCaller" => new("/api/v1/customers/lookup", Json(new { phone = "13800138000" })),
        "recordCustomer" => new("/api/v1/customers", Json(new { project = "demo", phone = NewPhone(), name = "李女士", building = "3", unit = "1802", capacity = "owner" })),
        "listCustomers" => new("/api/v1/customers?project=demo&grade=c"),
        "getCustomer" => new($"/api/v1/customers/{await CustomerAsync()}"),
        "editCustomer" => await EditedCustomerAsync(),
        "addCustomerHome" => new($"/api/v1/customers/{await CustomerAsync()}/homes", Json(new { project = "demo", building = "4", unit = "201", capacity = "tenant" })),
        "removeCustomerHome" => await CustomerPartAsync("homes", "addCustomerHome"),
        "addCustomerContact" => new($"/api/v1/customers/{await CustomerAsync()}/contacts", Json(new { phone = NewPhone(), first = true })),
        "removeCustomerContact" => await CustomerPartAsync("contacts", "addCustomerContact"),
        "gradeCustomer" => new($"/api/v1/customers/{await CustomerAsync()}/grade", Json(new { grade = "a", reason = "业委会主任" })),
        "listCustomerGrades" => new($"/api/v1/customers/{await CustomerAsync()}/grades"),
        "mergeCustomers" => new($"/api/v1/customers/{await CustomerAsync()}/merger", Json(new { other = await CustomerAsync(), reason = "同一人" })),
        "recordConsent" => new($"/api/v1/customers/{await CustomerAsync()}/consent", Json(new { purpose = "marketing", given = true, way = "inWriting", at = "2026-01-01T00:00:00Z" })),
        "listNotifications" => new("/api/v1/notifications"),
        "countUnreadNotifications" => new("/api/v1/notifications/unread-count"),
        "acknowledgeNotification" => new($"/api/v1/notifications/{await ToldAsync()}/acknowledgement"),
        "acknowledgeNotifications" => new("/api/v1/notifications/acknowledgement", Json(new { upTo = "1" })),
        "getNotificationPreferences" => new("/api/v1/notifications/preferences"),
        "setNotificationPreferences" => new("/api/v1/notifications/preferences", Json(new
        {
            language = "zh", timeZone = "Asia/Shanghai", quietHours = new { from = "22:00", to = "07:30" }, kinds = new[] { new { kind = "complaints.clock-warned", channels = new[] { "screen" } } },
        }), IfMatch: (await Admin.GetAsync("/api/v1/notifications/preferences")).ETag),
        "streamNotifications" => new("/api/v1/notifications/stream?for=PT1S"),
        "setPresence" => new("/api/v1/presence", Json(new { state = "onDuty", project = "demo" })),
        "getOwnPresence" => new("/api/v1/presence/own"),
        "listPresence" => new("/api/v1/presence"),
        "listPresenceHistory" => new("/api/v1/staff/demo.officer/presence"),
        "listAgents" => new("/api/v1/agents"),
        "getAgentDay" => new($"/api/v1/agents/{await AgentAsync()}/day?date=2026-03-02"),
        "reportCall" => new("/api/v1/agents/calls", Json(new { system = "callcentre-1", call = NewCode(), staff = "demo.officer", @event = "answered", at = "2026-01-01T00:00:00Z" })),
        "defineViolationKind" => new("/api/v1/violation-kinds", Json(new
        {
            code = NewCode(), titleEn = "Lateness", titleZh = "迟到", meaning = "晚于排班时间到岗", reason = "考勤制度", windowMonths = 12,
            ladder = new[] { new { sanctions = new[] { new { measure = "fine", amount = 50 } } } },
        })),
        "editViolationKind" => new($"/api/v1/violation-kinds/{(await MadeAsync("defineViolationKind")).Text("code")}", Json(new
        {
            titleEn = "Lateness", titleZh = "迟到", meaning = "晚于排班时间到岗", reason = "改为警告", windowMonths = 6, ladder = new[] { new { sanctions = new[] { new { measure = "verbalWarning" } } } },
        }), First),
        "listViolationKinds" => new("/api/v1/violation-kinds"),
        "listViolationKindVersions" => new("/api/v1/violation-kinds/versions?code=record-tampering"),
        "recordViolation" => new("/api/v1/violations", Violation("demo.officer")),
        "listViolations" => new("/api/v1/violations"),
        "getViolation" => new($"/api/v1/violations/{await ViolationAsync(Admin, "demo.officer")}"),
        "listOwnViolations" => new("/api/v1/violations/own"),
        "getOwnViolation" => new($"/api/v1/violations/own/{await ViolationAsync(Admin, "demo.admin")}"),
        "appealViolation" => new($"/api/v1/violations/{await ViolationAsync(Admin, "demo.admin")}/appeal", Json(new { reason = "并非本人所为" })),
        "decideViolation" => new($"/api/v1/violations/{await ViolationAsync(await system.SignInAsync("demo.manager"), "demo.officer")}/decision", Json(new { decision = "overturned", reason = "误记" })),
        "defineAppraisalForm" => new("/api/v1/appraisal-forms", Json(new { code = NewCode(), titleEn = "Officer", titleZh = "专员考核", criteria = Criteria() })),
        "editAppraisalForm" => new($"/api/v1/appraisal-forms/{(await MadeAsync("defineAppraisalForm")).Text("code")}", Json(new { titleEn = "Officer", titleZh = "专员考核", criteria = Criteria() }), First),
        "listAppraisalForms" => new("/api/v1/appraisal-forms"),
        "listAppraisalFigures" => new("/api/v1/appraisal-forms/figures"),
        "beginAppraisal" => new("/api/v1/appraisals", await AppraisalOfAsync("demo.officer")),
        "listAppraisals" => new("/api/v1/appraisals"),
        "getAppraisal" => new($"/api/v1/appraisals/{await AppraisalAsync(Admin, "demo.officer")}"),
        "listOwnAppraisals" => new("/api/v1/appraisals/own"),
        "getOwnAppraisal" => new($"/api/v1/appraisals/own/{await SubmittedAsync("demo.admin")}"),
        "scoreAppraisal" => new($"/api/v1/appraisals/{await AppraisalAsync(Admin, "demo.officer")}/scores", Json(new { scores = new[] { new { criterion = "attitude", points = 92 } } }), First),
        "submitAppraisal" => new($"/api/v1/appraisals/{await ScoredAsync(Admin, "demo.officer")}/submission"),
        "acknowledgeAppraisal" => new($"/api/v1/appraisals/{await SubmittedAsync("demo.admin")}/acknowledgement", Json(new { comment = "同意" })),
        "confirmAppraisal" => new($"/api/v1/appraisals/{await SeenAsync("demo.officer")}/confirmation"),
        "returnAppraisal" => new($"/api/v1/appraisals/{await SubmittedAsync("demo.officer")}/return", Json(new { reason = "请补充依据" })),
        "listWebhooks" => new("/api/v1/webhooks"),
        "listWebhookEventTypes" => new("/api/v1/webhooks/event-types"),
        "createWebhook" => new("/api/v1/webhooks", Json(Webhook(("project", "demo")))),
        "getWebhook" => new($"/api/v1/webhooks/{await WebhookAsync()}"),
        "editWebhook" => new($"/api/v1/webhooks/{await WebhookAsync()}", Json(Webhook()), IfMatch: "\"1\""),
        "deleteWebhook" => new($"/api/v1/webhooks/{await WebhookAsync()}", IfMatch: "\"1\""),
        "rotateWebhookSecret" => new($"/api/v1/webhooks/{await WebhookAsync()}/secret-rotation", Json(new { overlap = "PT24H" })),
        "enableWebhook" => new($"/api/v1/webhooks/{await WebhookAsync()}/enabling"),
        "testWebhook" => new($"/api/v1/webhooks/{await WebhookAsync()}/test"),
        "listWebhookDeliveries" => new($"/api/v1/webhooks/{await WebhookAsync()}/deliveries"),
        "listDeliveryAttempts" => new(await SentAsync() is var (sentTo, sent) ? $"/api/v1/webhooks/{sentTo}/deliveries/{sent}/attempts" : ""),
        "replayFailedDeliveries" => new($"/api/v1/webhooks/{await WebhookAsync()}/replay", Json(new { since = "2026-11-22T00:00:00Z" })),
        "replayWebhookDelivery" => new(await SentAsync() is var (webhook, delivery) ? $"/api/v1/webhooks/{webhook}/deliveries/{delivery}/replay" : ""),
        "listEmails" => new("/api/v1/emails"),
        "replayEmail" => new($"/api/v1/emails/{await EmailAsync()}/replay"),
        "openShift" => new("/api/v1/shifts", Json(new { project = "demo", code = NewCode(), nameZh = "夜班", nameEn = "Night", begins = "22:00", ends = "06:00", from = "2100-01-01", until = "2190-12-31" })),
        "editShift" => new($"/api/v1/shifts/demo/{(await MadeAsync("openShift")).Text("code")}", Json(new { nameZh = "夜班", nameEn = "Night", begins = "23:00", ends = "07:00", from = "2100-02-01", until = "2190-12-31" }), First),
        "listShifts" => new("/api/v1/shifts?project=demo"),
        "getShift" => new("/api/v1/shifts/demo/day"),
        "draftRoster" => new("/api/v1/rosters", NeededOn(NewMonth())),
        "editRoster" => new(await RosterAsync(), Json(new { shifts = new[] { new { shift = "day", workingDays = 1, daysOff = 0 } }, days = Array.Empty<object>() }), First),
        "listRosters" => new("/api/v1/rosters?project=demo"),
        "getRoster" => new(await RosterAsync()),
        "generateRoster" => new($"{await RosterAsync()}/generation", Json(new { groups = new[] { new { people = new[] { "demo.officer", "demo.desk" }, shifts = new[] { "day" } } }, daysOff = 4 })),
        "arrangeRoster" => await ArrangedAsync(),
        "publishRoster" => new($"{await RosterAsync()}/publication"),
        "correctRoster" => await CorrectedAsync(),
        "listGaps" => new($"{await RosterAsync()}/gaps"),
        "askLeave" => new("/api/v1/leave-requests", NewLeave()),
        "signLeave" => new($"/api/v1/leave-requests/{await LeaveAsync("demo.officer")}/signature"),
        "refuseLeave" => new($"/api/v1/leave-requests/{await LeaveAsync("demo.officer")}/refusal", Json(new { reason = "人手不足" })),
        "withdrawLeave" => new($"/api/v1/leave-requests/{await LeaveAsync("demo.admin")}/withdrawal"),
        "listLeave" => new("/api/v1/leave-requests?project=demo&status=asked"),
        "listMyLeave" => new("/api/v1/leave-requests/mine"),
        "getLeave" => new($"/api/v1/leave-requests/{await LeaveAsync("demo.officer")}"),
        "getDuty" => new("/api/v1/duty?project=demo"),
        "listMyShifts" => new("/api/v1/duty/mine"),
        "extendShift" => await RunningShiftAsync(),
        "askSwap" => await ComingAsync("demo.admin", "demo.officer") is var (mine, theirs) ? new($"/api/v1/shift-assignments/{mine}/swap", Json(new { staff = "demo.officer", wanted = theirs })) : throw new NotSupportedException(),
        "answerSwap" => new($"/api/v1/swaps/{await SwapAsync("demo.officer", "demo.admin")}/answer", Json(new { agrees = true })),
        "approveSwap" => new($"/api/v1/swaps/{await AgreedSwapAsync()}/approval"),
        "refuseSwap" => new($"/api/v1/swaps/{await AgreedSwapAsync()}/refusal", Json(new { reason = "须有老员工" })),
        "withdrawSwap" => new($"/api/v1/swaps/{await SwapAsync("demo.admin", "demo.officer")}/withdrawal"),
        "listSwaps" => new("/api/v1/swaps?project=demo&status=asked"),
        "listMySwaps" => new("/api/v1/swaps/mine"),
        "getSwap" => new($"/api/v1/swaps/{await SwapAsync("demo.officer", "demo.desk")}"),
        "writeHandover" => new("/api/v1/shift-handovers", await NoteAsync()),
        "confirmHandover" => new($"/api/v1/shift-handovers/{await WrittenAsync()}/confirmation"),
        "listHandovers" => new("/api/v1/shift-handovers?project=demo&confirmed=false"),
        "getHandover" => new($"/api/v1/shift-handovers/{await WrittenAsync()}"),
        "logProblem" => new("/api/v1/problem-log", Json(new { project = "demo", problem = "维保电话无人接听", cause = "值班表未更新", solution = "联系维保经理", helpNeeded = "请更新值班表" })),
        "listProblems" => new("/api/v1/problem-log?project=demo"),
        "listMyProblems" => new("/api/v1/problem-log/mine"),
        "sumUpProblems" => new("/api/v1/problem-log/summary?project=demo"),
        "listParkedEvents" => new("/api/v1/events/parked"),
        "replayEvent" => new($"/api/v1/events/{await ParkedAsync()}/replay"),
        "discardEvent" => new($"/api/v1/events/{await ParkedAsync()}/discard"),
        "listAudit" => new($"/api/v1/audit?subjectKind=complaint&subjectId={await RegisteredAsync()}"),
        "listAuditAnchors" => new("/api/v1/audit/anchors"),
        "previewErasure" => new("/api/v1/personal-data/erasures/preview", Json(new { phone = NewPhone() })),
        "orderErasure" => new("/api/v1/personal-data/erasures", Json(new { phone = NewPhone(), reason = "客户来函" })),
        "listErasures" => new("/api/v1/personal-data/erasures"),
        "listErasureRecords" => new($"/api/v1/personal-data/erasures/{(await MadeAsync("orderErasure")).Id}/records"),
        "getErasure" => new($"/api/v1/personal-data/erasures/{(await MadeAsync("orderErasure")).Id}"),
        "listPersonalData" => new("/api/v1/personal-data/inventory"),
        "exportAudit" => new($"/api/v1/audit/export?subjectKind=complaint&subjectId={await RegisteredAsync()}"),
        _ => throw new NotSupportedException($"say here how a call of {operationId} succeeds"),
    };

    /// <summary>A key that holds one permission in one project: its text.</summary>
    public async Task<string> KeyWithAsync(string permission, string project) =>
        (await Admin.PostAsync("/api/v1/api-keys", new { name = "stranger", permissions = new[] { permission }, project })).Is(201).Text("key");

    private static string Case(Guid id, string? noun = null) => noun is null ? $"/api/v1/complaints/{id}" : $"/api/v1/complaints/{id}/{noun}";

    private static JsonObject Json(object body) => JsonSerializer.SerializeToNode(body, CrmJson.Options)!.AsObject();

    private static object DayOff() => new { years = Array.Empty<object>(), daysOff = new[] { new { date = "2026-12-31", occasion = "年终盘点" } } };

    private static object Value() => new { project = "demo", name = "complaints.feedback", value = "PT12H", effectiveFrom = Future };

    private async Task<Guid> PreviewAsync(string what, object change) => (await Admin.PostAsync($"/api/v1/{what}/preview", change)).Is(201).Id;

    /// <summary>A code that nothing has yet.</summary>
    private static string NewCode() => $"new-{Interlocked.Increment(ref codes)}";

    private static string NewName() => $"new{Interlocked.Increment(ref codes)}";

    private static object NewBuilding()
    {
        var code = NewCode();
        return new { code, name = code };
    }

    private static object NewUnit() => new { building = "1", number = NewCode(), kind = "office", floor = 3, area = 45.50m, tenure = "retained", occupancy = "leased" };

    private static object NewAnnouncement() => new { audience = "both", reach = "projects", projects = new[] { "demo" }, title = "停水通知", body = "周六清洗水箱", pinned = false, titleEn = "No water", bodyEn = "On Saturday" };

    private async Task<Guid> DraftAsync() => (await MadeAsync("draftAnnouncement")).Id;

    private async Task<Guid> PublishedAsync()
    {
        var id = await DraftAsync();
        (await Admin.PostAsync($"/api/v1/announcements/{id}/publication", new { })).Is(200);
        return id;
    }

    private async Task<string> StationAsync() => (await MadeAsync("openStation")).Text("code");

    private async Task<string> ClosedStationAsync()
    {
        var code = await StationAsync();
        (await Admin.PostAsync($"/api/v1/stations/{code}/closure", new { reason = "装修" })).Is(200);
        return code;
    }

    private async Task<string> CompanyAsync() => (await MadeAsync("openCompany")).Text("code");

    private async Task<string> AreaAsync() => (await MadeAsync("openArea")).Text("code");

    private async Task<string> ProjectAsync() => (await MadeAsync("openProject")).Text("code");

    private async Task<string> DepartmentAsync() => (await MadeAsync("openDepartment")).Text("code");

    private async Task<string> StaffAsync() => (await MadeAsync("appointStaff")).Text("code");

    private async Task<string> RoleAsync() => (await MadeAsync("defineRole")).Text("name");

    private async Task<PreparedCall> HeldRoleAsync()
    {
        var (path, body, _) = await PrepareAsync("giveRole");
        var given = (await Admin.PostAsync(path, body!.ToJsonString())).Is(201);
        return new($"{path}/{given.Id}", IfMatch: given.ETag);
    }

    /// <summary>A phone that nobody has yet.</summary>
    private static string NewPhone() => $"1350000{Interlocked.Increment(ref codes) % 10_000:0000}";

    private async Task<Guid> CustomerAsync() => (await MadeAsync("recordCustomer")).Id;

    private async Task<PreparedCall> EditedCustomerAsync()
    {
        var made = await MadeAsync("recordCustomer");
        return new($"/api/v1/customers/{made.Id}", Json(new { name = "李娜", email = "li.na@example.com", nationalId = NewNationalId() }), made.ETag);
    }

    /// <summary>An identity number that nobody has yet: by the definition, its weighted digits come to one, modulo eleven.</summary>
    private static string NewNationalId()
    {
        var seventeen = $"110105{1900 + Interlocked.Increment(ref codes) % 100}1231{codes % 1_000:000}";
        var check = (12 - seventeen.Select((digit, i) => (digit - '0') * ((1 << (17 - i)) % 11)).Sum() % 11) % 11;
        return seventeen + (check == 10 ? "X" : $"{check}");
    }

    private async Task<PreparedCall> CustomerPartAsync(string parts, string operationId)
    {
        var made = await MadeAsync(operationId);
        return new($"/api/v1/customers/{made.Json.GetProperty("customer").GetGuid()}/{parts}/{made.Id}", IfMatch: made.ETag);
    }

    private async Task<Reply> MadeAsync(string operationId)
    {
        var (path, body, _) = await PrepareAsync(operationId);
        return (await Admin.PostAsync(path, body!.ToJsonString())).Is(201);
    }

    /// <summary>Somebody who takes calls for the project <c>demo</c> only.</summary>
    private async Task<string> AgentAsync()
    {
        var code = await StaffAsync();
        (await Admin.PostAsync($"/api/v1/staff/{code}/roles", new { role = "callCentreAgent", scope = "project", place = "demo" })).Is(201);
        return code;
    }

    private static JsonObject Violation(string staff) =>
        Json(new { project = "demo", staff, kind = "record-tampering", occurredAt = "2026-01-01T00:00:00Z", facts = "更改已审核的来访登记", evidence = "audit:1" });

    private static async Task<Guid> ViolationAsync(Api recorder, string staff) => (await recorder.PostAsync("/api/v1/violations", Violation(staff).ToJsonString())).Is(201).Id;

    private static object[] Criteria() =>
        [new { code = "attitude", titleEn = "Attitude", titleZh = "态度", weight = 60 }, new { code = "handled", titleEn = "Handled", titleZh = "办结量", weight = 40, figure = "complaints.handled", target = 10 }];

    /// <summary>An appraisal nobody has begun yet.</summary>
    private async Task<JsonObject> AppraisalOfAsync(string staff) =>
        Json(new { project = "demo", staff, form = (await MadeAsync("defineAppraisalForm")).Text("code"), period = "month", start = "2026-01-01" });

    private async Task<Guid> AppraisalAsync(Api appraiser, string staff) => (await appraiser.PostAsync("/api/v1/appraisals", (await AppraisalOfAsync(staff)).ToJsonString())).Is(201).Id;

    private async Task<Guid> ScoredAsync(Api appraiser, string staff)
    {
        var id = await AppraisalAsync(appraiser, staff);
        return (await appraiser.SendAsync(HttpMethod.Put, $"/api/v1/appraisals/{id}/scores", new { scores = new[] { new { criterion = "attitude", points = 92 } } }, ifMatch: First)).Is(200).Id;
    }

    private async Task<Guid> SubmittedAsync(string staff)
    {
        var manager = await system.SignInAsync("demo.manager");
        return (await manager.PostAsync($"/api/v1/appraisals/{await ScoredAsync(manager, staff)}/submission")).Is(200).Id;
    }

    private async Task<Guid> SeenAsync(string staff) =>
        (await (await system.SignInAsync(staff)).PostAsync($"/api/v1/appraisals/{await SubmittedAsync(staff)}/acknowledgement", new { })).Is(200).Id;

    private async Task<Guid> RegisteredAsync() => (await Admin.RegisterAsync()).Is(201).Id;

    private async Task<Guid> MajorAsync() => (await Admin.RegisterAsync(Api.Complaint(("severity", "major"), ("majorCriterion", "beyondOfficer")))).Is(201).Id;

    private async Task<Guid> AcceptedAsync() => await ThenAsync(await RegisteredAsync(), "acceptance");

    private async Task<Guid> ResolvedAsync() => await ThenAsync(await AcceptedAsync(), "resolution", new { summary = "已更换" });

    private async Task<Guid> VerifiedAsync() => await ThenAsync(await ResolvedAsync(), "verification", new { result = "运行正常" });

    private async Task<Guid> PlannedAsync()
    {
        var complaint = await ResolvedAsync();
        return (await Eventually.BecomesAsync(() => Admin.ListAsync($"/api/v1/follow-ups?origin={complaint}"), found => found.Count == 1, "the follow-up is planned"))[0].GetProperty("id").GetGuid();
    }

    private async Task<Reply> KeyAsync() => (await Admin.PostAsync("/api/v1/api-keys", new { name = "mine", permissions = new[] { "complaints.read" }, project = "demo" })).Is(201);

    /// <summary>A webhook's body. Its receiver is nowhere: such names never stand for anything (RFC 2606).</summary>
    private static Dictionary<string, object?> Webhook(params (string Key, object? Value)[] more)
    {
        var body = new Dictionary<string, object?> { ["name"] = "warehouse", ["url"] = "https://receiver.invalid/crm", ["eventTypes"] = new[] { "complaint.archived" }, ["owner"] = "demo.admin" };
        foreach (var (key, value) in more) body[key] = value;
        return body;
    }

    private async Task<Guid> WebhookAsync() => (await Admin.PostAsync("/api/v1/webhooks", Webhook(("project", "demo")))).Is(201).Id;

    private async Task<(Guid Webhook, Guid Delivery)> SentAsync() => await WebhookAsync() is var webhook
        ? (webhook, (await Admin.PostAsync($"/api/v1/webhooks/{webhook}/test")).Is(201).Json.GetProperty("deliveryId").GetGuid())
        : default;

    /// <summary>An e-mail that was due, and was not delivered.</summary>
    private async Task<Guid> EmailAsync() => await system.ScalarAsync<Guid>("""
        INSERT INTO organization.deliveries (id, lane, message_id, type, occurred_at, state, attempts, ended_at) VALUES (gen_random_uuid(), $1, $2, 'complaints.clock-warned', now(), 'failed', 1, now()) RETURNING id
        """, Guid.Empty, await ToldAsync());

    /// <summary>A notification in the administrator's inbox.</summary>
    private Task<Guid> ToldAsync() => system.ScalarAsync<Guid>("""
        INSERT INTO organization.notifications (id, event_id, kind, staff, subject_kind, subject_id, facts, urgent, quiet, on_screen, occurred_at, told_at, number)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'complaints.reopened', 'demo.admin', 'complaint', gen_random_uuid(), '{}', false, false, true, now(), now(), nextval('organization.notification_numbers')) RETURNING id
        """);

    /// <summary>A month that has no roster yet.</summary>
    private static string NewMonth() => Interlocked.Increment(ref months) is var n ? $"{2100 + n / 12 % 96}-{1 + n % 12:00}" : "";

    /// <summary>A roster of the month with the day shift on its first and its tenth day.</summary>
    private static JsonObject NeededOn(string month) => Json(new
    {
        project = "demo", month, shifts = new[] { new { shift = "day", workingDays = 0, daysOff = 0 } },
        days = new[] { new { date = $"{month}-01", shift = "day", needed = 1 }, new { date = $"{month}-10", shift = "day", needed = 1 } },
    });

    private async Task<string> RosterAsync() => (await MadeAsync("draftRoster")).Location!;

    private async Task<PreparedCall> ArrangedAsync()
    {
        var roster = await RosterAsync();
        return new($"{roster}/assignments", Json(new { remove = Array.Empty<Guid>(), add = new[] { new { shift = "day", date = $"{roster[^7..]}-01", staff = "demo.officer" } } }));
    }

    private async Task<PreparedCall> CorrectedAsync()
    {
        var (path, body, _) = await ArrangedAsync();
        var roster = path[..^"/assignments".Length];
        (await Admin.PostAsync($"{roster}/publication")).Is(200);
        body!["reason"] = "突发疾病";
        return new($"{roster}/correction", body);
    }

    private static JsonObject NewLeave() => Interlocked.Increment(ref codes) is var n ? Json(new
    {
        project = "demo", kind = "annual", startsAt = $"{2100 + n / 336}-{1 + n / 28 % 12:00}-{1 + n % 28:00}T00:00:00Z", endsAt = $"{2100 + n / 336}-{1 + n / 28 % 12:00}-{1 + n % 28:00}T12:00:00Z", reason = "年假",
    }) : [];

    private async Task<Guid> LeaveAsync(string staff) => (await (await system.SignInAsync(staff)).PostAsync("/api/v1/leave-requests", NewLeave().ToJsonString())).Is(201).Id;

    /// <summary>Two people's shifts in a published roster.</summary>
    private async Task<(Guid, Guid)> ComingAsync(string first, string second)
    {
        var roster = await RosterAsync();
        (await Admin.PostAsync($"{roster}/assignments", new
        {
            remove = Array.Empty<Guid>(), add = new[] { new { shift = "day", date = $"{roster[^7..]}-01", staff = first }, new { shift = "day", date = $"{roster[^7..]}-10", staff = second } },
        })).Is(200);
        (await Admin.PostAsync($"{roster}/publication")).Is(200);
        var shifts = (await Admin.GetAsync(roster)).Is(200).Json.GetProperty("slots").EnumerateArray().Select(s => s.GetProperty("people")[0].GetProperty("id").GetGuid()).ToArray();
        return (shifts[0], shifts[1]);
    }

    private async Task<Guid> SwapAsync(string asker, string other)
    {
        var (mine, theirs) = await ComingAsync(asker, other);
        return (await (await system.SignInAsync(asker)).PostAsync($"/api/v1/shift-assignments/{mine}/swap", new { staff = other, wanted = theirs })).Is(201).Id;
    }

    private async Task<Guid> AgreedSwapAsync()
    {
        var swap = await SwapAsync("demo.officer", "demo.desk");
        return (await (await system.SignInAsync("demo.desk")).PostAsync($"/api/v1/swaps/{swap}/answer", new { agrees = true })).Is(200).Id;
    }

    /// <summary>A shift of the administrator's that runs at this moment.</summary>
    private async Task<PreparedCall> RunningShiftAsync()
    {
        // Earlier calls may have turned the clock.
        var now = ClockSeen.At((await Admin.GetAsync("/dev/clock")).Is(200).Json, "now")!.Value.ToDateTimeUtc();
        await system.ScalarAsync<long>("""
            WITH over AS (UPDATE organization.shift_assignments SET off_at = $1, off_because = 'corrected' WHERE staff = 'demo.admin' AND off_at IS NULL AND starts_at < $1 RETURNING 1)
            SELECT count(*) FROM over
            """, now);
        var month = DateOnly.Parse($"{NewMonth()}-01", System.Globalization.CultureInfo.InvariantCulture);
        var shift = await system.ScalarAsync<Guid>("""
            WITH roster AS (INSERT INTO organization.rosters (id, project, month, needs, status, published_at, version, event_sequence)
                VALUES (gen_random_uuid(), 'demo', $1, '{"shifts":[],"days":[]}', 'published', $2, 1, 0) RETURNING id),
            slot AS (INSERT INTO organization.shift_slots (id, roster, project, shift, date, starts_at, ends_at, needed, after_hours, missing, version, event_sequence)
                SELECT gen_random_uuid(), id, 'demo', 'day', $1, $2 - interval '1 hour', $2 + interval '2 hours', 1, false, interval '0', 1, 0 FROM roster RETURNING *)
            INSERT INTO organization.shift_assignments (id, slot, roster, project, shift, date, staff, starts_at, ends_at, until, rest_until, given_by, given_at)
            SELECT gen_random_uuid(), id, roster, project, shift, date, 'demo.admin', starts_at, ends_at, ends_at, ends_at, 'demo.admin', $2 FROM slot RETURNING id
            """, month, now);
        var until = await system.ScalarAsync<DateTime>("SELECT until + interval '1 hour' FROM organization.shift_assignments WHERE id = $1", shift);
        return new($"/api/v1/shift-assignments/{shift}/extension", Json(new { until = NodaTime.Text.InstantPattern.ExtendedIso.Format(NodaTime.Instant.FromDateTimeUtc(until)), reason = "客户仍在现场" }));
    }

    /// <summary>A note from the shift that runs.</summary>
    private async Task<JsonObject> NoteAsync()
    {
        var (path, _, _) = await RunningShiftAsync();
        var date = await system.ScalarAsync<DateOnly>("SELECT date FROM organization.shift_assignments WHERE id = $1", Guid.Parse(path.Split('/')[4]));
        return Json(new { project = "demo", shift = "day", date = $"{date:yyyy-MM-dd}", urgent = "3号楼电梯停运", customers = new[] { new { kind = "complaint", id = Guid.NewGuid(), text = "19:00 前回电" } } });
    }

    /// <summary>A note of somebody else's.</summary>
    private async Task<Guid> WrittenAsync() => (await (await system.SignInAsync("demo.manager")).PostAsync("/api/v1/shift-handovers", (await NoteAsync()).ToJsonString())).Is(201).Id;

    /// <summary>A delivery that was made already is put back as if it had been parked.</summary>
    private async Task<Guid> ParkedAsync()
    {
        await PlannedAsync();
        return await system.ScalarAsync<Guid>("""
            INSERT INTO complaints.outbox_deliveries (id, event_id, consumer, aggregate_id, sequence, attempts, parked_at, last_error)
            SELECT gen_random_uuid(), e.id, 'followups', e.aggregate_id, e.sequence, 8, clock_timestamp(), 'TimeoutException' FROM complaints.outbox_events e
            WHERE e.type = 'ComplaintResolved' AND NOT EXISTS (SELECT FROM complaints.outbox_deliveries d WHERE d.event_id = e.id) ORDER BY e.id DESC LIMIT 1 RETURNING id
            """);
    }

    private async Task<Guid> ThenAsync(Guid complaint, string noun, object? body = null) => (await Admin.ActAsync(complaint, noun, body)).Is(200).Id;
}
