using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>CMP-03, ORG-12: a caller's cases are found by the whole phone, by those who may read them, and the phone is repeated nowhere.</summary>
public sealed class LookUpByPhoneTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private const string Phone = "13711112222", Other = "13711112223";

    [Fact]
    public async Task However_it_is_written_it_is_found_and_only_it()
    {
        var (one, two) = (await RegisteredAsync("demo", Phone), await RegisteredAsync("demo", "+86 137-1111-2222"));
        await RegisteredAsync("demo", Other);
        await RegisteredAsync("demo", phone: null);
        foreach (var written in new[] { Phone, "0086 137 1111 2222", "１３７１１１１２２２２", "(+86)137-1111-2222" })
            (await FoundAsync(system.Admin, written)).ShouldBe([two, one], written);
        (await FoundAsync(system.Admin, "13711112224")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Pages_go_on_where_the_last_one_ended_and_their_addresses_hold_no_phone()
    {
        const string Busy = "13711113333";
        var cases = new List<Guid>();
        for (var i = 0; i < 5; i++) cases.Insert(0, await RegisteredAsync("demo", Busy));
        var (read, address) = (new List<Guid>(), "/api/v1/complaints/lookup?limit=2");
        for (var pages = 0; ; pages++)
        {
            pages.ShouldBeLessThan(4);
            var page = (await system.Admin.PostAsync(address, new { phone = Busy }, key: null)).Is(200);
            page.Content.ShouldNotContain(Busy);
            read.AddRange(page.Json.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid()));
            if (page.Json.GetProperty("next").GetString() is not { } next) break;
            address = $"/api/v1/complaints/lookup?limit=2&cursor={next}";
        }

        read.ShouldBe(cases);
    }

    [Fact]
    public async Task Nobody_finds_what_they_may_not_read()
    {
        const string Shared = "13711114444";
        var (demo, harbour) = (await RegisteredAsync("demo", Shared), await RegisteredAsync("harbour", Shared));
        (await FoundAsync(system.Admin, Shared)).ShouldBe([harbour, demo]);
        (await FoundAsync(system.Admin, Shared, "demo")).ShouldBe([demo]);
        (await FoundAsync(await system.SignInAsync("harbour.officer"), Shared)).ShouldBe([harbour]);
        foreach (var project in new[] { "demo", "nowhere" })
            (await (await system.SignInAsync("harbour.officer")).PostAsync("/api/v1/complaints/lookup", new { phone = Shared, project }, key: null)).Is(404);
        (await (await system.SignInAsync("demo.guest")).PostAsync("/api/v1/complaints/lookup", new { phone = Shared }, key: null)).Is(403);
    }

    [Theory]
    [InlineData("1371111")]
    [InlineData("137****4444")]
    [InlineData("")]
    public async Task A_part_of_a_number_is_refused_with_what_would_be_right(string part)
    {
        (await system.Admin.PostAsync("/api/v1/complaints/lookup", new { phone = part }, key: null)).Is(400).Error("phone").ShouldContain("must be a phone number");
    }

    private async Task<Guid> RegisteredAsync(string project, string? phone) =>
        (await system.Admin.RegisterAsync(Api.Complaint(("project", project), ("customer", new { name = "李女士", phone })))).Is(201).Id;

    private static async Task<IReadOnlyList<Guid>> FoundAsync(Api api, string phone, string? project = null) =>
        [.. (await api.PostAsync("/api/v1/complaints/lookup", new { phone, project }, key: null)).Is(200).Json.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid())];
}
