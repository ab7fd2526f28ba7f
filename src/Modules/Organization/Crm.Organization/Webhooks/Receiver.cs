using System.Net;
using Crm.Organization.Contracts;
using Crm.Shared.Failures;

namespace Crm.Organization.Webhooks;

/// <summary>ORG-11: which addresses a webhook may have.</summary>
internal static class Receiver
{
    private static readonly string[] OwnNames = ["localhost", ".localhost", ".local", ".internal"];

    /// <summary>What is wrong with an address; null when nothing is, as far as can be said without asking who its name stands for.</summary>
    public static Text? Fault(string address, WebhookOptions options)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp || HostOf(uri) is not { Length: > 0 } host)
            return new("must be an address such as https://example.com/crm", "应为 https://example.com/crm 形式的地址");
        if (uri.Scheme == Uri.UriSchemeHttp && !options.AllowHttp) return new("must begin with https://", "应以 https:// 开头");
        if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0) return new("must hold neither a user nor a fragment", "不得包含用户信息或片段");
        return options.AllowPrivateAddresses || IsPublic(host) ? null : new("must be on the public internet", "应为公网地址");
    }

    /// <summary>The name as it is asked for in the network; null when there can be no such name, which is found out only here.</summary>
    private static string? HostOf(Uri uri)
    {
        try
        {
            return uri.IdnHost;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    private static bool IsPublic(string host) => IPAddress.TryParse(host.Trim('[', ']'), out var address)
        ? PublicAddresses.Include(address)
        : !OwnNames.Any(name => name[0] == '.' ? host.EndsWith(name, StringComparison.OrdinalIgnoreCase) : host.Equals(name, StringComparison.OrdinalIgnoreCase));
}
