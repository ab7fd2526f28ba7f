using System.Net;
using System.Net.Sockets;
using Crm.Organization.Contracts;

namespace Crm.Organization.Webhooks;

/// <summary>The name stands for no address that webhooks may go to.</summary>
internal sealed class AddressNotAllowedException() : Exception("The receiver's name stands for an address that is not allowed.");

/// <summary>
/// The way out to receivers. Names are resolved here, and the very address that was judged is the one connected to: a name that stands for
/// another address a moment later (DNS rebinding) leads nowhere else. No proxy, no redirections, no cookies.
/// </summary>
internal sealed class WebhookClient(Func<string, CancellationToken, Task<IPAddress[]>> resolve, WebhookOptions options, DeliveryOptions delivery) : IDisposable
{
    private const int MostDrained = 16 * 1024;

    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, UseProxy = false,
        ConnectCallback = async (context, ct) => await ConnectAsync(await resolve(context.DnsEndPoint.Host, ct), context.DnsEndPoint.Port, options, ct),
        ConnectTimeout = delivery.Timeout, MaxResponseDrainSize = MostDrained, PooledConnectionLifetime = TimeSpan.FromMinutes(2), MaxResponseHeadersLength = 16,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Asks the system's resolver what names stand for.</summary>
    public WebhookClient(WebhookOptions options, DeliveryOptions delivery) : this(Dns.GetHostAddressesAsync, options, delivery)
    {
    }

    /// <summary>Posts, and reads of the answer what stands in its head.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct) => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);

    public void Dispose() => http.Dispose();

    private static async Task<Stream> ConnectAsync(IPAddress[] addresses, int port, WebhookOptions options, CancellationToken ct)
    {
        var allowed = options.AllowPrivateAddresses ? addresses : [.. addresses.Where(PublicAddresses.Include)];
        if (allowed.Length == 0) throw new AddressNotAllowedException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
