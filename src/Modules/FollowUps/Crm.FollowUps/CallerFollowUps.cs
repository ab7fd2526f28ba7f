using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;

namespace Crm.FollowUps;

/// <summary>ORG-16: a caller's follow-ups, past the context: asked while somebody waits on the line.</summary>
internal sealed class CallerFollowUps([FromKeyedServices(FollowUpsModule.Schema)] NpgsqlDataSource source, IClock clock) : ICallerRecords
{
    private const string Columns = "id, number, project, kind, state, state = 'planned' AS open, planned_at, CASE WHEN state = 'planned' THEN due_at END";
    private const string Order = "ORDER BY open DESC, planned_at DESC, id DESC LIMIT $2";
    private const string Everywhere = $"SELECT {Columns} FROM followups.follow_ups WHERE customer_id = $1 {Order}";
    private const string InProjects = $"SELECT {Columns} FROM followups.follow_ups WHERE customer_id = $1 AND project = ANY($3) {Order}";

    public string Name => FollowUpsModule.Schema;

    public Permission Permission => FollowUpPermissions.Read;

    public async Task<IReadOnlyList<CallerRecord>> ListAsync(Guid customer, ProjectScope scope, int limit, CancellationToken ct)
    {
        await using var command = source.CreateCommand(scope.Everywhere ? Everywhere : InProjects);
        command.Parameters.Add(new() { Value = customer });
        command.Parameters.Add(new() { Value = limit });
        if (!scope.Everywhere) command.Parameters.Add(new() { Value = scope.Projects.ToArray() });
        return await CallerRecord.ReadAsync(command, clock.GetCurrentInstant(), ct);
    }
}
