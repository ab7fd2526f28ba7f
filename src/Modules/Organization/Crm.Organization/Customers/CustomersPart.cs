using Crm.Organization.Contracts;
using Crm.Organization.Customers.Features;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
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
        .AddScoped<Erasing, ErasingCustomers>()
        .AddSingleton(new SealedColumn("organization.customers", "sealed_key", "'organization.record_key:' || id"))
        .AddSingleton(new SealedColumn("organization.customers", "name_sealed", "'organization.customers.name:' || id"))
        .AddSingleton(new SealedColumn("organization.customers", "email_sealed", "'organization.customers.email:' || id"))
        .AddSingleton(new SealedColumn("organization.customers", "national_id_sealed", "'organization.customers.national_id:' || id"))
        .AddSingleton(new SealedColumn("organization.customer_phones", "phone_sealed", "'organization.customer_phones.phone:' || id"))
        .AddSingleton(new BlindIndexColumn("organization.customers", "national_id_index", "national_id_sealed", "'organization.customers.national_id:' || id") { IsUnique = true })
        .AddSingleton(new BlindIndexColumn("organization.customer_phones", "phone_index", "phone_sealed", "'organization.customer_phones.phone:' || id") { IsUnique = true })
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
