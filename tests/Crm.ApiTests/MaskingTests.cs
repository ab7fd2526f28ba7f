using Crm.ApiTests.Infrastructure;
using Crm.ApiTests.Operations;
using Crm.Shared.Access;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-12: who may do everything but see personal data in full sees it in full nowhere: not in lists, records, exports, streams, nor in the answer to any command.</summary>
[Trait("Rule", "ORG-12")]
public sealed class MaskingTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    /// <summary>What the calls of <see cref="SuccessfulCalls"/> give as phones.</summary>
    private static readonly string[] Planted = ["13800138000"];

    private readonly SuccessfulCalls calls = new(system);

    [Fact]
    public async Task No_operation_shows_a_whole_number_to_who_lacks_the_permission_for_it()
    {
        string[] unmasking = [.. PersonalDataPage.Inventory.Items.Select(i => i.Unless).OfType<string>().Distinct()];
        unmasking.ShouldContain("complaints.see-phones");
        var all = system.Host.Services.GetServices<Permission>().Select(p => p.Name).ToArray();
        unmasking.ShouldBeSubsetOf(all, "what unmasks is a permission");
        var (clerk, admin) = (await AppointAsync(all.Except(unmasking)), system.Admin);
        var guarded = HostEndpoint.All(system.Host).Where(e => unmasking.Contains(e.Permission)).Select(e => e.Id).ToHashSet();
        var (shown, letIn, masked) = (new List<string>(), 0, 0);
        foreach (var operation in (await ApiDocument.ReadAsync(admin)).Operations.Where(o => o.IsApi))
        {
            var call = await calls.PrepareAsync(operation.Id);
            var answer = await SendAsync(clerk, operation, call);
            if ((int)answer.Status < 300) letIn++;
            else ((int)answer.Status).ShouldBeOneOf(guarded.Contains(operation.Id) ? [403] : [404, 409, 412], $"{operation}: {answer.Content}");
            foreach (var number in Planted)
            {
                if (Reads(answer.Content).Contains(number, StringComparison.Ordinal)) Assert.Fail($"{operation} shows {number}: {answer.Content}");
                if (answer.Content.Contains("****", StringComparison.Ordinal)) masked++;
            }

            if (operation.Method == "GET" && Reads((await SendAsync(admin, operation, call)).Content).Contains(Planted[0], StringComparison.Ordinal)) shown.Add(operation.Id);
        }

        letIn.ShouldBeGreaterThan(60, "they may do nearly everything");
        masked.ShouldBeGreaterThan(0, "and see the phone masked");
        shown.ShouldContain("getComplaint", "who may see it sees it: the search finds what is there");
    }

    private static Task<Reply> SendAsync(Api api, Operation operation, PreparedCall call) => api.SendAsync(
        new HttpMethod(operation.Method), call.Path, call.Content, operation.Method == "POST" ? Api.NewKey() : null, call.IfMatch, contentType: call.ContentType);

    /// <summary>The text as it would be read aloud.</summary>
    private static string Reads(string text) => new([.. text.Where(c => c is not (' ' or '-' or '.' or '(' or ')'))]);

    private async Task<Api> AppointAsync(IEnumerable<string> permissions)
    {
        (await system.Admin.PostAsync("/api/v1/roles", new { name = "clerk", tier = "group", titleEn = "Clerk", titleZh = "文员", permissions })).Is(201);
        (await system.Admin.PostAsync("/api/v1/staff", new { code = "clerk", name = "文员", subject = "clerk" })).Is(201);
        (await system.Admin.PostAsync("/api/v1/staff/clerk/roles", new { role = "clerk", scope = "group" })).Is(201);
        return await system.SignInAsync("clerk");
    }
}
