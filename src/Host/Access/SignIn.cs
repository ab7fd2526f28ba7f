using System.Security.Claims;
using System.Text.Encodings.Web;
using Crm.Host.Settings;
using Crm.Organization;
using Crm.Shared.Privacy;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Crm.Host.Access;

/// <summary>ORG-09: who calls: a bearer token of the company's identity provider, or a machine's API key. Everything is closed unless it says otherwise.</summary>
internal static class SignIn
{
    public const string DevelopmentIssuer = "crm-development";
    public const string ApiKeyHeader = "X-Api-Key";
    private const string EitherWay = "either";
    private const string Provider = "provider";
    private const string Development = "development";

    public static void AddSignIn(this IServiceCollection services, CrmSettings settings)
    {
        var authentication = services.AddAuthentication(EitherWay)
            .AddPolicyScheme(EitherWay, displayName: null, scheme => scheme.ForwardDefaultSelector = context =>
                context.Request.Headers.ContainsKey(ApiKeyHeader) ? ApiKeySignIn.Scheme : SchemeOf(context.Request, settings))
            .AddScheme<AuthenticationSchemeOptions, ApiKeySignIn>(ApiKeySignIn.Scheme, configureOptions: null);

        if (settings.Oidc.Authority is { } authority)
        {
            authentication.AddJwtBearer(Provider, bearer =>
            {
                (bearer.Authority, bearer.Audience, bearer.MapInboundClaims) = (authority.OriginalString, settings.Oidc.Audience, false);
                bearer.RequireHttpsMetadata = !authority.IsLoopback;
                bearer.TokenValidationParameters.ValidAlgorithms = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384"];
            });
        }

        if (settings.Development)
        {
            authentication.AddJwtBearer(Development, bearer => bearer.MapInboundClaims = false);
            services.AddOptions<JwtBearerOptions>(Development).Configure<KeyRing>((bearer, keys) => bearer.TokenValidationParameters = new TokenValidationParameters
            {
                ValidIssuer = DevelopmentIssuer, ValidAudience = DevelopmentIssuer, ValidAlgorithms = ["HS256"],
                IssuerSigningKey = new SymmetricSecurityKey(keys.DevelopmentTokenKey), ClockSkew = TimeSpan.Zero,
            });
        }

        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder()
            .RequireAuthenticatedUser()
            // An endpoint that names no permission is closed; an address that is no endpoint is a plain 404, a method it does not know a 405.
            .RequireAssertion(context => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint)
            .Build());
    }

    public static void UseSignIn(this WebApplication app)
    {
        app.UseAuthentication();
        app.Use(async (context, next) =>
        {
            if (context.User.Identity is { IsAuthenticated: true, AuthenticationType: not ApiKeySignIn.Scheme }
                && await OrganizationModule.FindCallerAsync(context, apiKey: null) is { } caller)
                context.Features.Set(caller);
            await next(context);
        });
        app.UseAuthorization();
    }

    private static string SchemeOf(HttpRequest request, CrmSettings settings)
    {
        if (!settings.Development) return Provider;
        if (settings.Oidc.Authority is null) return Development;
        var token = request.Headers.Authorization.ToString().Split(' ').LastOrDefault() ?? "";
        var reader = new Microsoft.IdentityModel.JsonWebTokens.JsonWebTokenHandler();
        return reader.CanReadToken(token) && reader.ReadJsonWebToken(token).Issuer != DevelopmentIssuer ? Provider : Development;
    }
}

/// <summary>Signs a machine in by the key in X-Api-Key.</summary>
internal sealed class ApiKeySignIn(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "apiKey";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (await OrganizationModule.FindCallerAsync(Context, Request.Headers[SignIn.ApiKeyHeader].ToString()) is not { } caller)
            return AuthenticateResult.Fail("unknown, expired or revoked");
        Context.Features.Set(caller);
        var identity = new ClaimsIdentity([new Claim("sub", caller.Subject)], Scheme);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme));
    }
}
