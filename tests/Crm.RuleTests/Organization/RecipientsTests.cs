using System.Text.Json;
using Crm.Complaints;
using Crm.Complaints.Contracts;
using Crm.Organization;
using Crm.Organization.Access;
using Crm.Organization.Contracts;
using Crm.Organization.Notifications;
using Crm.Shared.Http;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>ORG-11: who is told, and in which words.</summary>
[Trait("Rule", "ORG-11")]
public sealed class RecipientsTests
{
    private static readonly StaffRow[] Staff = [Here("demo.desk"), Here("chen"), Here("wang"), Here("zhou"), Here("far"), new() { Code = "gone", Name = "", Subject = "gone", Active = false }];

    [Fact]
    public void A_person_is_told_who_works_here() => Of([], Audience.Person("chen")).ShouldBe(["chen"]);

    [Theory]
    [InlineData("gone")]
    [InlineData("key:crm_abc")]
    [InlineData(null)]
    public void In_place_of_nobody_the_service_desk_is_told(string? nobody) => Of([], Audience.Person(nobody)).ShouldBe(["demo.desk"]);

    [Fact]
    public void Whoever_holds_a_role_in_the_project_is_told_and_nobody_further_up() =>
        Of([Holds("wang", "head", "demo"), Holds("zhou", "head", null), Holds("far", "head", "harbour")], Audience.Holders("head")).ShouldBe(["wang"]);

    [Fact]
    public void Where_nobody_holds_it_in_the_project_whoever_holds_it_in_the_company_is() =>
        Of([Holds("gone", "head", "demo"), Holds("zhou", "head", null), Holds("far", "head", "harbour")], Audience.Holders("head")).ShouldBe(["zhou"]);

    [Fact]
    public void Somebody_who_is_named_twice_is_told_once() =>
        Of([Holds("chen", "head", "demo"), Holds("wang", "head", "demo")], Audience.Person("chen"), Audience.Holders("head")).ShouldBe(["chen", "wang"]);

    [Fact]
    public void Whoever_may_do_something_in_one_of_the_projects_is_told_and_where_none_is_named_whoever_may_anywhere()
    {
        Role reader = new() { Name = "reader", Tier = RoleTier.Group, TitleEn = "", TitleZh = "", Permissions = ["read"] }, other = new() { Name = "other", Tier = RoleTier.Group, TitleEn = "", TitleZh = "", Permissions = ["write"] };
        RoleAssignment[] held = [Holds("chen", "reader", "demo"), Holds("wang", "other", "demo"), Holds("zhou", "reader", null), Holds("far", "reader", "harbour"), Holds("gone", "reader", "demo")];
        var book = new AccessBook(Staff, [reader, other], held, [], [], [], []);
        IReadOnlyList<string> Told(params string[] projects) => Recipients.Of([Audience.Permitted("read", projects)], project: null, new Staffing(Staff, held, []), book);
        Told("demo").ShouldBe(["chen", "zhou"]);
        Told("demo", "harbour").ShouldBe(["chen", "far", "zhou"]);
        Told().ShouldBe(["chen", "far", "zhou"]);
        Told("nowhere").ShouldBe(["zhou"]);
    }

    [Fact]
    public void A_notice_of_the_whole_company_for_nobody_is_told_to_nobody() =>
        Recipients.Of([Audience.Person("gone")], project: null, new Staffing(Staff, [], []), Nobody).ShouldBeEmpty();

    [Fact]
    public void The_sentence_is_made_from_the_facts_and_facts_of_another_form_give_the_general_one()
    {
        var happened = new ComplaintClockBreached("feedback", InShanghai("2026-03-03T09:00:00"), Late: false) { OccurredAt = InShanghai("2026-03-03T09:00:00"), ComplaintId = Guid.NewGuid(), Number = "TS20260302-000001", Project = "demo", Cycle = 1 };
        var kind = ComplaintNotices.ClockBreached;
        var told = kind.Read(JsonSerializer.Serialize(happened, CrmJson.Options), Shanghai);
        told.En.ShouldBe("TS20260302-000001: the feedback to the customer was due at 2026-03-03 09:00 and was not done.");
        told.Zh.ShouldBe("TS20260302-000001：向客户反馈应于 2026-03-03 09:00 前完成，已超期。");
        kind.Read("""{"clock":"feedback"}""", Shanghai).ShouldBe(kind.Meaning);
    }

    private static IReadOnlyList<string> Of(RoleAssignment[] assignments, params Audience[] audiences) => Recipients.Of(audiences, Company.Demo, new Staffing(Staff, assignments, []), Nobody);

    private static AccessBook Nobody => new([], [], [], [], [], [], []);

    private static StaffRow Here(string code) => new() { Code = code, Name = "", Subject = code };

    private static RoleAssignment Holds(string staff, string role, string? project) => new() { Staff = staff, Role = role, Project = project };
}
