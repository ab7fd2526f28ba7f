using Crm.Organization.Contracts;
using Crm.Organization.Customers.Features;
using Crm.Shared.Failures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Organization.Customers;

/// <summary>ORG-16: what the customer directory consists of.</summary>
internal static class CustomersPart
{
    private static readonly Text PhoneTaken = new(
        "The phone is another customer's. If the two are one person, merge the records.", "该电话属于另一位客户。如为同一人，请合并两条记录。");

    private static readonly Text NumberTaken = new(
        "The identity number is another customer's. If the two are one person, merge the records.", "该身份号码属于另一位客户。如为同一人，请合并两条记录。");

    public static IServiceCollection AddCustomers(this IServiceCollection services) => services
        .AddScoped<CustomerBook>()
        .AddScoped<CustomerReports>()
        .AddScoped<GradeBook>()
        .AddSingleton<CustomerPolicies>()
        .AddSingleton<Policy>(sp => sp.GetRequiredService<CustomerPolicies>().Grades)
        .AddSingleton<BackfillJob>()
        .AddHostedService(sp => sp.GetRequiredService<BackfillJob>())
        .AddScoped<CustomerDesk>()
        .AddSingleton(new ConstraintMeaning(CustomerTables.PhoneKey, () => new BrokenRule("ORG-16", PhoneTaken)))
        .AddSingleton(new ConstraintMeaning(CustomerTables.NationalIdKey, () => new BrokenRule("ORG-16", NumberTaken)));

    public static void MapCustomers(this IEndpointRouteBuilder api)
    {
        var routes = api.MapGroup("").WithTags("Customers");
        RecordCustomerEndpoint.Map(routes);
        ListCustomersEndpoint.Map(routes);
        GetCustomerEndpoint.Map(routes);
        EditCustomerEndpoint.Map(routes);
        CustomerHomesEndpoints.Map(routes);
        CustomerContactsEndpoints.Map(routes);
        RecordConsentEndpoint.Map(routes);
        GradeCustomerEndpoints.Map(routes);
        MergeCustomersEndpoint.Map(routes);
        LookUpCallerEndpoint.Map(routes);
    }
}
