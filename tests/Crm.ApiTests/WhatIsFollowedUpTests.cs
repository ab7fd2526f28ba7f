using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>Which settled matters are asked about afterwards.</summary>
public sealed class WhatIsFollowedUpTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    [Theory]
    [InlineData("complaint", "complaint")]
    [InlineData("repair", "repair")]
    [InlineData("paidService", "paidService")]
    [InlineData("inquiry", null)]
    [InlineData("suggestion", null)]
    [InlineData("dissatisfaction", null)]
    [InlineData("grumble", null)]
    [InlineData("praise", null)]
    [Trait("Rule", "CMP-01")]
    [Trait("Rule", "FUP-01")]
    public async Task A_complaint_a_repair_and_a_paid_service_are_followed_up_and_only_a_complaint_has_clocks(string kind, string? followUp)
    {
        var registered = (await system.Admin.RegisterAsync(Api.Complaint(("kind", kind)))).Is(201);
        registered.Json.GetProperty("clocks").GetArrayLength().ShouldBe(kind == "complaint" ? 2 : 0);

        (await FollowUpsOf(registered.Id)).ShouldBe(followUp is null ? [] : [followUp]);
    }

    [Theory]
    [InlineData(false, false, "authority", "no name, no phone")]
    [InlineData(false, true, "hotline", "a phone but no name")]
    [InlineData(true, true, "authority", "a written reply only")]
    [Trait("Rule", "CMP-23")]
    public async Task Who_left_no_name_or_wants_a_written_reply_only_is_not_visited(bool named, bool phoned, string channel, string because)
    {
        var customer = named || phoned ? new { name = named ? "王先生" : null, phone = phoned ? "13800138000" : null } : null;
        var registered = (await system.Admin.RegisterAsync(Api.Complaint(("channel", channel), ("customer", customer), ("writtenReplyOnly", named)))).Is(201);

        (await FollowUpsOf(registered.Id)).ShouldBeEmpty(because);
    }

    private async Task<IReadOnlyList<string?>> FollowUpsOf(Guid complaint)
    {
        (await system.Admin.ActAsync(complaint, "acceptance")).Is(200);
        (await system.Admin.ActAsync(complaint, "resolution", new { summary = "已办结" })).Is(200);
        await system.Admin.SettleAsync();
        return [.. (await system.Admin.ListAsync($"/api/v1/follow-ups?origin={complaint}")).Select(f => f.GetProperty("kind").GetString())];
    }
}
