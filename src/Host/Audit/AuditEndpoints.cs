using Crm.Shared.Access;
using Crm.Shared.Failures;

namespace Crm.Host.Audit;

/// <summary>ORG-10: the audit of all modules, for auditors. Each module reads its own; the host puts them together.</summary>
internal static class AuditEndpoints
{
    public static readonly Permission Read = new("audit.read", new Text("Read and export the audit.", "查看和导出审计记录。"));

    public static void AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<WholeAudit>();
        services.AddSingleton(Read);
    }

    public static void MapAudit(this IEndpointRouteBuilder api)
    {
        var routes = api.MapGroup("").WithTags("Audit");
        ListAuditEndpoint.Map(routes);
        ExportAuditEndpoint.Map(routes);
        ListAnchorsEndpoint.Map(routes);
    }
}
