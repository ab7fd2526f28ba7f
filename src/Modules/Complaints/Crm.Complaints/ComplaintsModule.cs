using Crm.Complaints.Data;
using Crm.Complaints.Features;
using Crm.Organization.Contracts;
using Crm.Shared.Clocks;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Complaints;

/// <summary>Complaints: from the phone call to the archive.</summary>
public static class ComplaintsModule
{
    internal const string Schema = "complaints";

    /// <summary>Registers the module.</summary>
    public static IServiceCollection AddComplaints(this IServiceCollection services)
    {
        services.AddModule<ComplaintsDb>(Schema, connections: 16, typeof(ComplaintsModule).Assembly);
        services.AddDesk<ComplaintDesk, ComplaintsDb, Complaint, CasePolicies>();
        services.AddDeadlines<ComplaintsDb>(Schema, ComplaintPolicies.All, ComplaintPolicies.WarnAt);
        services.AddSingleton<CaseNumbers>();
        services.AddScoped<CasesInHand>();
        services.AddScoped<IHoldings>(sp => sp.GetRequiredService<CasesInHand>());
        services.AddScoped<HandOver>(sp => sp.GetRequiredService<CasesInHand>());
        services.AddSingleton(new ConstraintMeaning(ComplaintTables.CategoryKey, () => new NotFound("category", "类别", field: "category")));
        services.AddSingleton(new DemoData(StandardCategories.SeedDemoAsync));
        services.AddSingleton(new ProjectSeed(StandardCategories.SeedAsync));
        services.AddScoped<StaffFigures, ComplaintFigures>();
        services.AddComplaintNotices();
        services.AddComplaintWebhookEvents();
        services.AddCustomerSource(CaseCustomers.Source);
        services.AddSingleton(CaseCustomers.ComplaintsMade);
        services.AddScoped<ICustomerSubjects, CaseCustomers>();
        services.AddSingleton<ICallerRecords, CallerCases>();
        services.AddScoped<Erasing, ErasingCases>();
        services.AddSingleton(new SealedColumn("complaints.complainants", "sealed_key", "'complaints.record_key:' || complaint_id"));
        services.AddSingleton(new SealedColumn("complaints.complainants", "phone_sealed", "'complaints.complainants.phone:' || complaint_id"));
        services.AddSingleton(new BlindIndexColumn("complaints.complainants", "phone_index", "phone_sealed", "'complaints.complainants.phone:' || complaint_id"));
        services.AddSingleton(EarlierCases.Texts);
        foreach (var policy in ComplaintPolicies.All) services.AddSingleton(policy);
        foreach (var permission in ComplaintPermissions.All) services.AddSingleton(permission);
        return services;
    }

    /// <summary>The module's routes.</summary>
    public static void MapComplaints(this IEndpointRouteBuilder api)
    {
        var routes = api.MapGroup("").WithTags("Complaints");
        RegisterComplaintEndpoint.Map(routes);
        ListComplaintsEndpoint.Map(routes);
        LookUpByPhoneEndpoint.Map(routes);
        GetComplaintEndpoint.Map(routes);
        ListClocksEndpoint.Map(routes);
        ListHistoryEndpoint.Map(routes);
        ListCategoriesEndpoint.Map(routes);

        AcceptComplaintEndpoint.Map(routes);
        GiveFeedbackEndpoint.Map(routes);
        ReportToHeadEndpoint.Map(routes);
        AcknowledgeByHeadEndpoint.Map(routes);
        AgreeSolutionEndpoint.Map(routes);
        ChangeSeverityEndpoint.Map(routes);
        ResolveComplaintEndpoint.Map(routes);
        VerifyComplaintEndpoint.Map(routes);
        ReplyInWritingEndpoint.Map(routes);
        ReopenComplaintEndpoint.Map(routes);
        WithdrawComplaintEndpoint.Map(routes);
        ArchiveComplaintEndpoint.Map(routes);
    }
}
