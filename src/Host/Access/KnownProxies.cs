using System.Net;
using Crm.Host.Settings;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace Crm.Host.Access;

/// <summary>
/// Who may say on whose behalf a request comes. What X-Forwarded-For and X-Forwarded-Proto say counts when the configured proxies say it, and
/// is ignored otherwise: anybody can write a header, and the address goes into the audit and the rate limit.
/// </summary>
internal static class KnownProxies
{
    /// <summary>Reads addresses and networks; null when one of them is neither.</summary>
    /// <param name="text">Like <c>10.0.0.5, 10.1.0.0/16</c>.</param>
    public static IReadOnlyList<IPNetwork>? Parse(string text)
    {
        var networks = new List<IPNetwork>();
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPAddress.TryParse(word, out var address)) networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else if (IPNetwork.TryParse(word, out var network)) networks.Add(network);
            else return null;
        }

        return networks;
    }

    public static void UseKnownProxies(this WebApplication app, CrmSettings settings)
    {
        var proxies = Parse(settings.KnownProxies ?? "")!;
        if (proxies.Count == 0) return;
        // As many proxies in a row as there are, as long as each is a known one.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies) options.KnownIPNetworks.Add(proxy);
        app.UseForwardedHeaders(options);
    }
}
