using System.Diagnostics;
using Crm.ApiTests.Infrastructure;
using Crm.Build.Postgres;
using Npgsql;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>docs/operations/backup.md, done: a dump and keys.json make the system again, also where its roles do not exist.</summary>
public sealed class BackupTests(CrmSystem system) : IClassFixture<CrmSystem>, IAsyncLifetime
{
    private const string Prefix = "crm_copy";
    private readonly string folder = Directory.CreateTempSubdirectory("crm-backup-").FullName;
    private readonly string copy = $"crm_copy_{Environment.ProcessId}";

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await system.Server.Postgres.DropDatabaseAsync(copy);
        await system.ExecuteAsync($"DROP ROLE IF EXISTS {Prefix}_platform, {Prefix}_organization, {Prefix}_complaints, {Prefix}_followups");
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_dump_and_the_keys_make_the_system_again()
    {
        var programs = await PostgresBinaries.FindAsync(_ => { }, TestContext.Current.CancellationToken);
        var (dump, restore) = (programs.Find("pg_dump"), programs.Find("pg_restore"));
        if (dump is null || restore is null) Assert.Skip($"{programs.Origin} comes without pg_dump and pg_restore.");
        var key = Api.NewKey();
        var id = (await system.Admin.RegisterAsync(key: key)).Is(201).Id;
        (await system.Admin.ActAsync(id, "acceptance")).Ok();
        await system.Admin.SettleAsync();

        var file = Path.Combine(folder, "crm.dump");
        await RunAsync(dump!, system.Database, "--format=custom", $"--file={file}");
        File.Copy(Path.Combine(system.Server.Secrets, "keys.json"), Path.Combine(folder, "keys.json"));
        (await system.Admin.ActAsync(id, "resolution", new { summary = "after the backup" })).Ok();

        await system.Server.Postgres.CreateDatabaseAsync(copy, ct: TestContext.Current.CancellationToken);
        await RunAsync(restore!, copy, "--no-owner", "--no-privileges", "--exit-on-error", $"--dbname={copy}", file);
        var migrated = await HostProgram.RunAsync(["migrate"],
            ("CRM_MIGRATION_DATABASE", system.Server.Postgres.MigratorConnectionString(copy)), ("Crm__Secrets", folder), ("Crm__RolePrefix", Prefix));
        migrated.ExitCode.ShouldBe(0, migrated.Errors);

        await using var host = await HostProgram.StartAsync(
            ("ASPNETCORE_ENVIRONMENT", "Development"), ("Crm__Database", system.Server.Postgres.HostConnectionString(copy)), ("Crm__Secrets", folder), ("Crm__RolePrefix", Prefix), ("Crm__PoolLimit", "2"));
        var token = (await host.Caller(authorization: null).PostAsync("/dev/token", new { staff = "demo.admin" }, key: null)).Text("token");
        var admin = host.Caller($"Bearer {token}");
        var restored = (await admin.GetAsync($"/api/v1/complaints/{id}")).Is(200);
        restored.Text("status").ShouldBe("accepted", "what was done after the backup is not there");
        restored.Content.ShouldContain("13800138000", Case.Sensitive, "the phone opens");
        (await admin.RegisterAsync(key: key)).Is(201).Id.ShouldBe(id, "the key is known");
        (await admin.ActAsync(id, "resolution", new { summary = "once more" })).Ok();
        await admin.SettleAsync();
        (await admin.ListAsync($"/api/v1/follow-ups?origin={id}")).Count.ShouldBe(1, "events are delivered");
    }

    private async Task RunAsync(string program, string database, params string[] options)
    {
        var owner = new NpgsqlConnectionStringBuilder(system.Server.Postgres.MigratorConnectionString(database));
        var start = new ProcessStartInfo(program, options) { RedirectStandardError = true };
        foreach (var (name, value) in new[] { ("PGHOST", owner.Host), ("PGPORT", $"{owner.Port}"), ("PGUSER", owner.Username), ("PGPASSWORD", owner.Password), ("PGDATABASE", database) })
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, errors);
    }
}
