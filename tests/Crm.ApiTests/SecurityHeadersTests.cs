using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>What every answer tells a browser, and whose word about the caller's address counts.</summary>
public sealed class SecurityHeadersTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private const string Elsewhere = "203.0.113.7";

    [Theory]
    [InlineData("/api/v1/projects")]
    [InlineData("/api/v1/nowhere")]
    [InlineData("/health/ready")]
    [InlineData("/openapi/v1.json")]
    public async Task No_answer_is_guessed_at_framed_or_kept(string path)
    {
        var headers = await HeadersAsync(system.Host, path);
        headers["X-Content-Type-Options"].ShouldBe("nosniff");
        headers["Referrer-Policy"].ShouldBe("no-referrer");
        headers["Content-Security-Policy"].ShouldBe("default-src 'none'; frame-ancestors 'none'");
        headers["Cache-Control"].ShouldBe("no-store");
        headers.ShouldNotContainKey("Strict-Transport-Security", "Development speaks http");
        headers.ShouldNotContainKey("Server");
    }

    [Fact]
    public async Task The_documentation_page_may_run_its_own_scripts_and_be_in_nobodys_frame()
    {
        var policy = (await HeadersAsync(system.Host, "/swagger/index.html"))["Content-Security-Policy"];
        policy.ShouldContain("script-src 'self';");
        policy.ShouldContain("frame-ancestors 'none'");
    }

    [Fact]
    public async Task The_word_of_a_known_proxy_about_the_callers_address_counts()
    {
        var host = await system.StartHostAsync(("Crm:KnownProxies", "192.0.2.1, 127.0.0.0/8"));
        (await RemoteAddressAsync(host, Elsewhere)).ShouldBe(Elsewhere);
        (await RemoteAddressAsync(host, $"198.51.100.1, {Elsewhere}")).ShouldBe(Elsewhere, "what stands before it is the caller's own invention");
        (await RemoteAddressAsync(host, forwardedFor: null)).ShouldBe("127.0.0.1");
    }

    [Fact]
    public async Task Nobody_elses_does()
    {
        (await RemoteAddressAsync(system.Host, Elsewhere)).ShouldBe("127.0.0.1");
        (await RemoteAddressAsync(await system.StartHostAsync(("Crm:KnownProxies", "192.0.2.1")), Elsewhere)).ShouldBe("127.0.0.1");
    }

    [Fact]
    public async Task Outside_Development_https_is_for_good_and_only_a_known_proxy_can_say_that_it_is_https()
    {
        await using var issuer = await LocalIssuer.StartAsync();
        (string, string)[] production =
        [
            ("Crm__Database", system.Server.Postgres.HostConnectionString(system.Database)), ("Crm__Secrets", system.Server.Secrets), ("Crm__PoolLimit", "2"),
            ("Crm__Oidc__Authority", issuer.Address), ("Crm__Oidc__Audience", LocalIssuer.Audience),
        ];
        await using (var known = await HostProgram.StartAsync([.. production, ("Crm__KnownProxies", "127.0.0.1")]))
        {
            (await TransportAsync(known.Address, "https")).ShouldBe("max-age=31536000");
            (await TransportAsync(known.Address, "http")).ShouldBeNull();
        }

        await using var unknown = await HostProgram.StartAsync(production);
        (await TransportAsync(unknown.Address, "https")).ShouldBeNull();
    }

    private static async Task<string?> TransportAsync(Uri address, string scheme)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { Host = "crm.example.com" } };
        request.Headers.Add("X-Forwarded-Proto", scheme);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.Headers.TryGetValues("Strict-Transport-Security", out var values) ? values.Single() : null;
    }

    private static async Task<Dictionary<string, string>> HeadersAsync(HostUnderTest host, string path)
    {
        using var http = new HttpClient { BaseAddress = host.Address };
        using var answer = await http.GetAsync(path, TestContext.Current.CancellationToken);
        return answer.Headers.ToDictionary(h => h.Key, h => string.Join(", ", h.Value));
    }

    /// <summary>Registers a complaint by way of this header; the address in its audit row.</summary>
    private async Task<string> RemoteAddressAsync(HostUnderTest host, string? forwardedFor)
    {
        var token = (await host.Anonymous().PostAsync("/dev/token", new { staff = "demo.admin" }, key: null)).Text("token");
        using var http = new HttpClient { BaseAddress = new UriBuilder(host.Address) { Host = "127.0.0.1" }.Uri };
        if (forwardedFor is not null) http.DefaultRequestHeaders.Add("X-Forwarded-For", forwardedFor);
        var id = (await new Api(http, $"Bearer {token}").RegisterAsync()).Is(201).Id;
        var address = await system.ScalarAsync<string>("SELECT remote_address FROM complaints.audit_entries WHERE subject_id = $1", id.ToString());
        return address.Replace("::ffff:", "", StringComparison.Ordinal);
    }
}
