using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Crm.Build.Bench;

/// <summary>
/// One persistent HTTP/1.1 connection with as little machinery as pgbench has: the load generator shares the processors with what it measures.
/// Blocking, for one thread; one request at a time.
/// </summary>
internal sealed class WireClient : IDisposable
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray(), LastChunk = "\r\n0\r\n\r\n"u8.ToArray();

    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 60_000 };
    private byte[] buffer = new byte[64 * 1024];
    private int filled, head;

    /// <exception cref="SocketException">Nobody listens there.</exception>
    public WireClient(Uri host) => socket.Connect(host.Host, host.Port);

    /// <summary>The last answer's body, with the marks of chunks if it came in some.</summary>
    public string Body => Encoding.UTF8.GetString(buffer.AsSpan(head, filled - head));

    /// <summary>Sends one request and reads its whole answer.</summary>
    /// <returns>The status.</returns>
    public int Send(ReadOnlySpan<byte> request)
    {
        for (var sent = 0; sent < request.Length;) sent += socket.Send(request[sent..]);
        (filled, head) = (0, 0);
        while (!IsWhole())
        {
            if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            var read = socket.Receive(buffer.AsSpan(filled));
            if (read == 0) throw new IOException("The host closed the connection in the middle of an answer.");
            filled += read;
        }

        return int.Parse(Encoding.ASCII.GetString(buffer, 9, 3), CultureInfo.InvariantCulture);
    }

    /// <summary>Sends one request, which is right.</summary>
    /// <exception cref="InvalidDataException">It was not answered with success; the message quotes the answer.</exception>
    public void Succeed(ReadOnlySpan<byte> request)
    {
        if (Send(request) is var status and (< 200 or > 299)) throw new InvalidDataException($"a request was answered {status}: {Body}");
    }

    /// <summary>A request as it goes over the wire.</summary>
    /// <param name="method">GET or POST.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="apiKey">The caller's key.</param>
    /// <param name="body">JSON; null for none.</param>
    public static byte[] Request(string method, string path, string apiKey, string? body = null)
    {
        var content = body is null
            ? ""
            : $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nIdempotency-Key: {Guid.CreateVersion7()}\r\n";
        return Encoding.UTF8.GetBytes($"{method} {path} HTTP/1.1\r\nHost: bench\r\nX-Api-Key: {apiKey}\r\n{content}\r\n{body}");
    }

    public void Dispose() => socket.Dispose();

    private bool IsWhole()
    {
        var received = buffer.AsSpan(0, filled);
        if (head == 0)
        {
            var end = received.IndexOf(HeadEnd);
            if (end < 0) return false;
            head = end + HeadEnd.Length;
        }

        var headers = Encoding.ASCII.GetString(buffer, 0, head);
        var at = headers.IndexOf("\r\nContent-Length: ", StringComparison.OrdinalIgnoreCase);
        if (at >= 0)
        {
            var value = headers.AsSpan(at + 18);
            return filled - head >= int.Parse(value[..value.IndexOf('\r')], CultureInfo.InvariantCulture);
        }

        // Only one answer is ever under way, so the end of what was received is its end.
        if (headers.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase)) return received.EndsWith(LastChunk);
        return true;
    }
}
