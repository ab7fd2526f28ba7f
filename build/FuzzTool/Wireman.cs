using System.Net.Http.Headers;
using System.Text;

namespace Crm.Build.Fuzz;

/// <summary>Puts requests on the wire as they are, without making them better.</summary>
internal sealed class Wireman(Uri host) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        MaxConnectionsPerServer = 64,
    })
    {
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>Sends the request and reads the answer to its end; null when this client cannot put it on the wire.</summary>
    /// <exception cref="HttpRequestException">The host broke the connection.</exception>
    public async Task<FuzzAnswer?> SendAsync(FuzzRequest request, CancellationToken ct)
    {
        // Otherwise the client would decode, normalise and escape what is meant to arrive as it is.
        var raw = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        if (!Uri.TryCreate($"{host.GetLeftPart(UriPartial.Authority)}{request.Target}", raw, out var address)) return null;
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), address);
        foreach (var (name, value) in request.Headers)
            if (!message.Headers.TryAddWithoutValidation(name, value)) return null;

        if (request.Body is not null)
        {
            message.Content = new ByteArrayContent(request.Body);
            if (request.ContentType is not null) message.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        }

        using var response = await http.SendAsync(message, ct);
        return new FuzzAnswer((int)response.StatusCode, Headers(response), await response.Content.ReadAsByteArrayAsync(ct));
    }

    public void Dispose() => http.Dispose();

    private static Dictionary<string, string> Headers(HttpResponseMessage response)
    {
        var all = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (HttpHeaders headers in (HttpHeaders[])[response.Headers, response.Content.Headers])
            foreach (var (name, values) in headers) all[name] = string.Join(", ", values);
        return all;
    }
}
