using Crm.Organization.Appraisals.Features;
using Crm.Organization.Contracts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Organization.Appraisals;

/// <summary>ORG-14: what appraisals consist of.</summary>
internal static class AppraisalsPart
{
    public static IServiceCollection AddAppraisals(this IServiceCollection services) => services
        .AddScoped<StaffFigures, ViolationFigures>()
        .AddScoped<AppraisalFigures>()
        .AddScoped<AppraisalDesk>()
        .AddScoped<HandOver, LeaversAppraisals>()
        .AddScoped<IHoldings, BegunAppraisals>()
        .AddSingleton<Policy>(AppraisalPolicies.Grades)
        .AddSingleton<Policy>(AppraisalPolicies.Unseen)
        .AddSingleton(AppraisalTables.One)
        .AddNotice(AppraisalNotices.Told);

    public static void MapAppraisals(this IEndpointRouteBuilder routes)
    {
        DefineAppraisalFormEndpoint.Map(routes);
        EditAppraisalFormEndpoint.Map(routes);
        ListAppraisalFormsEndpoint.Map(routes);
        ListFiguresEndpoint.Map(routes);
        BeginAppraisalEndpoint.Map(routes);
        ListAppraisalsEndpoint.Map(routes);
        ListOwnAppraisalsEndpoint.Map(routes);
        GetAppraisalEndpoint.Map(routes);
        ScoreAppraisalEndpoint.Map(routes);
        SubmitAppraisalEndpoint.Map(routes);
        AcknowledgeAppraisalEndpoint.Map(routes);
        ConfirmAppraisalEndpoint.Map(routes);
        ReturnAppraisalEndpoint.Map(routes);
    }
}
