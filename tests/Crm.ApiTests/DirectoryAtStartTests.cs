using System.Security.Claims;
using Crm.ApiTests.Infrastructure;
using Crm.Organization.Access;
using Crm.Organization.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-03: a host knows who works here before it answers anybody, also one whose database was away while it started.</summary>
[Trait("Rule", "ORG-03")]
public sealed class DirectoryAtStartTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private readonly OrganizationDirectory own = new();

    [Fact]
    public async Task When_a_host_has_started_it_has_read_who_works_here()
    {
        using var directory = NotStarted();
        directory.IsLoaded.ShouldBeFalse();
        await directory.StartAsync(TestContext.Current.CancellationToken);
        directory.IsLoaded.ShouldBeTrue();
        directory.Access.FindStaff("demo.admin").ShouldNotBeNull();
        await directory.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Whoever_has_just_heard_of_a_change_can_have_it_read_without_waiting_for_the_next_round()
    {
        using var directory = NotStarted();
        await directory.StartAsync(TestContext.Current.CancellationToken);
        // No more rounds: only who asks.
        await directory.StopAsync(TestContext.Current.CancellationToken);
        var calendar = own.Current.Calendar;
        (await system.Admin.PostAsync("/api/v1/staff", new { code = "just.now", name = "新人", subject = "just.now" })).Is(201);
        (own.Current.FindStaff("just.now"), directory.Access.FindStaff("just.now")).ShouldBe((null, null));
        await own.RefreshAsync(TestContext.Current.CancellationToken);
        (own.Current.FindStaff("just.now"), directory.Access.FindStaff("just.now")).ShouldSatisfyAllConditions(f => f.Item1.ShouldNotBeNull(), f => f.Item2.ShouldNotBeNull());
        own.Current.Calendar.ShouldBeSameAs(calendar, "nothing of the calendar was corrected");
    }

    [Fact]
    public async Task The_first_person_who_calls_is_known_to_a_host_that_could_not_read_it_at_its_start()
    {
        using var directory = NotStarted();
        var person = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "demo.admin")]));
        (await LookupBy(directory).FindAsync(person, new DefaultHttpContext())).ShouldNotBeNull().Staff.ShouldBe("demo.admin");
    }

    [Fact]
    public async Task The_first_machine_that_calls_is_known_to_a_host_that_could_not_read_it_at_its_start()
    {
        var key = (await system.Admin.PostAsync("/api/v1/api-keys", new { name = "first", permissions = new[] { "complaints.read" } })).Is(201).Text("key");
        using var directory = NotStarted();
        (await LookupBy(directory).FindAsync(key, TestContext.Current.CancellationToken)).ShouldNotBeNull();
        (await LookupBy(directory).FindAsync(key + "x", TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    private DirectoryRefresh NotStarted() => ActivatorUtilities.CreateInstance<DirectoryRefresh>(system.Host.Services, own);

    private CallerLookup LookupBy(DirectoryRefresh directory) => new(directory, ActivatorUtilities.CreateInstance<KeyUses>(system.Host.Services));
}
