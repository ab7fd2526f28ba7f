using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;

namespace Crm.Complaints;

/// <summary>ORG-16: a caller's cases, past the context: asked while somebody waits on the line.</summary>
internal sealed class CallerCases([FromKeyedServices(ComplaintsModule.Schema)] NpgsqlDataSource source, IClock clock) : ICallerRecords
{
    private const string Columns = "id, number, project, kind, status, status NOT IN ('archived', 'withdrawn') AS open, registered_at, earliest_due_at";
    private const string Order = "ORDER BY open DESC, registered_at DESC, id DESC LIMIT $2";
    private const string Everywhere = $"SELECT {Columns} FROM complaints.complaints WHERE customer_id = $1 {Order}";
    private const string InProjects = $"SELECT {Columns} FROM complaints.complaints WHERE customer_id = $1 AND project = ANY($3) {Order}";

    public string Name => ComplaintsModule.Schema;

    public Permission Permission => ComplaintPermissions.Read;

    public async Task<IReadOnlyList<CallerRecord>> ListAsync(Guid customer, ProjectScope scope, int limit, CancellationToken ct)
    {
        await using var command = source.CreateCommand(scope.Everywhere ? Everywhere : InProjects);
        command.Parameters.Add(new() { Value = customer });
        command.Parameters.Add(new() { Value = limit });
        if (!scope.Everywhere) command.Parameters.Add(new() { Value = scope.Projects.ToArray() });
        return await CallerRecord.ReadAsync(command, clock.GetCurrentInstant(), ct);
    }
}
