using System.Security.Cryptography;
using Crm.ApiTests.Infrastructure;
using Npgsql;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>From an empty database to the first complaint, with the host's own program in Production, and an owner of the database who is no superuser.</summary>
public sealed class FirstComplaintTests(TestServer server) : IAsyncLifetime
{
    private const string Prefix = "crm_first";
    private const string Role = "crm_first_owner";
    private const string Password = "first";
    private readonly string database = $"crm_first_{Environment.ProcessId}";
    private readonly string secrets = Directory.CreateTempSubdirectory("crm-first-").FullName;

    private string Owner => new NpgsqlConnectionStringBuilder(server.Postgres.SuperuserConnectionString(database)) { Username = Role, Password = Password, Pooling = false }.ConnectionString;

    private (string, string)[] Console => [("CRM_MIGRATION_DATABASE", Owner), ("Crm__Secrets", secrets), ("Crm__RolePrefix", Prefix)];

    public async ValueTask InitializeAsync()
    {
        await server.Postgres.CreateDatabaseAsync(database);
        await SuperuserAsync($"CREATE ROLE {Role} LOGIN PASSWORD '{Password}'");
    }

    public async ValueTask DisposeAsync()
    {
        await server.Postgres.DropDatabaseAsync(database);
        await SuperuserAsync($"DROP ROLE IF EXISTS {Prefix}_platform, {Prefix}_organization, {Prefix}_complaints, {Prefix}_followups, {Role}", "postgres");
        Directory.Delete(secrets, recursive: true);
    }

    [Fact]
    public async Task An_owner_who_is_no_superuser_migrates_appoints_the_first_administrator_and_the_first_complaint_is_registered()
    {
        var poor = await HostProgram.RunAsync(["migrate"], Console);
        poor.ExitCode.ShouldBe(78, poor.Errors);
        poor.Errors.ShouldContain($"ALTER ROLE {Role} CREATEROLE; GRANT CREATE ON DATABASE {database} TO {Role};");

        // Exactly what the refusal asks for.
        await SuperuserAsync($"ALTER ROLE {Role} CREATEROLE; GRANT CREATE ON DATABASE {database} TO {Role};");
        for (var time = 1; time <= 2; time++) (await HostProgram.RunAsync(["migrate"], Console)).ShouldSatisfyAllConditions(e => e.ExitCode.ShouldBe(0, e.Errors), e => e.Output.ShouldBe("The database is up to date."));

        string[] appoint = ["administrator", "--subject", "6f1c-林", "--name", "林岚"];
        (await HostProgram.RunAsync(appoint, Console)).ExitCode.ShouldBe(0);
        var second = await HostProgram.RunAsync([.. appoint[..2], "other", .. appoint[3..], "--code", "second"], Console);
        second.ShouldSatisfyAllConditions(e => e.ExitCode.ShouldBe(1), e => e.Errors.ShouldBe("There is an administrator already, staff code administrator. To appoint one more, add --again."));
        (await HostProgram.RunAsync([.. appoint, "--again"], Console)).Errors.ShouldContain("belongs to somebody already");
        (await HostProgram.RunAsync(["administrator", "--subject", "other", "--name", "王", "--code", "second", "--again"], Console)).ExitCode.ShouldBe(0);

        string[] open = ["project", "--code", "garden", "--name", "云栖花园", "--service-desk"];
        (await HostProgram.RunAsync([.. open, "nobody"], Console)).ShouldSatisfyAllConditions(e => e.ExitCode.ShouldBe(1), e => e.Errors.ShouldContain("Nobody who works here"));
        (await HostProgram.RunAsync([.. open, "administrator"], Console)).ShouldSatisfyAllConditions(e => e.ExitCode.ShouldBe(0, e.Errors));
        (await AuditAsync()).ShouldBe(["console AppointAdministrator staff administrator ", "console AppointAdministrator staff second ", "console OpenProject project garden garden"]);

        await using var issuer = await LocalIssuer.StartAsync();
        await using var host = await HostProgram.StartAsync(
            ("Crm__Database", server.Postgres.HostConnectionString(database)), ("Crm__Secrets", secrets), ("Crm__RolePrefix", Prefix), ("Crm__PoolLimit", "2"),
            ("Crm__Oidc__Authority", issuer.Address), ("Crm__Oidc__Audience", LocalIssuer.Audience));
        var complaint = Api.Complaint(("project", "garden"));
        (await host.Caller(issuer.Bearer("6f1c-林")).RegisterAsync(complaint)).Is(201);
        (await host.Caller(issuer.Bearer("other")).RegisterAsync(complaint)).Is(201);
        (await host.Caller(issuer.Bearer("stranger")).RegisterAsync(complaint)).Is(403);
        using var forged = RSA.Create(2048);
        foreach (var refused in new[] { null, issuer.Bearer("other", audience: "another"), issuer.Bearer("other", signedBy: forged) }) (await host.Caller(refused).RegisterAsync(complaint)).Is(401);
        (await host.Caller(issuer.Bearer("other")).PostAsync("/dev/token", new { staff = "administrator" })).Is(404);
    }

    private async Task SuperuserAsync(string sql, string? elsewhere = null)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.Postgres.SuperuserConnectionString(elsewhere ?? database)) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<List<string>> AuditAsync()
    {
        await using var connection = new NpgsqlConnection(Owner);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT concat_ws(' ', actor, action, subject_kind, subject_id, coalesce(project, '')) FROM organization.audit_entries ORDER BY id", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return rows;
    }
}
