using Crm.ApiTests.Infrastructure;
using NodaTime;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>What a change of severity does to deadlines; another pack's scale; filing without a return visit.</summary>
public sealed class ClocksPolicyTests(ClocksSystem system) : IClassFixture<ClocksSystem>
{
    [Fact]
    [Trait("Rule", "CMP-29")]
    public async Task A_change_of_severity_keeps_the_time_used_and_shows_the_old_and_the_new_deadline()
    {
        var start = await system.MorningAsync();
        var id = await system.RegisterAsync();
        await system.SetAsync(start + Duration.FromHours(20));
        await ChangeAsync(id, "major");
        (await system.ClockAsync(id, "headReport")).DueAt.ShouldBe(start + Duration.FromHours(20) + Duration.FromMinutes(10));
        await system.SetAsync(start + Duration.FromHours(30));
        await ChangeAsync(id, "minor");

        var feedback = await system.ClocksAsync(id, "feedback");
        feedback.Select(c => c.DueAt).ShouldBe([start + Duration.FromHours(24), start + Duration.FromHours(34)]);
        feedback[0].ShouldSatisfyAllConditions(c => c.State.ShouldBe("cancelled"), c => c.EndedBy.ShouldBe("severity"), c => c.Rungs.Count.ShouldBe(1));
        feedback[1].ShouldSatisfyAllConditions(c => c.State.ShouldBe("warned"), c => c.Consumed.ShouldBe("PT20H"), c => c.Rungs.ShouldBeEmpty());
        (await system.ClockAsync(id, "headReport")).ShouldSatisfyAllConditions(c => c.State.ShouldBe("cancelled"), c => c.Rungs.Count.ShouldBe(2));

        await system.SetAsync(start + Duration.FromHours(34) + ClocksSystem.Microsecond);
        (await system.ClockAsync(id, "feedback")).Rungs.ShouldHaveSingleItem().Rung.ShouldBe("breach");
        (await system.EventsAsync(id, "ComplaintClockWarned", "feedback")).ShouldBe(1);
        (await system.EventsAsync(id, "ComplaintClockBreached", "feedback")).ShouldBe(1);
    }

    [Fact]
    [Trait("Rule", "CMP-16")]
    public async Task Made_minor_again_after_ten_days_it_does_not_become_major_by_itself_a_second_time()
    {
        var start = await system.MorningAsync();
        var id = await system.RegisterAsync();
        await system.SetAsync(start + Duration.FromDays(11));
        await ChangeAsync(id, "minor");
        await system.SetAsync(start + Duration.FromDays(40));
        (await system.Admin.GetAsync($"/api/v1/complaints/{id}")).Text("severity").ShouldBe("minor");
        (await system.EventsAsync(id, "ComplaintClockBreached", "escalation")).ShouldBe(1);
    }

    [Fact]
    [Trait("Rule", "CMP-04")]
    public async Task A_property_manager_has_three_severities_of_which_minor_is_none()
    {
        await system.MorningAsync();
        var officer = await system.SignInAsync("harbour.officer");
        var refused = (await officer.RegisterAsync(Api.Complaint(("project", "harbour"), ("severity", "minor")))).Is(409);
        refused.Text("rule").ShouldBe("CMP-04");
        refused.Json.GetProperty("allowed").EnumerateArray().Select(a => a.GetString()).ShouldBe(["ordinary", "important", "major"]);

        var lightest = (await officer.RegisterAsync(Api.Complaint(("project", "harbour")))).Is(201);
        lightest.Text("severity").ShouldBe("ordinary");
        lightest.Clock("feedback").GetProperty("state").GetString().ShouldBe("running");
        (await officer.RegisterAsync(Api.Complaint(("project", "harbour"), ("severity", "important")))).Is(201).Clock("escalation").GetProperty("state").GetString().ShouldBe("running");
        (await officer.RegisterAsync(Api.Complaint([("project", "harbour"), .. ClocksSystem.Major]))).Is(201).Clock("headReport").GetProperty("state").GetString().ShouldBe("running");

        var same = (await officer.ActAsync(lightest.Id, "severity", new { severity = "minor", reason = "误判" })).Is(409);
        same.Text("rule").ShouldBe("CMP-04");
        (await officer.ActAsync(lightest.Id, "severity", new { severity = "important", reason = "影响较大" })).Is(200).Text("severity").ShouldBe("important");
        var demo = (await system.Admin.RegisterAsync(Api.Complaint(("severity", "ordinary")))).Is(409);
        demo.Json.GetProperty("allowed").EnumerateArray().Select(a => a.GetString()).ShouldBe(["minor", "major"]);
    }

    [Fact]
    [Trait("Rule", "CMP-23")]
    public async Task A_case_that_only_wants_a_written_reply_is_filed_with_it_and_has_no_return_visit()
    {
        await system.MorningAsync();
        var id = await VerifiedAsync(("channel", "authority"), ("writtenReplyOnly", true));
        var refused = (await system.Admin.ActAsync(id, "archive")).Is(409);
        refused.Text("rule").ShouldBe("CMP-23");
        refused.Json.GetProperty("allowed").EnumerateArray().Select(a => a.GetString()).ShouldBe(["written-reply"]);
        await system.DoAsync(id, "written-reply");
        (await system.DoAsync(id, "archive")).Text("status").ShouldBe("archived");
        (await system.Admin.ListAsync($"/api/v1/follow-ups?origin={id}")).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Rule", "CMP-23")]
    public async Task Where_nobody_can_be_written_to_the_history_says_so_and_the_case_can_be_filed()
    {
        await system.MorningAsync();
        var id = await VerifiedAsync(("customer", null));
        var note = (await system.Admin.ListAsync($"/api/v1/complaints/{id}/history")).Single(s => s.GetProperty("kind").GetString() == "writtenReply");
        note.GetProperty("by").GetString().ShouldBe("rule:CMP-23");
        (await system.DoAsync(id, "archive")).Text("status").ShouldBe("archived");
        (await system.Admin.ListAsync($"/api/v1/follow-ups?origin={id}")).ShouldBeEmpty();
    }

    private async Task<Guid> VerifiedAsync(params (string Key, object? Value)[] more)
    {
        var id = await system.RegisterAsync(more: more);
        foreach (var noun in new[] { "acceptance", "resolution", "verification" }) await system.DoAsync(id, noun);
        await system.Admin.SettleAsync();
        return id;
    }

    private async Task ChangeAsync(Guid id, string severity) => (await system.Admin.ActAsync(id, "severity", new { severity, reason = "重新判定" })).Is(200).Text("severity").ShouldBe(severity);
}
