using Crm.Complaints;
using Crm.FollowUps;
using Crm.Organization.Contracts;
using Crm.Shared.Time;
using NodaTime;
using Shouldly;
using static Crm.RuleTests.Calendar;

namespace Crm.RuleTests;

/// <summary>ORG-08: which value of a policy counts.</summary>
[Trait("Rule", "ORG-08")]
public sealed class PolicyTests
{
    private static readonly Instant Now = Utc("2026-03-02T01:00:00Z");

    [Fact]
    public void The_packs_give_the_defaults_since_forever_as_version_0()
    {
        Read(Company.With(), ComplaintPolicies.Feedback, Company.Demo, Instant.MinValue).ShouldBe(new("complaints.feedback", Time(Hours(24)), Version: 0));
        Read(Company.With(), FollowUpPolicies.Complaint, Company.Demo, Now).Value.ShouldBe(Time(Hours(24)));
        Read(Company.With(), FollowUpPolicies.Complaint, Company.Harbour, Now).Value.ShouldBe(Time(Days(3)));
        Read(Company.With(), ComplaintPolicies.SeverityScale, Company.Demo, Now).Value.ShouldBe([Severity.Minor, Severity.Major]);
        Read(Company.With(), ComplaintPolicies.SeverityScale, Company.Harbour, Now).Value.ShouldBe([Severity.Ordinary, Severity.Important, Severity.Major]);
    }

    [Fact]
    public void The_defaults_are_those_of_the_catalogue()
    {
        ComplaintPolicies.ReportToHead.Default.ShouldBe(Time(Minutes(10)));
        ComplaintPolicies.HeadAcknowledgement.Default.ShouldBe(Time(Minutes(10)));
        ComplaintPolicies.Solution.Default.ShouldBe(Time(Hours(12)));
        ComplaintPolicies.SolutionEnding.Default.ShouldBe(SolutionEnds.AgreedAndCarriedOut);
        ComplaintPolicies.Escalation.Default.ShouldBe(Time(Days(10)));
        ComplaintPolicies.WarnAt.Default.ShouldBe(75);
        FollowUpPolicies.Attempts.Default.ShouldBe(new Attempts(3, Hours(2), 9, 20));
        FollowUpPolicies.DissatisfiedAt.Default.ShouldBe(2);
    }

    [Fact]
    public void A_projects_own_value_counts_from_its_instant_on_and_in_that_project_only()
    {
        var company = Company.With(Company.Own(Company.Demo, "complaints.feedback", "\"PT12H\"", from: Now));
        Read(company, ComplaintPolicies.Feedback, Company.Demo, Now - Microsecond).ShouldBe(new("complaints.feedback", Time(Hours(24)), 0));
        Read(company, ComplaintPolicies.Feedback, Company.Demo, Now).ShouldBe(new("complaints.feedback", Time(Hours(12)), 1));
        Read(company, ComplaintPolicies.Feedback, Company.Harbour, Now).Version.ShouldBe(0);
        company.FindOverride("complaints.feedback", "demo", Now - Microsecond).ShouldBeNull();
        company.FindOverride("complaints.feedback", "demo", Now)!.Version.ShouldBe(1);
    }

    [Fact]
    public void The_latest_effective_counts_and_of_two_with_one_instant_the_later_version()
    {
        var company = Company.With(
            Company.Own(Company.Demo, "complaints.feedback", "\"PT6H\"", from: Now + Days(1), version: 1),
            Company.Own(Company.Demo, "complaints.feedback", "\"PT12H\"", from: Now, version: 2),
            Company.Own(Company.Demo, "complaints.feedback", "\"PT10H\"", from: Now, version: 3));
        Read(company, ComplaintPolicies.Feedback, Company.Demo, Now).ShouldBe(new("complaints.feedback", Time(Hours(10)), 3));
        Read(company, ComplaintPolicies.Feedback, Company.Demo, Now + Days(1)).ShouldBe(new("complaints.feedback", Time(Hours(6)), 1));
        company.LastVersion("complaints.feedback", "demo").ShouldBe(3);
        company.LastVersion("complaints.feedback", "harbour").ShouldBe(0);
    }

    [Fact]
    public void A_clock_remembers_the_value_and_the_version_it_was_set_by()
    {
        var company = Company.With(Company.Own(Company.Demo, "complaints.feedback", "\"PT12H\"", version: 4), Company.Own(Company.Demo, "complaints.warn-at", "50"));
        var setting = new CasePolicies(company, Company.Demo, Now).Setting(ComplaintClock.Feedback, Now, ran: []);
        setting.ShouldSatisfyAllConditions(s => s.Budget.ShouldBe(Hours(12)), s => s.PolicyVersion.ShouldBe(4), s => s.Policy.ShouldBe("complaints.feedback"), s => s.WarnAt.ShouldBe(50), s => s.Kind.ShouldBe("feedback"));
    }

    [Theory]
    [InlineData("complaints.feedback", "\"PT0.000001S\"", true)]
    [InlineData("complaints.feedback", "\"PT0S\"", false)]
    [InlineData("complaints.feedback", "\"P3650D\"", true)]
    [InlineData("complaints.feedback", "\"P3651D\"", false)]
    [InlineData("complaints.feedback", "\"PT9223372036854775807H\"", false)]
    [InlineData("complaints.feedback", "\"P1M\"", false)]
    [InlineData("complaints.feedback", "24", false)]
    [InlineData("complaints.feedback", "null", false)]
    [InlineData("complaints.feedback", "\"3 working days\"", true)]
    [InlineData("complaints.feedback", "\"PT8H working\"", true)]
    [InlineData("complaints.feedback", "\"3651 working days\"", false)]
    [InlineData("organization.working-hours", """{"opens":"08:30","closes":"17:30"}""", true)]
    [InlineData("organization.working-hours", """{"opens":"09:00","closes":"09:00"}""", false)]
    [InlineData("organization.working-hours", """{"opens":"9:00","closes":"18:00"}""", false)]
    [InlineData("complaints.warn-at", "1", true)]
    [InlineData("complaints.warn-at", "100", true)]
    [InlineData("complaints.warn-at", "0", false)]
    [InlineData("complaints.warn-at", "101", false)]
    [InlineData("complaints.warn-at", "\"75\"", false)]
    [InlineData("complaints.solution-ends", "\"agreed\"", true)]
    [InlineData("complaints.solution-ends", "\"agreed, agreedAndCarriedOut\"", false)]
    [InlineData("complaints.severity-scale", """["minor","important","major"]""", true)]
    [InlineData("complaints.severity-scale", """["major","minor"]""", false)]
    [InlineData("complaints.severity-scale", """["minor","minor","major"]""", false)]
    [InlineData("complaints.severity-scale", """["major"]""", false)]
    [InlineData("complaints.severity-scale", """[null,"major"]""", false)]
    [InlineData("followups.dissatisfied-at", "4", true)]
    [InlineData("followups.dissatisfied-at", "5", false)]
    [InlineData("followups.attempts", """{"count":1,"spacing":"PT1M","fromHour":0,"toHour":24}""", true)]
    [InlineData("followups.attempts", """{"count":3,"spacing":"PT0S","fromHour":9,"toHour":20}""", false)]
    [InlineData("followups.attempts", """{"count":0,"spacing":"PT2H","fromHour":9,"toHour":20}""", false)]
    [InlineData("followups.attempts", """{"count":3,"spacing":"PT2H","fromHour":20,"toHour":20}""", false)]
    [InlineData("followups.attempts", """{"count":3,"spacing":"PT2H","fromHour":9,"toHour":25}""", false)]
    [InlineData("followups.attempts", """{"count":3,"spacing":"PT2H","fromHour":9}""", false)]
    [InlineData("followups.attempts", """{"count":3,"spacing":"PT2H","fromHour":9,"toHour":20,"more":1}""", false)]
    public void Only_a_sensible_value_is_accepted(string name, string json, bool accepted) =>
        Every.Single(p => p.Name == name).Accepts(json).ShouldBe(accepted);

    [Fact]
    public void Every_default_is_a_value_the_policy_itself_accepts_and_names_its_rule() =>
        Every.ShouldAllBe(p => p.Accepts(p.DefaultJson(Packs.LeaseOperations)) && p.Accepts(p.DefaultJson(Packs.PropertyManagement)) && p.Rule.Length == 6);

    [Fact]
    public void A_clock_counted_in_working_days_keeps_the_policys_words_and_what_they_came_to()
    {
        var company = Company.With(Company.Own(Company.Demo, "complaints.feedback", "\"1 working day\""));
        var friday = Utc("2026-03-06T02:00:00Z");
        var setting = new CasePolicies(company, Company.Demo, friday).Setting(ComplaintClock.Feedback, friday, ran: []);
        setting.Given.ShouldBe("1 working day");
        setting.DueAt.ShouldBe(Utc("2026-03-09T16:00:00Z") - Microsecond, "the end of Monday in Shanghai");
        setting.WarnsAt.ShouldBe(Microseconds.Truncate(friday + setting.Budget * 3 / 4));
        var continued = new CasePolicies(company, Company.Demo, friday).Setting(ComplaintClock.Feedback, friday + Hours(1), ran: [new Interval(friday, friday + Hours(1))]);
        continued.DueAt.ShouldBe(setting.DueAt, "an hour used up before is an hour less, to the same end");
    }

    [Theory]
    [InlineData("PT8H working", "2026-03-09T08:00", "2026-03-10T09:00", "2026-03-10T16:00:00")] // an hour was worked on Friday, however long the weekend
    [InlineData("PT8H working", "2026-03-06T18:00", "2026-03-07T12:00", "2026-03-09T16:00:00")] // goes on on a Saturday
    [InlineData("PT8H working", "2026-03-06T17:00", "2026-03-10T09:30", "2026-03-10T17:30:00")] // nothing was used up
    [InlineData("PT24H", "2026-03-07T05:00", "2026-03-10T09:00", "2026-03-10T21:00:00")]
    [InlineData("3 working days", "2026-03-10T08:00", "2026-03-12T09:00", "2026-03-14T00:00:00")] // Monday and Tuesday have gone
    [InlineData("3 working days", "2026-03-09T08:00", "2026-03-14T12:00", "2026-03-18T00:00:00")] // Monday has gone; goes on on a Saturday
    [InlineData("3 working days", "2026-03-06T19:00", "2026-03-09T12:00", "2026-03-13T00:00:00")] // no day has gone
    [Trait("Rule", "CMP-29")]
    public void A_clock_that_goes_on_has_used_up_what_passed_as_its_limit_counts(string limit, string ranUntil, string goesOn, string due)
    {
        var company = Company.With(Company.Own(Company.Demo, "complaints.feedback", $"\"{limit}\""));
        // Friday at 17:00, an hour before the office closes.
        var (began, until, again) = (Here("2026-03-06T17:00"), Here(ranUntil), Here(goesOn));
        var setting = new CasePolicies(company, Company.Demo, again).Setting(ComplaintClock.Feedback, again, ran: [new Interval(began, until)]);
        (setting.StartedAt, setting.DueAt).ShouldBe((again, Here(due[..16]) - (limit.EndsWith("days", StringComparison.Ordinal) ? Microsecond : Duration.Zero)));

        static Instant Here(string local) => Utc(local + ":00Z") - Hours(8);
    }

    private static IEnumerable<Policy> Every => [.. ComplaintPolicies.All, .. FollowUpPolicies.All, .. OrganizationPolicies.All];

    private static TimeLimit Time(Duration time) => TimeLimit.AroundTheClock(time);

    private static PolicyReading<T> Read<T>(OrganizationSnapshot company, Policy<T> policy, Project project, Instant at) => company.Read(policy, project, at);
}
