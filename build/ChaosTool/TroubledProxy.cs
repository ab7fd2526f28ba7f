using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Crm.Build.Chaos;

/// <summary>What a network does to connections.</summary>
internal enum Weather
{
    /// <summary>Nothing.</summary>
    Clear,

    /// <summary>Everything arrives 20 to 300 ms late.</summary>
    Slow,

    /// <summary>Connections are reset at random, in the middle of what they carry.</summary>
    Cutting,

    /// <summary>Connections stay open, and nothing arrives any more, on those that were there before and on new ones. They never wake up.</summary>
    HalfOpen,
}

/// <summary>A bad network between hosts and database: a TCP proxy on a port of 127.0.0.1.</summary>
internal sealed class TroubledProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Link, bool> links = new();
    private readonly CancellationTokenSource end = new();
    private readonly int target;
    private readonly Task accepting, storm;
    private long cut, silenced;

    /// <summary>Opens it before the server on this port of 127.0.0.1.</summary>
    public TroubledProxy(int target)
    {
        this.target = target;
        listener.Start();
        (accepting, storm) = (AcceptAsync(), StormAsync());
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Connections reset so far.</summary>
    public long Cut => Interlocked.Read(ref cut);

    /// <summary>Connections that went silent for good.</summary>
    public long Silenced => Interlocked.Read(ref silenced);

    /// <summary>What happens from now on.</summary>
    public Weather Weather { get; set; }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Stop();
        foreach (var link in links.Keys) link.Reset();
        await Task.WhenAll(accepting, storm);
        end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                _ = CarryAsync(await listener.AcceptSocketAsync(end.Token));
            }
            catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task CarryAsync(Socket host)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var link = new Link(host, server);
        links[link] = true;
        try
        {
            host.NoDelay = server.NoDelay = true;
            await server.ConnectAsync(IPAddress.Loopback, target, end.Token);
            await Task.WhenAny(PumpAsync(link, host, server), PumpAsync(link, server, host));
            if (link.IsSilent) await Task.Delay(Timeout.Infinite, end.Token);
        }
        catch (Exception broken) when (broken is SocketException or OperationCanceledException or ObjectDisposedException)
        {
        }
        finally
        {
            links.TryRemove(link, out _);
            link.Reset();
        }
    }

    private async Task PumpAsync(Link link, Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, end.Token) is var length and > 0)
            {
                if (Weather == Weather.Slow) await Task.Delay(Random.Shared.Next(20, 300), end.Token);
                if (Weather == Weather.HalfOpen) Silence(link);
                if (link.IsSilent) continue;
                for (var sent = 0; sent < length;) sent += await to.SendAsync(buffer.AsMemory(sent, length - sent), end.Token);
            }
        }
        catch (Exception broken) when (broken is SocketException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }

    private void Silence(Link link)
    {
        if (link.Silence()) Interlocked.Increment(ref silenced);
    }

    private async Task StormAsync()
    {
        while (!end.IsCancellationRequested)
        {
            await Task.Delay(Random.Shared.Next(20, 150)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Weather == Weather.HalfOpen) foreach (var link in links.Keys) Silence(link);
            if (Weather != Weather.Cutting || links.Keys.ElementAtOrDefault(Random.Shared.Next(Math.Max(1, links.Count))) is not { } victim) continue;
            victim.Reset();
            Interlocked.Increment(ref cut);
        }
    }

    private sealed class Link(Socket host, Socket server)
    {
        private int silent;

        public bool IsSilent => Volatile.Read(ref silent) == 1;

        /// <returns>True the first time.</returns>
        public bool Silence() => Interlocked.Exchange(ref silent, 1) == 0;

        /// <summary>Both ends learn of it by a reset, not by a goodbye.</summary>
        public void Reset()
        {
            foreach (var socket in (Socket[])[host, server])
            {
                try
                {
                    socket.LingerState = new LingerOption(true, 0);
                }
                catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
                {
                }

                socket.Dispose();
            }
        }
    }
}
