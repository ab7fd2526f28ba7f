using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Clocks;
using Crm.Shared.Commands;
using Crm.Shared.Data;
using Crm.Shared.Events;
using Crm.Shared.Privacy;
using Crm.Shared.Retention;
using Crm.Shared.Time;
using MediatR;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Quartz;

namespace Crm.Shared;

/// <summary>The registration of what every module stands on.</summary>
public static class Platform
{
    /// <summary>Adds mediator, outbox, access and the calendar's sweep.</summary>
    public static IServiceCollection AddPlatform(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddSingleton<IAuthorizationHandler, PermissionCheck>();
        services.AddScoped<CommandContext>();
        services.AddScoped<ServiceFactory>(sp => sp.GetRequiredService);
        services.AddScoped<IMediator, Mediator>();
        services.AddSingleton(new TrustedTime(TimeProvider.System));
        services.AddHostedService<TimeWatch>();
        services.AddSingleton<DatabaseTrouble>();
        services.AddSingleton<AnchorFolder>();
        services.AddScoped<AuditedReads>();
        services.AddSingleton<EventRoutes>();
        services.AddSingleton<OutboxInterceptor>();
        services.AddSingleton<PersonalTexts>();
        services.AddSingleton(new MigratedSchema(PlatformDb.Schema, connection => new PlatformDb(ModuleRegistration.Options<PlatformDb>(connection, PlatformDb.Schema))));
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler => scheduler.InstanceName = $"crm-{Guid.NewGuid():N}");
            quartz.UseInMemoryStore();
            // One for each job: forgetting may take long, and must not keep the others waiting.
            quartz.UseDefaultThreadPool(pool => pool.MaxConcurrency = 4);
            SweepJob.Schedule(quartz);
            SealJob.Schedule(quartz);
            NightJob.Schedule(quartz);
            ForgetJob.Schedule(quartz);
        });
        services.AddQuartzHostedService(quartz => (quartz.WaitForJobsToComplete, quartz.AwaitApplicationStarted) = (true, true));
        return services;
    }

    /// <summary>Domain time is real time.</summary>
    public static IServiceCollection AddRealClock(this IServiceCollection services) => services.AddSingleton<IClock, RealClock>();

    /// <summary>Development: domain time can be put anywhere and walks on from there.</summary>
    public static IServiceCollection AddTestClock(this IServiceCollection services)
    {
        services.AddKeyedSingleton(PlatformDb.Schema, (sp, _) => sp.GetRequiredService<DatabaseAddress>().Open(PlatformDb.Schema, connections: 4));
        services.AddSingleton<TestClock>();
        services.AddSingleton<IClock>(sp => sp.GetRequiredService<TestClock>());
        services.AddSingleton<ClockWalk>();
        return services;
    }
}
