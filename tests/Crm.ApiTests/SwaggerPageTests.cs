using Crm.ApiTests.Infrastructure;
using Crm.Build.Machine;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace Crm.ApiTests;

/// <summary>The Swagger page, used as a newcomer would.</summary>
public sealed class SwaggerPageTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    // Without the network flags, Chromium looks for its maker's servers.
    private static readonly string[] Quiet =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    [Fact]
    public async Task A_newcomer_signs_in_tries_the_example_and_sees_201()
    {
        var chromium = TestProgram.Chromium.Find();
        if (chromium is null) Assert.Skip("There is no Chromium on this machine: build/test installs one as root, with apt.");
        var token = (await system.Host.Anonymous().PostAsync("/dev/token", new { staff = "demo.admin" }, key: null)).Is(200).Text("token");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = Quiet });
        var page = await browser.NewPageAsync();
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        // Also what the page's own security policy refuses.
        page.Console += (_, message) =>
        {
            if (message.Type == "error") errors.Add(message.Text);
        };

        await page.GotoAsync(new Uri(system.Host.Address, "/swagger").ToString());
        await page.Locator(".swagger-ui .btn.authorize").ClickAsync();
        var bearer = page.Locator(".auth-container", new() { HasText = "bearer" });
        await bearer.Locator("input").FillAsync(token);
        await bearer.Locator(".btn.authorize").ClickAsync();
        await page.Locator(".modal-ux .close-modal").ClickAsync();

        var operation = page.Locator("#operations-Complaints-registerComplaint");
        await operation.Locator(".opblock-summary-control").ClickAsync();
        await operation.Locator(".try-out__btn").ClickAsync();
        await Expect(operation.Locator("textarea.body-param__text")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("三号楼电梯"));
        await operation.Locator("tr[data-param-name='Idempotency-Key'] input").FillAsync(Api.NewKey());
        await operation.Locator(".execute").ClickAsync();

        var response = operation.Locator(".live-responses-table tr.response");
        await Expect(response.Locator(".response-col_status")).ToContainTextAsync("201");
        await Expect(response).ToContainTextAsync("registered");
        errors.ShouldBeEmpty();
        (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.complaints")).ShouldBe(1);
    }
}
