namespace Crm.Build.Postgres;

/// <summary>The settings a private server is started with.</summary>
internal static class ServerSettings
{
    private static readonly string[] Always =
    [
        // Reached by this machine only, over one kind of connection: a socket file would be a second way in, with a path that can be
        // too long.
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "password_encryption=scram-sha-256",
        // Several hosts, 40 connections each, and tests of several classes at once.
        "max_connections=300",
        "shared_buffers=256MB",
        "timezone=UTC",
        "log_timezone=UTC",
        // What people told us stays out of the log: no failing statement, no DETAIL with a row's values.
        "log_min_error_statement=panic",
        "log_error_verbosity=terse",
        "log_parameter_max_length_on_error=0",
        // Short statements only, for which compiling costs more than it gives; npm's build has no compiler at all.
        "jit=off",
    ];

    // A test's data may be lost with the machine; nothing else may.
    private static readonly string[] Careless = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

    /// <summary>The options of the server program for this port.</summary>
    /// <param name="port">Its TCP port.</param>
    /// <param name="durable">False where what is committed may be lost with the machine.</param>
    /// <param name="more">Settings of one use of the server, <c>name=value</c> without spaces; they win over the others.</param>
    public static string For(int port, bool durable, IReadOnlyList<string> more)
    {
        IEnumerable<string> settings = [.. Always, .. durable ? [] : Careless, .. more];
        return $"-p {port} {string.Join(' ', settings.Select(setting => $"-c {setting}"))}";
    }
}
