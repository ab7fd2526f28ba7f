using Crm.ApiTests.Infrastructure;
using Crm.Shared.Audit;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-10: each day is closed once, and what says so leaves the database.</summary>
[Trait("Rule", "ORG-10")]
public sealed class AuditAnchorTests(TestServer server) : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("crm-anchors-").FullName;
    private readonly WithAnchors system = new(server);

    public async ValueTask InitializeAsync()
    {
        system.Folder = folder;
        await system.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await system.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_day_is_closed_once_however_many_hosts_there_are_and_its_anchor_leaves_the_database()
    {
        var second = await system.StartHostAsync(("Crm:Audit:Anchors", folder));
        (await system.Admin.RegisterAsync()).Is(201);
        await system.SealedAsync();
        // In Shanghai the first of July begins at 16:00 UTC of the last of June: a microsecond before, the day to close is the 29th.
        var midnight = Instant.FromUtc(2101, 6, 30, 16, 0);
        foreach (var (now, day) in new[] { (midnight - Duration.FromNanoseconds(1_000), "2101-06-29"), (midnight, "2101-06-30") })
        {
            await Crowd.AtOnceAsync(Enumerable.Range(0, 6).Select<int, Func<Task<bool>>>(n => async () =>
            {
                await Job(n % 2 == 0 ? system.Host : second).RunAsync(now, TestContext.Current.CancellationToken);
                return true;
            }));
            // Under the lock of another one a host goes away: who holds it has written the row.
            (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.audit_checks WHERE date = $1::text::date AND findings = 0", day)).ShouldBe(1);
            var line = await system.ScalarAsync<string>("SELECT line FROM complaints.audit_anchors WHERE date = $1::text::date", day);
            // A machine that loses its power may leave an empty file.
            File.WriteAllText(Path.Combine(folder, $"complaints.{day}.anchor"), "");
            await Job(second).RunAsync(now, TestContext.Current.CancellationToken);
            File.ReadAllText(Path.Combine(folder, $"complaints.{day}.anchor")).Trim().ShouldBe(line);
            var anchor = Anchor.Read(line, system.Keys().AnchorPublicKey).ShouldNotBeNull();
            anchor.Seal.ShouldBe(await system.ScalarAsync<long>("SELECT max(number) FROM complaints.audit_seals"));
            anchor.Entries.ShouldBe(await system.ScalarAsync<long>("SELECT count(*) FROM complaints.audit_entries"));
        }

        var auditor = await system.SignInAsync("demo.auditor");
        var days = await auditor.ListAsync("/api/v1/audit/anchors", limit: 1);
        days.Select(d => d.GetProperty("date").GetString()).Take(2).ShouldBe(["2101-06-30", "2101-06-29"]);
        days[0].GetProperty("anchors").EnumerateArray().Select(a => a.GetProperty("module").GetString()).ShouldBe(["organization", "complaints", "followups"], ignoreOrder: true);
        Directory.GetFiles(folder).ShouldAllBe(f => f.EndsWith(".anchor"));
    }

    [Fact]
    public async Task The_look_of_the_night_goes_on_from_the_last_that_was_well_and_what_it_finds_is_shown_until_it_is_mended()
    {
        (await system.Admin.RegisterAsync()).Is(201);
        await system.SealedAsync();
        var day = Instant.FromUtc(2101, 1, 2, 0, 0);
        await Job(system.Host).RunAsync(day, TestContext.Current.CancellationToken);
        (await system.Admin.RegisterAsync()).Is(201);
        await system.SealedAsync();
        await system.ExecuteAsync("UPDATE complaints.audit_entries SET actor = actor || 'x' WHERE id = (SELECT entry_id FROM complaints.audit_seal_entries ORDER BY seal DESC LIMIT 1)");
        for (var night = 1; night <= 2; night++)
        {
            await Job(system.Host).RunAsync(day + Duration.FromDays(night), TestContext.Current.CancellationToken);
            (await system.ScalarAsync<long>("SELECT findings FROM complaints.audit_checks ORDER BY date DESC LIMIT 1")).ShouldBe(1);
        }

        var ready = await Eventually.BecomesAsync(() => system.Host.Anonymous().GetAsync("/health/ready"), r => r.Is(200).Text("audit") != "ok", "the host says so");
        (ready.Text("status"), ready.Text("audit")).ShouldBe(("degraded", "tampered with: run verify-audit"));
        CapturedLogs.Instance.Lines.ShouldContain(l => l.StartsWith("Error") && l.Contains("is not as the hosts have left it: complaints.audit_entries"));
        await system.ExecuteAsync("UPDATE complaints.audit_entries SET actor = left(actor, -1) WHERE actor LIKE '%x'");
        await Job(system.Host).RunAsync(day + Duration.FromDays(3), TestContext.Current.CancellationToken);
        await Eventually.BecomesAsync(() => system.Host.Anonymous().GetAsync("/health/ready"), r => r.Is(200).Text("audit") == "ok", "it is mended");
    }

    [Fact]
    public async Task A_chain_that_was_cut_or_written_anew_is_named_by_what_has_left_the_database_and_by_a_host_that_starts()
    {
        for (var i = 0; i < 2; i++)
        {
            (await system.Admin.RegisterAsync()).Is(201);
            await system.SealedAsync();
        }

        await Eventually.BecomesAsync(() => Task.FromResult(File.Exists(Path.Combine(folder, "complaints.latest.anchor"))), there => there, "the end of the chain has left the database");
        (string, string)[] environment = [("CRM_MIGRATION_DATABASE", server.Postgres.MigratorConnectionString(system.Database)), ("Crm__Secrets", server.Secrets)];
        var keyFile = Path.Combine(folder, "public.pem");
        var printed = await HostProgram.RunAsync(["audit-key"], environment[1]);
        printed.Output.ShouldStartWith("-----BEGIN PUBLIC KEY-----");
        await File.WriteAllTextAsync(keyFile, printed.Output, TestContext.Current.CancellationToken);
        (await HostProgram.RunAsync(["verify-audit", "--anchors", folder], environment)).ShouldSatisfyAllConditions(e => e.ExitCode.ShouldBe(0, e.Output + e.Errors));
        var auditor = await HostProgram.RunAsync(["verify-audit", "--anchors", folder, "--public-key", keyFile], environment[0]);
        auditor.ShouldSatisfyAllConditions(e => e.ExitCode.ShouldBe(0, e.Output + e.Errors), e => e.Output.ShouldContain("marks were not checked"));

        // The end is cut off while no host looks at it with eyes that have seen it: all of its rows, so that the database shows nothing.
        var last = await system.ScalarAsync<long>("SELECT max(number) FROM complaints.audit_seals");
        await system.ExecuteAsync($"""
            DELETE FROM complaints.audit_entries e USING complaints.audit_seal_entries l WHERE l.entry_id = e.id AND l.seal = {last};
            DELETE FROM complaints.audit_seal_entries WHERE seal = {last};
            DELETE FROM complaints.audit_seals WHERE number = {last}
            """);
        (await system.VerifyAsync()).ShouldBeEmpty("the database alone shows nothing");
        var cut = await HostProgram.RunAsync(["verify-audit", "--anchors", folder, "--public-key", keyFile], environment[0]);
        cut.ExitCode.ShouldBe(1);
        cut.Output.ShouldContain($"complaints.audit_seals {last} is missing: the chain ends at {last - 1}, but complaints.latest.anchor has seen it");
        await Eventually.BecomesAsync(() => system.Host.Anonymous().GetAsync("/health/ready"), r => r.Text("audit") == "tampered with: run verify-audit", "the host that has seen it says so");
        var fresh = await system.StartHostAsync(("Crm:Audit:Anchors", folder));
        await Eventually.BecomesAsync(() => fresh.Anonymous().GetAsync("/health/ready"), r => r.Text("audit") == "tampered with: run verify-audit", "and so does one that has only just started");

        // Sealing goes on, over the same number; the evidence is not written over.
        (await system.Admin.RegisterAsync()).Is(201);
        await system.SealedAsync();
        (await HostProgram.RunAsync(["verify-audit", "--anchors", folder], environment)).Output.ShouldContain($"complaints.audit_seals {last} is not the one that complaints.latest.anchor has seen");
        await File.WriteAllTextAsync(Path.Combine(folder, "complaints.latest.anchor"), (await File.ReadAllTextAsync(Path.Combine(folder, "complaints.latest.anchor"), TestContext.Current.CancellationToken)).Replace($" {last} ", $" {last + 1} "), TestContext.Current.CancellationToken);
        (await HostProgram.RunAsync(["verify-audit", "--anchors", folder], environment)).Output.ShouldContain("complaints.latest.anchor is not signed with this key: it was changed or put there");
        foreach (var wrong in new[] { new[] { "verify-audit", "--anchors", folder + "/nowhere" }, ["verify-audit", "--public-key", folder + "/nowhere"] })
            (await HostProgram.RunAsync(wrong, environment)).ShouldSatisfyAllConditions(e => e.ExitCode.ShouldBe(2), e => e.Errors.ShouldContain("nowhere"));
    }

    [Fact]
    public async Task Anchors_in_the_database_that_were_edited_are_named()
    {
        await Job(system.Host).RunAsync(Instant.FromUtc(2101, 1, 2, 0, 0), TestContext.Current.CancellationToken);
        await system.ExecuteAsync("UPDATE organization.audit_anchors SET line = replace(line, ' 2101-01-01 ', ' 2101-01-03 ')");
        (await HostProgram.RunAsync(["verify-audit"], ("CRM_MIGRATION_DATABASE", server.Postgres.MigratorConnectionString(system.Database)), ("Crm__Secrets", server.Secrets)))
            .ShouldSatisfyAllConditions(e => e.ExitCode.ShouldBe(1), e => e.Output.ShouldContain("organization.audit_anchors 2101-01-01 is not signed with this key"));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_to_stops_nothing_and_is_said()
    {
        Directory.Delete(folder, recursive: true);
        (await system.Admin.RegisterAsync()).Is(201);
        await system.SealedAsync();
        await Eventually.BecomesAsync(() => system.Host.Anonymous().GetAsync("/health/ready"), r => r.Text("audit").Contains("Crm:Audit:Anchors"), "the host says that the folder is gone");
        Directory.CreateDirectory(folder);
        (await system.Admin.RegisterAsync()).Is(201);
        await Eventually.BecomesAsync(() => system.Host.Anonymous().GetAsync("/health/ready"), r => r.Text("audit") == "ok", "and goes on when it is back");
    }

    private static NightJob Job(HostUnderTest host) => ActivatorUtilities.CreateInstance<NightJob>(host.Services);

    private sealed class WithAnchors(TestServer server) : CrmSystem(server)
    {
        public string Folder { get; set; } = "";

        protected override (string Key, string Value)[] Settings => [("Crm:Audit:Anchors", Folder)];
    }
}
