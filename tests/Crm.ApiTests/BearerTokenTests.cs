using Crm.ApiTests.Infrastructure;
using Microsoft.IdentityModel.Tokens;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-09: a token counts only when the provider made it, for us, for now, with a signature that proves it.</summary>
public sealed class BearerTokenTests(TestServer server) : IAsyncLifetime
{
    private LocalIssuer issuer = null!;
    private HostProgram host = null!;
    private string database = "";

    public async ValueTask InitializeAsync()
    {
        (database, issuer) = (await server.CloneAsync(), await LocalIssuer.StartAsync());
        host = await HostProgram.StartAsync(
            ("Crm__Database", server.Postgres.HostConnectionString(database)), ("Crm__Secrets", server.Secrets), ("Crm__PoolLimit", "2"),
            ("Crm__Oidc__Authority", issuer.Address), ("Crm__Oidc__Audience", LocalIssuer.Audience));
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await issuer.DisposeAsync();
    }

    [Fact]
    [Trait("Rule", "ORG-09")]
    public async Task Only_a_sound_token_signs_somebody_in()
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        (await StatusAsync(issuer.Bearer("demo.admin"))).ShouldBe(200);
        (await StatusAsync(issuer.Spoiled("demo.admin", _ => { }))).ShouldBe(200, "nothing was spoiled");
        (await StatusAsync(issuer.Bearer("who-is-not-known-here"))).ShouldBe(403);

        foreach (var (what, spoil) in new (string, Action<SecurityTokenDescriptor>)[]
                 {
                     ("another audience", t => t.Audience = "another"),
                     ("no audience", t => t.Audience = null),
                     ("another issuer", t => t.Issuer = "https://elsewhere.example"),
                     ("no issuer", t => t.Issuer = null),
                     ("expired", t => (t.IssuedAt, t.NotBefore, t.Expires) = (now.AddHours(-2), now.AddHours(-2), now.AddHours(-1))),
                     ("without an end", t => t.Expires = null),
                     ("not yet valid", t => (t.NotBefore, t.Expires) = (now.AddHours(1), now.AddHours(2))),
                     ("alg none", t => t.SigningCredentials = null),
                     ("HS256 with the public key", t => t.SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(issuer.PublicKeyBytes) { KeyId = "1" }, SecurityAlgorithms.HmacSha256)),
                     ("HS256 with a secret of its own", t => t.SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(new byte[64]), SecurityAlgorithms.HmacSha256)),
                 })
            (await StatusAsync(issuer.Spoiled("demo.admin", spoil))).ShouldBe(401, what);

        var sound = issuer.Bearer("demo.admin");
        foreach (var (what, token) in new[] { ("cut off", sound[..^10]), ("another signature", sound[..^10] + "AAAAAAAAAA"), ("no token", "Bearer "), ("nonsense", "Bearer x.y.z"), ("another scheme", "Basic " + sound["Bearer ".Length..]) })
            (await StatusAsync(token)).ShouldBe(401, what);
    }

    private async Task<int> StatusAsync(string authorization) => (int)(await host.Caller(authorization).GetAsync("/api/v1/projects")).Status;
}
