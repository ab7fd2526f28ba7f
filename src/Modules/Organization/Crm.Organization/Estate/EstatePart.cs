using Crm.Organization.Contracts;
using Crm.Organization.Estate.Features;
using Crm.Shared.Failures;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Organization.Estate;

/// <summary>ORG-01: what buildings, units and stations consist of.</summary>
internal static class EstatePart
{
    public static IServiceCollection AddEstate(this IServiceCollection services) => services
        .AddScoped<IHoldings, StationsInCharge>()
        .AddSingleton(new ConstraintMeaning(EstateTables.BuildingKey, () => new BrokenRule("ORG-01", new Text(
            "The project has a building of this code already.", "该项目已有此代码的楼栋。"))))
        .AddSingleton(new ConstraintMeaning(EstateTables.BuildingName, () => new BrokenRule("ORG-01", new Text(
            "The project has a building of this name already.", "该项目已有此名称的楼栋。"))))
        .AddSingleton(new ConstraintMeaning(EstateTables.UnitNumber, () => new BrokenRule("ORG-01", new Text(
            "The building has a unit of this number already.", "该楼栋已有此房号。"))))
        .AddSingleton(new ConstraintMeaning(EstateTables.StationKey, () => new BrokenRule("ORG-01", new Text(
            "There is a station of this code already, in this project or another.", "此代码的站点已存在（本项目或其他项目）。"))));

    public static void MapEstate(this IEndpointRouteBuilder routes)
    {
        OpenBuildingEndpoint.Map(routes);
        EditBuildingEndpoint.Map(routes);
        ListBuildingsEndpoint.Map(routes);
        AddUnitEndpoint.Map(routes);
        EditUnitEndpoint.Map(routes);
        ListUnitsEndpoint.Map(routes);
        ImportUnitsEndpoint.Map(routes);
        OpenStationEndpoint.Map(routes);
        EditStationEndpoint.Map(routes);
        CloseStationEndpoint.Map(routes);
        ListStationsEndpoint.Map(routes);
    }
}
