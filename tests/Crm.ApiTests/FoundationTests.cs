using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>One ticket's whole way.</summary>
public sealed class FoundationTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    [Fact]
    [Trait("Rule", "CMP-20")]
    [Trait("Rule", "FUP-02")]
    [Trait("Rule", "FUP-10")]
    public async Task A_ticket_is_registered_resolved_followed_up_and_reopened_by_a_bad_outcome()
    {
        var admin = system.Admin;
        var complaint = (await admin.RegisterAsync()).Is(201);
        complaint.Text("status").ShouldBe("registered");
        (await admin.ActAsync(complaint.Id, "acceptance")).Is(200).Text("status").ShouldBe("accepted");
        (await admin.ActAsync(complaint.Id, "resolution", new { summary = "控制板已更换" })).Is(200).Text("status").ShouldBe("resolved");
        await admin.SettleAsync();

        var followUp = (await admin.ListAsync($"/api/v1/follow-ups?origin={complaint.Id}")).ShouldHaveSingleItem();
        followUp.GetProperty("state").GetString().ShouldBe("planned");
        followUp.GetProperty("originCycle").GetInt32().ShouldBe(1);

        (await admin.PostAsync($"/api/v1/follow-ups/{followUp.GetProperty("id")}/outcome", new { channel = "phone", reached = true, satisfaction = 2 })).Is(200).Text("state").ShouldBe("completed");
        await admin.SettleAsync();

        var reopened = (await admin.GetAsync($"/api/v1/complaints/{complaint.Id}")).Is(200);
        reopened.Text("status").ShouldBe("reopened");
        reopened.Json.GetProperty("cycle").GetInt32().ShouldBe(2);
        reopened.Clock("feedback").GetProperty("state").GetString().ShouldBe("running");
    }
}
