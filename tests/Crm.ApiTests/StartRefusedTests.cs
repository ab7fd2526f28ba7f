using System.Net;
using System.Net.Sockets;
using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>A host that lacks something says in plain words what, all of it at once, and ends.</summary>
public sealed class StartRefusedTests(TestServer server) : IDisposable
{
    private const int Refused = 78;
    private readonly string folder = Directory.CreateTempSubdirectory("crm-start-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Without_any_configuration_everything_that_is_needed_is_named_at_once()
    {
        var ending = await HostProgram.RunAsync([]);
        ShouldBeAPlainRefusal(ending, "4 settings");
        foreach (var setting in new[] { "Crm:Database", "Crm__Database", "Crm:Secrets", "Crm:Oidc:Authority", "Crm__Oidc__Authority", "Crm:Oidc:Audience" }) ending.Errors.ShouldContain(setting);
    }

    [Fact]
    public async Task Development_needs_no_provider() =>
        ShouldBeAPlainRefusal(await HostProgram.RunAsync([], ("ASPNETCORE_ENVIRONMENT", "Development")), "2 settings", without: "Oidc");

    [Fact]
    public async Task Values_that_cannot_be_right_are_named_with_what_would_be_and_never_repeated()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "keys.json"), """{"DataKeys":{"1":"c2hvcnQ="}}""", TestContext.Current.CancellationToken);
        var ending = await HostProgram.RunAsync([],
            ("Crm__Database", "Password=hunter2"), ("Crm__Secrets", folder), ("Crm__RolePrefix", "x; DROP"), ("Crm__PoolLimit", "0"), ("Crm__Oidc__Authority", "http://login.example.com"),
            ("Crm__Oidc__Audience", "crm"), ("Crm__RateLimit__Burst", "many"), ("Crm__Outbox__Lease", "30"), ("Crm__Outbox__FirstBackoff", "00:10:00"), ("Crm__Retention__Inbox", "00:00:01"));
        ShouldBeAPlainRefusal(ending, "9 settings", without: "hunter2");
        foreach (var said in new[]
                 {
                     "Crm:Database (environment variable Crm__Database) is not a connection string with Host and Database", "keys.json lacks a key", "Crm:RolePrefix", "Crm:PoolLimit (environment variable Crm__PoolLimit) must be from 1 to 100",
                     "must begin with https://", "Crm:RateLimit:Burst (environment variable Crm__RateLimit__Burst) is not a whole number", "Crm:Outbox:Lease (environment variable Crm__Outbox__Lease) is not a time",
                     "Crm:Outbox:FirstBackoff", "Crm:Retention:Inbox",
                 })
            ending.Errors.ShouldContain(said);
    }

    [Theory]
    [InlineData(null, "migrate")]
    [InlineData("", "damaged")]
    [InlineData("not json", "damaged")]
    [InlineData("null", "lacks a key")]
    [InlineData("{}", "lacks a key")]
    public async Task Keys_that_are_missing_or_damaged_are_said_so_and_none_are_made(string? content, string said)
    {
        var file = Path.Combine(folder, "keys.json");
        if (content is not null) await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        var ending = await HostProgram.RunAsync([],
            ("Crm__Database", server.Postgres.HostConnectionString("postgres")), ("Crm__Secrets", folder), ("Crm__Oidc__Authority", "https://login.example.com"), ("Crm__Oidc__Audience", "crm"));
        ShouldBeAPlainRefusal(ending, "one setting is");
        ending.Errors.ShouldContain("Crm:Secrets");
        ending.Errors.ShouldContain(said);
        (File.Exists(file) ? await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken) : null).ShouldBe(content);
    }

    [Fact]
    public async Task Console_commands_say_what_they_lack_too()
    {
        var migrate = await HostProgram.RunAsync(["migrate"]);
        ShouldBeAPlainRefusal(migrate, "2 settings");
        migrate.Errors.ShouldContain("CRM_MIGRATION_DATABASE is missing");
        migrate.Errors.ShouldContain("Crm:Secrets");
        ShouldBeAPlainRefusal(await HostProgram.RunAsync(["administrator", "--subject", "s", "--name", "n"], ("CRM_MIGRATION_DATABASE", "Host=localhost;Password=hunter2"), ("Crm__Secrets", server.Secrets)), "one setting is", without: "hunter2");
        (await HostProgram.RunAsync(["administrator", "--name", "n"])).ShouldSatisfyAllConditions(e => e.ExitCode.ShouldBe(2), e => e.Errors.ShouldStartWith("--subject is missing."));
        (await HostProgram.RunAsync(["serve"])).ShouldSatisfyAllConditions(e => e.ExitCode.ShouldBe(2), e => e.Errors.ShouldStartWith("There is no command serve."));
        (await HostProgram.RunAsync(["--help"])).ShouldSatisfyAllConditions(e => e.ExitCode.ShouldBe(0), e => e.Output.ShouldContain("administrator"));
    }

    [Fact]
    public async Task Asked_to_end_while_it_still_waits_for_the_database_it_ends_well()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var asked = silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask();
        var ending = await HostProgram.StopAsync(asked,
            ("Crm__Database", $"Host=127.0.0.1;Port={((IPEndPoint)silent.LocalEndpoint).Port};Database=crm;SSL Mode=Disable"), ("Crm__Secrets", server.Secrets),
            ("Crm__Oidc__Authority", "https://login.example.com"), ("Crm__Oidc__Audience", "crm"));
        (await asked).Dispose();
        ending.ExitCode.ShouldBe(0, ending.Errors);
        ending.Errors.ShouldBeEmpty();
    }

    private static void ShouldBeAPlainRefusal(Ending ending, string count, string? without = null)
    {
        ending.ExitCode.ShouldBe(Refused, ending.Errors);
        ending.Output.ShouldBeEmpty();
        ending.Errors.ShouldStartWith("Crm does not start, because ");
        ending.Errors.ShouldContain(count);
        ending.Errors.ShouldNotContain("   at ");
        ending.Errors.ShouldNotContain("Exception");
        ending.Errors.ShouldNotContain("\n\n");
        if (without is not null) ending.Errors.ShouldNotContain(without);
    }
}
