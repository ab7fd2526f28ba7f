using Crm.Host.Settings;

namespace Crm.Host.Access;

/// <summary>What browsers are told on every answer: guess no types, show nothing of ours in other people's pages, pass no addresses on, keep no copies.</summary>
internal static class SecurityHeaders
{
    private const string Data = "default-src 'none'; frame-ancestors 'none'";

    // The page is its own scripts; its styles are also written into elements, and its icons into addresses.
    private const string Page = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly TimeSpan HttpsOnly = TimeSpan.FromDays(365);

    public static void AddSecurityHeaders(this IServiceCollection services) => services.AddHsts(hsts => hsts.MaxAge = HttpsOnly);

    public static void UseSecurityHeaders(this WebApplication app, CrmSettings settings)
    {
        // Said over https only, as the standard asks; in Development a browser would remember it for localhost.
        if (!settings.Development) app.UseHsts();
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            var isDocumentation = context.Request.Path.StartsWithSegments("/swagger");
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers.ContentSecurityPolicy = isDocumentation ? Page : Data;
            if (!isDocumentation) headers.CacheControl = "no-store";
            return next(context);
        });
    }
}
