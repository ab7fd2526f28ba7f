using System.Net;
using System.Net.Sockets;

namespace Crm.Organization.Webhooks;

/// <summary>
/// Addresses of the public internet. Everything that the registries of special addresses (RFC 6890 and its successors) keep for machines
/// themselves, private networks, links, clouds' metadata, documentation and groups is none.
/// </summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            // Of IPv6 only 2000::/3 is given out; within it, tunnels and documentation lead elsewhere.
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    private static readonly IPNetwork GivenOut = IPNetwork.Parse("2000::/3");

    /// <summary>True for an address that anybody can have.</summary>
    public static bool Include(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !GivenOut.Contains(address)) return false;
        return !Special.Any(network => network.Contains(address));
    }
}
