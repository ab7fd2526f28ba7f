using Crm.Host.Audit;
using Crm.Shared.Access;
using Crm.Shared.Http;
using Crm.Shared.Privacy;

namespace Crm.Host.Privacy;

/// <summary>ORG-12: what personal data the system keeps and shows, as the code itself tells it.</summary>
internal static class ListInventoryEndpoint
{
    public static void AddInventory(this IServiceCollection services) => services.AddSingleton<Inventory>();

    public static void MapInventory(this IEndpointRouteBuilder api) => api.MapGroup("").WithTags("Personal data")
        .MapGet("/personal-data/inventory", (Call call, Inventory inventory) => call.Show(new Page<InventoryItem>(inventory.Items, Next: null)))
        .Tells<Page<InventoryItem>>(
            "listPersonalData", "List what personal data there is",
            "Each column that keeps personal data and each member of a request or answer that carries it: whose it is, what for, how long, how it is protected there, and which permission shows a masked value in full. Made from the code, all of it on one page.",
            rules: "ORG-12")
        .RequiresEverywhere(AuditEndpoints.Read);
}
