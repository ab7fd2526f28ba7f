using Crm.Complaints;
using Shouldly;

namespace Crm.RuleTests;

/// <summary>CMP-19: the whole life table: every act in every status is allowed, or refused naming exactly what is allowed instead.</summary>
[Trait("Rule", "CMP-19")]
public sealed class CaseLifeTests
{
    /// <summary>The table as a person reads it: acts down, statuses across (Registered, Accepted, Reopened, resolveD, Verified, archiveF, Withdrawn).</summary>
    private const string Table = """
        act                   R A O D V F W
        acceptance            x . x . . . .
        customer-feedback     x x x . . . .
        head-report           x x x . . . .
        head-acknowledgement  x x x . . . .
        agreed-solution       x x x . . . .
        severity              x x x . . . .
        resolution            . x x . . . .
        verification          . . . x . . .
        written-reply         x x x x x . .
        reopening             . . . x x x .
        withdrawal            x x x . . . .
        archive               . . . . x . .
        """;

    private static readonly CaseStatus[] Statuses =
        [CaseStatus.Registered, CaseStatus.Accepted, CaseStatus.Reopened, CaseStatus.Resolved, CaseStatus.Verified, CaseStatus.Archived, CaseStatus.Withdrawn];

    private static readonly Dictionary<string, Action<Case>> Acts = new()
    {
        ["acceptance"] = c => c.Complaint.Accept(c.Moment),
        ["customer-feedback"] = c => c.Complaint.GiveFeedback("已派维修", c.Moment),
        ["head-report"] = c => c.Complaint.ReportToHead("demo.head", "电话", c.Moment),
        ["head-acknowledgement"] = c => c.Complaint.AcknowledgeByHead(c.Moment),
        ["agreed-solution"] = c => c.Complaint.AgreeSolution("更换控制板", c.Moment),
        ["severity"] = c => c.Complaint.ChangeSeverity(Severity.Minor, "影响有限", c.Moment),
        ["resolution"] = c => c.Complaint.Resolve("已修复", c.Moment),
        ["verification"] = c => c.Complaint.Verify("现场核实", c.Moment),
        ["written-reply"] = c => c.Complaint.ReplyInWriting("答复函", c.Moment),
        ["reopening"] = c => c.Complaint.Reopen("客户不满意", c.Moment),
        ["withdrawal"] = c => c.Complaint.Withdraw("已自行解决", c.Moment),
        ["archive"] = c => c.Complaint.Archive(c.Moment),
    };

    public static TheoryData<string, string> Every()
    {
        var every = new TheoryData<string, string>();
        foreach (var status in Statuses)
        {
            foreach (var act in Acts.Keys) every.Add(status.ToString(), act);
        }

        return every;
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Each_act_in_each_status_is_as_the_table_says(string statusName, string act)
    {
        var status = Enum.Parse<CaseStatus>(statusName);
        var c = Case.In(status, Severity.Major);
        c.Complaint.Status.ShouldBe(status);
        var (version, steps) = (c.Complaint.Version, c.Complaint.Steps.Count);
        if (AllowedIn(status).Contains(act))
        {
            Acts[act](c);
            c.Complaint.Version.ShouldBe(version + 1);
            c.Complaint.Steps.Count.ShouldBe(steps + 1);
            c.Complaint.Steps.Last().ShouldSatisfyAllConditions(s => s.By.ShouldBe("demo.officer"), s => s.At.ShouldBe(c.Now), s => s.Status.ShouldBe(c.Complaint.Status));
        }
        else
        {
            Refused.By("CMP-19", () => Acts[act](c), AllowedIn(status));
            c.Complaint.ShouldSatisfyAllConditions(x => x.Status.ShouldBe(status), x => x.Version.ShouldBe(version), x => x.Steps.Count.ShouldBe(steps));
        }
    }

    [Fact]
    public void The_table_covers_every_act_and_every_status()
    {
        Statuses.ShouldBe(Enum.GetValues<CaseStatus>(), ignoreOrder: true);
        Acts.Keys.ShouldBe(Enum.GetValues<CaseAct>().Select(CaseLife.Noun), ignoreOrder: true);
        Rows.Keys.ShouldBe(Acts.Keys, ignoreOrder: true);
    }

    [Theory]
    [InlineData("acceptance", nameof(CaseStatus.Registered), nameof(CaseStatus.Accepted))]
    [InlineData("acceptance", nameof(CaseStatus.Reopened), nameof(CaseStatus.Accepted))]
    [InlineData("resolution", nameof(CaseStatus.Accepted), nameof(CaseStatus.Resolved))]
    [InlineData("resolution", nameof(CaseStatus.Reopened), nameof(CaseStatus.Resolved))]
    [InlineData("verification", nameof(CaseStatus.Resolved), nameof(CaseStatus.Verified))]
    [InlineData("archive", nameof(CaseStatus.Verified), nameof(CaseStatus.Archived))]
    [InlineData("reopening", nameof(CaseStatus.Archived), nameof(CaseStatus.Reopened))]
    [InlineData("withdrawal", nameof(CaseStatus.Accepted), nameof(CaseStatus.Withdrawn))]
    [InlineData("customer-feedback", nameof(CaseStatus.Accepted), nameof(CaseStatus.Accepted))]
    [InlineData("written-reply", nameof(CaseStatus.Verified), nameof(CaseStatus.Verified))]
    public void An_act_leads_where_it_should(string act, string from, string to)
    {
        var c = Case.In(Enum.Parse<CaseStatus>(from), Severity.Major);
        Acts[act](c);
        c.Complaint.Status.ShouldBe(Enum.Parse<CaseStatus>(to));
    }

    private static Dictionary<string, string[]> Rows => Table.Split('\n').Skip(1)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToDictionary(words => words[0], words => words[1..]);

    private static string[] AllowedIn(CaseStatus status) => [.. Rows.Where(row => row.Value[Array.IndexOf(Statuses, status)] == "x").Select(row => row.Key)];
}
