using System.Globalization;
using System.Text.Json;
using Crm.Host.Failures;
using Crm.Host.Operations;
using Crm.Host.Settings;
using Crm.Shared.Data;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Localization;

namespace Crm.Host;

/// <summary>What an installation is made of: keys, database, server limits, languages.</summary>
internal static class Installation
{
    /// <summary>Larger requests are refused with 413, but where an endpoint takes more.</summary>
    public const int MaxRequestBytes = 256 * 1024;

    public static void AddServer(this WebApplicationBuilder builder, CrmSettings settings)
    {
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = MaxRequestBytes;
        });
        builder.Logging.ClearProviders();
        // Framework categories below warnings would repeat paths and queries that callers made up.
        builder.Logging.SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information)
            .AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None).AddFilter("Quartz", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning);
        builder.Logging.AddJsonConsole(console => (console.IncludeScopes, console.UseUtcTimestamp, console.TimestampFormat) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
        builder.Services.AddSingleton<IExternalScopeProvider, TraceScope>();
        builder.Services.ConfigureHttpJsonOptions(json => CrmJson.Apply(json.SerializerOptions));
        if (settings.Development) builder.Services.AddCors();
    }

    public static void AddInstallation(this IServiceCollection services, CrmSettings settings, KeyRing keys)
    {
        services.AddSingleton(settings);
        services.AddSingleton(settings.Outbox);
        services.AddSingleton(settings.Retention);
        services.AddSingleton(settings.Audit);
        services.AddSingleton(settings.Deliveries);
        services.AddSingleton(settings.Webhooks);
        services.AddSingleton(settings.Mail);
        services.AddSingleton(keys);
        services.AddSingleton(new DatabaseAddress(settings.Database, keys.Roles, settings.RolePrefix, settings.PoolLimit));
        ValidatorOptions.Global.DefaultRuleLevelCascadeMode = CascadeMode.Stop;
        ValidatorOptions.Global.LanguageManager = new ValidationTexts();
        ValidatorOptions.Global.DisplayNameResolver = (_, member, _) => member is null ? null : JsonNamingPolicy.CamelCase.ConvertName(member.Name);
    }

    /// <summary>
    /// A body over the limit is not read to its end, so nothing can follow it on its connection: the client is told, whatever the answer.
    /// </summary>
    public static void UseCloseAfterTooLarge(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.Request.ContentLength > MaxRequestBytes)
        {
            // How much is taken is known once the request has found its endpoint.
            context.Response.OnStarting(() =>
            {
                if (context.Request.ContentLength > LimitOf(context)) context.Response.Headers.Connection = "close";
                return Task.CompletedTask;
            });
        }

        return next(context);
    });

    /// <summary>How large a request may be, in bytes.</summary>
    public static long LimitOf(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? MaxRequestBytes;

    /// <summary>A size in words.</summary>
    public static string Named(long bytes) => bytes % (1024 * 1024) == 0 ? $"{bytes / (1024 * 1024)} MiB" : $"{bytes / 1024} KiB";

    /// <summary>Texts for people in Chinese or English, by Accept-Language.</summary>
    public static void UseLanguages(this WebApplication app) => app.UseRequestLocalization(localization =>
    {
        CultureInfo[] cultures = [new("en"), new("zh-CN"), new("zh")];
        localization.DefaultRequestCulture = new RequestCulture(CultureInfo.InvariantCulture, new CultureInfo("en"));
        localization.SupportedCultures = [CultureInfo.InvariantCulture];
        localization.SupportedUICultures = cultures;
        localization.RequestCultureProviders = [new AcceptLanguageHeaderRequestCultureProvider()];
    });

    /// <summary>Front-end teams on localhost.</summary>
    public static void UseLocalCors(this WebApplication app) => app.UseCors(cors => cors
        .SetIsOriginAllowed(origin => Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.IsLoopback)
        .AllowAnyHeader().AllowAnyMethod().WithExposedHeaders("ETag", "Location", "Link", "Retry-After"));
}
