using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-07: the working calendar as callers see it.</summary>
[Trait("Rule", "ORG-07")]
public sealed class WorkingCalendarApiTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private const string Days = "/api/v1/calendar/days", Addition = "/api/v1/calendar/working-days/addition", Count = "/api/v1/calendar/working-days/count";

    [Fact]
    public async Task Days_are_listed_page_by_page_with_what_they_are()
    {
        var days = await system.Admin.ListAsync($"{Days}?from=2026-02-13&to=2026-03-01", limit: 5);
        days.Count.ShouldBe(17);
        days.Count(d => d.GetProperty("working").GetBoolean()).ShouldBe(7);
        days[1].GetRawText().ShouldBe("""{"date":"2026-02-14","kind":"makeUpDay","working":true,"occasion":"春节","provisional":false}""");
        days[16].GetRawText().ShouldBe("""{"date":"2026-03-01","kind":"weekend","working":false,"occasion":null,"provisional":false}""");
        (await system.Admin.ListAsync($"{Days}?from=2027-01-01&to=2027-01-01"))[0].GetProperty("provisional").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Working_days_are_added_and_counted()
    {
        (await system.Admin.PostAsync(Addition, new { from = "2026-02-13", days = 3 }, key: null)).Is(200).Content.ShouldBe("""{"date":"2026-02-25","provisional":false}""");
        (await system.Admin.PostAsync(Addition, new { from = "2026-12-31", days = 1 }, key: null)).Is(200).Content.ShouldBe("""{"date":"2027-01-04","provisional":true}""");
        (await system.Admin.PostAsync(Count, new { from = "2026-02-13", to = "2026-02-25" }, key: null)).Is(200).Content.ShouldBe("""{"days":3,"provisional":false}""");
        (await system.Admin.PostAsync(Count, new { from = "2026-02-25", to = "2026-02-13" }, key: null)).Is(200).Content.ShouldBe("""{"days":-3,"provisional":false}""");
    }

    [Fact]
    public async Task What_cannot_be_answered_says_what_would_be_right()
    {
        (await system.Admin.GetAsync($"{Days}?from=2026-02-13")).Is(400).Error("to").ShouldBe("is required");
        (await system.Admin.GetAsync($"{Days}?from=2026-02-30&to=2026-03-01")).Is(400).Error("from").ShouldBe("must be a date such as 2026-11-22");
        (await system.Admin.GetAsync($"{Days}?from=2026-03-02&to=2026-03-01")).Is(400).Error("to").ShouldBe("must not be before from (2026-03-02)");
        (await system.Admin.GetAsync($"{Days}?from=2026-03-02&to=2036-03-03")).Is(400).Error("to").ShouldBe("must lie within ten years of from");
        (await system.Admin.PostAsync(Addition, new { from = "2026-02-13", days = 2_501 }, key: null)).Is(400).Error("days").ShouldContain("2500");
        (await system.Admin.PostAsync(Addition, new { from = "1900-01-01", days = -2_500 }, key: null)).Is(400).Error("from").ShouldContain("1920");
        (await system.Admin.PostAsync(Count, new { from = "2026-02-13", to = "2036-02-14" }, key: null)).Is(400).Error("to").ShouldContain("ten years");
    }
}
