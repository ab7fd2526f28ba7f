using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Crm.Build.Machine;

namespace Crm.Build.Chaos;

/// <summary>Another system that is told of events and writes down what it gets. While it is down, connections are refused.</summary>
internal sealed class EventReceiver : IDisposable
{
    private readonly ConcurrentQueue<(string MessageId, string Body)> received = [];
    private HttpListener? listener;

    public EventReceiver() => Address = new Uri($"http://127.0.0.1:{FreePort.Choose()}/");

    /// <summary>Where it listens, also while it is down.</summary>
    public Uri Address { get; }

    /// <summary>Everything it was sent, in the order of its arrival.</summary>
    public IReadOnlyList<(string MessageId, string Body)> Received => [.. received];

    /// <summary>The ids of the cases that it was told were registered, each with the ids of those messages.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> MessagesOfRegistrations =>
        received.Select(r => (r.MessageId, Event: JsonDocument.Parse(r.Body).RootElement))
            .Where(r => r.Event.GetProperty("type").GetString() == "complaint.registered")
            .GroupBy(r => r.Event.GetProperty("data").GetProperty("complaintId").GetString()!, r => r.MessageId)
            .ToDictionary(g => g.Key, g => (IReadOnlyList<string>)[.. g]);

    public void ComeUp()
    {
        listener = new HttpListener { Prefixes = { Address.ToString() } };
        listener.Start();
        _ = ServeAsync(listener);
    }

    public void GoDown()
    {
        listener?.Close();
        listener = null;
    }

    public void Dispose() => GoDown();

    private async Task ServeAsync(HttpListener open)
    {
        try
        {
            while (true) await TakeAsync(await open.GetContextAsync());
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // It went down; what it had not answered is sent again.
        }
    }

    private async Task TakeAsync(HttpListenerContext context)
    {
        using var body = new StreamReader(context.Request.InputStream);
        received.Enqueue((context.Request.Headers["webhook-id"]!, await body.ReadToEndAsync()));
        context.Response.StatusCode = (int)HttpStatusCode.NoContent;
        context.Response.Close();
    }
}
