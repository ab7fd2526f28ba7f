using Crm.Organization.Agents.Features;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Data;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Organization.Agents;

/// <summary>ORG-06: what the agent monitor consists of. What agents are doing is their presence (ORG-04).</summary>
internal static class AgentsPart
{
    public static void MapAgents(this IEndpointRouteBuilder routes)
    {
        ListAgentsEndpoint.Map(routes);
        GetAgentDayEndpoint.Map(routes);
        ReportCallEndpoint.Map(routes);
    }

    /// <summary>ORG-06: who works here and takes calls in one of the projects: a role that names the permission says so. Who may do everything is no agent for that.</summary>
    public static IQueryable<StaffRow> AgentsIn(this OrganizationDb db, ProjectScope scope)
    {
        var (permission, held) = (OrganizationPermissions.TakeCalls.Name, scope.Everywhere ? db.Assignments : db.RolesReaching(scope));
        return db.Staff.Where(s => s.Active && held.Any(a => a.Staff == s.Code && db.Roles.Any(r => r.Name == a.Role && r.Permissions.Contains(permission))));
    }
}

/// <summary>ORG-06: how call events are kept.</summary>
internal sealed class AgentTables : IEntityTypeConfiguration<CallEvent>
{
    public void Configure(EntityTypeBuilder<CallEvent> builder)
    {
        builder.ToTable("call_events").IsAppendOnly().HasKey(e => new { e.Staff, e.System, e.Call, e.Kind, e.At });
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(e => e.Staff);
        builder.HasIndex(e => new { e.Staff, e.At });
    }
}
