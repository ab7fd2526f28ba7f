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
    private Task serving = Task.CompletedTask;
    private volatile bool isLeaving;

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
        serving = ServeAsync(listener);
    }

    /// <summary>Answers what it has taken, and refuses connections from then on: what it took without an answer would be sent again.</summary>
    public async Task GoDownAsync()
    {
        isLeaving = true;
        listener?.Stop();
        await serving;
        (listener, isLeaving) = (null, false);
    }

    public void Dispose() => listener?.Close();

    private async Task ServeAsync(HttpListener open)
    {
        while (!isLeaving)
        {
            try
            {
                await TakeAsync(await open.GetContextAsync());
            }
            catch (Exception broken) when (broken is HttpListenerException or ObjectDisposedException or IOException or InvalidOperationException)
            {
                // Whoever sent it has gone away, or we do; the next one may be well.
            }
        }
    }

    private async Task TakeAsync(HttpListenerContext context)
    {
        using var body = new StreamReader(context.Request.InputStream);
        var (id, text) = (context.Request.Headers["webhook-id"]!, await body.ReadToEndAsync());
        context.Response.StatusCode = (int)HttpStatusCode.NoContent;
        context.Response.Close();
        received.Enqueue((id, text));
    }
}
