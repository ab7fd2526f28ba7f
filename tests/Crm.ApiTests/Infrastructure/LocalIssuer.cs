using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Crm.ApiTests.Infrastructure;

/// <summary>An OpenID Connect provider reduced to what an API sees of one: a discovery document, its public keys, and signed tokens.</summary>
public sealed class LocalIssuer : IAsyncDisposable
{
    public const string Audience = "crm";
    private readonly RSA rsa = RSA.Create(2048);
    private readonly WebApplication app;

    private LocalIssuer()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = Address, jwks_uri = $"{Address}/keys" }));
        app.MapGet("/keys", () => Results.Json(new { keys = new[] { PublicKey() } }));
    }

    /// <summary>The issuer.</summary>
    public string Address => app.Urls.Single();

    public static async Task<LocalIssuer> StartAsync()
    {
        var issuer = new LocalIssuer();
        await issuer.app.StartAsync();
        return issuer;
    }

    /// <summary>An Authorization header with a token.</summary>
    public string Bearer(string subject, string audience = Audience, RSA? signedBy = null)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return "Bearer " + new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Address, Audience = audience, Claims = new Dictionary<string, object> { ["sub"] = subject }, IssuedAt = now, NotBefore = now, Expires = now.AddMinutes(10),
            SigningCredentials = new SigningCredentials(new RsaSecurityKey(signedBy ?? rsa) { KeyId = "1" }, SecurityAlgorithms.RsaSha256),
        });
    }

    /// <summary>An Authorization header with a token that something is wrong with.</summary>
    /// <param name="subject">Whom it speaks for.</param>
    /// <param name="spoil">What is changed before it is signed with the issuer's own key.</param>
    public string Spoiled(string subject, Action<SecurityTokenDescriptor> spoil)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var token = new SecurityTokenDescriptor
        {
            Issuer = Address, Audience = Audience, Claims = new Dictionary<string, object> { ["sub"] = subject }, IssuedAt = now, NotBefore = now, Expires = now.AddMinutes(10),
            SigningCredentials = new SigningCredentials(new RsaSecurityKey(rsa) { KeyId = "1" }, SecurityAlgorithms.RsaSha256),
        };
        spoil(token);
        return "Bearer " + new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    /// <summary>The public key as everybody can read it: no secret, so nothing signed with it proves anything.</summary>
    public byte[] PublicKeyBytes => rsa.ExportSubjectPublicKeyInfo();

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        rsa.Dispose();
    }

    private object PublicKey()
    {
        var key = rsa.ExportParameters(includePrivateParameters: false);
        return new { kty = "RSA", use = "sig", alg = "RS256", kid = "1", n = Base64UrlEncoder.Encode(key.Modulus), e = Base64UrlEncoder.Encode(key.Exponent) };
    }
}
