using System.Net;
using System.Net.Sockets;

namespace Crm.Build.Machine;

/// <summary>TCP ports of this machine's loopback addresses.</summary>
internal static class FreePort
{
    // Below the range the kernel hands out for outgoing connections, which could take a port between two of our starts.
    private const int Lowest = 20000, Highest = 32000;

    /// <summary>A port nobody listens on.</summary>
    public static int Choose()
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var port = Random.Shared.Next(Lowest, Highest);
            if (IsFree(port)) return port;
        }

        throw new ToolFailureException($"No free TCP port was found between {Lowest} and {Highest} in 200 attempts.");
    }

    /// <summary>Whether nobody listens on the port, at either of the two loopback addresses.</summary>
    public static bool IsFree(int port) => CanListen(IPAddress.Loopback, port) && CanListen(IPAddress.IPv6Loopback, port);

    private static bool CanListen(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return true;
        }
        catch (SocketException refused)
        {
            // Anything else means that this machine has no such address, where nobody can listen either.
            return refused.SocketErrorCode is not (SocketError.AddressAlreadyInUse or SocketError.AccessDenied);
        }
    }
}
