using Crm.Organization.Access;
using Crm.Organization.Agents;
using Crm.Organization.Announcements;
using Crm.Organization.Appraisals;
using Crm.Organization.Contracts;
using Crm.Organization.Customers;
using Crm.Organization.Data;
using Crm.Organization.Duty;
using Crm.Organization.Erasures;
using Crm.Organization.Estate;
using Crm.Organization.Features;
using Crm.Organization.Jobs;
using Crm.Organization.Mail;
using Crm.Organization.Notifications;
using Crm.Organization.Presence;
using Crm.Organization.Setup;
using Crm.Organization.Violations;
using Crm.Organization.Webhooks;
using Crm.Shared.Access;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crm.Organization;

/// <summary>The supporting module: projects, staff, roles, keys and policy values. It knows nothing of the business modules.</summary>
public static class OrganizationModule
{
    internal const string Schema = "organization";

    /// <summary>Registers the module.</summary>
    public static IServiceCollection AddOrganization(this IServiceCollection services)
    {
        services.AddSingleton<OrganizationDirectory>();
        services.AddSingleton<ProjectExists>(sp => code => sp.GetRequiredService<OrganizationDirectory>().Current.FindProject(code) is not null);
        services.AddSingleton(new SealedColumn("organization.staff", "sealed_email", "'staff:' || code || ':email'"));
        services.AddSingleton<DirectoryConnection>();
        services.AddSingleton<DirectoryRefresh>();
        // Before every dispatcher: what they deliver needs the organization.
        services.AddHostedService(sp => sp.GetRequiredService<DirectoryRefresh>());
        services.AddModule<OrganizationDb>(Schema, connections: 6, typeof(OrganizationModule).Assembly);
        services.AddSingleton<CallerLookup>();
        services.AddNotifications();
        services.AddCustomers();
        services.AddDuty();
        services.AddPresence();
        services.AddViolations();
        services.AddAppraisals();
        services.AddEstate();
        services.AddAnnouncements();
        services.AddErasures();
        services.AddSingleton<KeyUses>();
        services.AddHostedService(sp => sp.GetRequiredService<KeyUses>());
        services.AddScoped<IHoldings, ManagedAreas>();
        services.AddScoped<IHoldings, ServiceDesks>();
        services.AddHostedService<HandOverJob>();
        services.AddWebhooks();
        services.AddMail();
        services.AddSingleton(new DemoData(DemoCompany.SeedAsync));
        foreach (var policy in OrganizationPolicies.All) services.AddSingleton(policy);
        foreach (var permission in OrganizationPermissions.All) services.AddSingleton(permission);
        return services;
    }

    /// <summary>Finds out who calls, after authentication and before authorization.</summary>
    /// <param name="context">The call.</param>
    /// <param name="apiKey">The API key it brought, if that is how it signed in.</param>
    public static async Task<Caller?> FindCallerAsync(HttpContext context, string? apiKey)
    {
        var lookup = context.RequestServices.GetRequiredService<CallerLookup>();
        return apiKey is null ? await lookup.FindAsync(context.User, context) : await lookup.FindAsync(apiKey, context.RequestAborted);
    }

    /// <summary>Appoints somebody who may do everything everywhere; done at the console, as the owner of the database, with an audit row.</summary>
    /// <param name="ownerConnection">The migration connection.</param>
    /// <param name="keys">What the audit row is marked with.</param>
    /// <param name="code">The staff code, kept for ever.</param>
    /// <param name="subject">The <c>sub</c> of their tokens.</param>
    /// <param name="name">The person's name.</param>
    /// <param name="again">One more, though there is one.</param>
    /// <param name="ct">Cancels it; nothing is done then.</param>
    /// <exception cref="BrokenRule">There is one already, or code or subject are taken.</exception>
    public static Task AppointAdministratorAsync(string ownerConnection, KeyRing keys, string code, string subject, string name, bool again, CancellationToken ct) =>
        AppointAdministrator.RunAsync(ownerConnection, keys, new StaffRow { Code = code, Subject = subject, Name = name }, again, ct);

    /// <summary>Opens a project; done at the console, as the owner of the database, with an audit row.</summary>
    /// <param name="ownerConnection">The migration connection.</param>
    /// <param name="keys">What the audit row is marked with.</param>
    /// <param name="code">The code by which every call names it.</param>
    /// <param name="name">The name people know it by.</param>
    /// <param name="company">The company it belongs to; opened too when there is none of this code.</param>
    /// <param name="timeZone">An IANA time zone.</param>
    /// <param name="pack">A policy pack.</param>
    /// <param name="serviceDesk">The staff code that receives what belongs to nobody else.</param>
    /// <param name="ct">Cancels it; nothing is done then.</param>
    /// <exception cref="BrokenRule">The code is taken, or the service desk is nobody who works here.</exception>
    public static Task OpenProjectAsync(string ownerConnection, KeyRing keys, string code, string name, string company, string timeZone, string pack, string serviceDesk, CancellationToken ct) =>
        OpenProjectAtConsole.RunAsync(ownerConnection, keys, new ProjectRow { Code = code, Name = name, Company = company, TimeZone = timeZone, Pack = pack, ServiceDesk = serviceDesk }, ct);

    /// <summary>The module's routes.</summary>
    public static void MapOrganization(this IEndpointRouteBuilder api)
    {
        var routes = api.MapGroup("").WithTags("Organization");
        OpenCompanyEndpoint.Map(routes);
        EditCompanyEndpoint.Map(routes);
        ListCompaniesEndpoint.Map(routes);
        OpenAreaEndpoint.Map(routes);
        EditAreaEndpoint.Map(routes);
        ListAreasEndpoint.Map(routes);
        OpenProjectEndpoint.Map(routes);
        EditProjectEndpoint.Map(routes);
        ListProjectsEndpoint.Map(routes);
        OpenDepartmentEndpoint.Map(routes);
        EditDepartmentEndpoint.Map(routes);
        ListDepartmentsEndpoint.Map(routes);
        AppointStaffEndpoint.Map(routes);
        EditStaffEndpoint.Map(routes);
        ListStaffEndpoint.Map(routes);
        ListHoldingsEndpoint.Map(routes);
        DepartStaffEndpoint.Map(routes);
        GiveRoleEndpoint.Map(routes);
        TakeRoleEndpoint.Map(routes);
        DefineRoleEndpoint.Map(routes);
        EditRoleEndpoint.Map(routes);
        DropRoleEndpoint.Map(routes);
        ListRolesEndpoint.Map(routes);
        ListPoliciesEndpoint.Map(routes);
        ListPolicyHistoryEndpoint.Map(routes);
        SetPolicyEndpoint.Map(routes);
        PreviewPolicyEndpoint.Map(routes);
        PreviewCalendarEndpoint.Map(routes);
        GetPreviewEndpoint.Map(routes);
        ApplyPreviewEndpoint.Map(routes);
        ListApiKeysEndpoint.Map(routes);
        CreateApiKeyEndpoint.Map(routes);
        RotateApiKeyEndpoint.Map(routes);
        RevokeApiKeyEndpoint.Map(routes);
        ListCalendarDaysEndpoint.Map(routes);
        ListCalendarYearsEndpoint.Map(routes);
        AddWorkingDaysEndpoint.Map(routes);
        CountWorkingDaysEndpoint.Map(routes);
        routes.MapNotifications();
        api.MapCustomers();
        routes.MapDuty();
        routes.MapPresence();
        routes.MapAgents();
        routes.MapViolations();
        routes.MapAppraisals();
        routes.MapEstate();
        routes.MapAnnouncements();
        routes.MapWebhooks();
        routes.MapMail();
        routes.MapErasures();
    }
}
