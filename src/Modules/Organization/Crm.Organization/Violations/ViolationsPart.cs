using Crm.Organization.Contracts;
using Crm.Organization.Violations.Features;
using Crm.Shared.Failures;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Organization.Violations;

/// <summary>ORG-13: what the register of violations consists of.</summary>
internal static class ViolationsPart
{
    public static IServiceCollection AddViolations(this IServiceCollection services) => services
        .AddScoped<ViolationRegister>()
        .AddSingleton<ReportViolation>(sp => new ModuleFindings(sp.GetRequiredService<IServiceScopeFactory>()).RecordAsync)
        .AddSingleton<Policy>(ViolationPolicies.Appeal)
        .AddViolationNotices();

    public static void MapViolations(this IEndpointRouteBuilder routes)
    {
        DefineViolationKindEndpoint.Map(routes);
        EditViolationKindEndpoint.Map(routes);
        ListViolationKindsEndpoint.Map(routes);
        ListViolationKindVersionsEndpoint.Map(routes);
        RecordViolationEndpoint.Map(routes);
        ListOwnViolationsEndpoint.Map(routes);
        ListViolationsEndpoint.Map(routes);
        GetViolationEndpoint.Map(routes);
        AppealViolationEndpoint.Map(routes);
        DecideViolationEndpoint.Map(routes);
    }
}

/// <summary>The numbers that violations go by.</summary>
internal static class ViolationPolicies
{
    /// <summary>ORG-13: how long somebody may appeal after a violation was recorded.</summary>
    public static readonly Policy<TimeLimit> Appeal = new("organization.violation-appeal", "ORG-13", new Text(
        "How long after a violation was recorded the person concerned may appeal.", "违规登记后当事人可以申诉的期限。"), TimeLimit.WorkingDays(5), IsSensible: time => time.IsWithin(90));
}
