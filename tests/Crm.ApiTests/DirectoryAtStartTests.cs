using System.Security.Claims;
using Crm.ApiTests.Infrastructure;
using Crm.Organization.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-03: a host knows who works here before it answers anybody, also one whose database was away while it started.</summary>
[Trait("Rule", "ORG-03")]
public sealed class DirectoryAtStartTests(CrmSystem system) : IClassFixture<CrmSystem>
{
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

    private DirectoryRefresh NotStarted() => ActivatorUtilities.CreateInstance<DirectoryRefresh>(system.Host.Services);

    private CallerLookup LookupBy(DirectoryRefresh directory) => new(directory, ActivatorUtilities.CreateInstance<KeyUses>(system.Host.Services));
}
