using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Crm.Build.Machine;

namespace Crm.ApiTests.Infrastructure;

/// <summary>nginx with the configuration that operators are given, on ports of its own, with a certificate of its own.</summary>
public sealed class Nginx : IAsyncDisposable
{
    private readonly string folder;
    private readonly Process process;

    private Nginx(string folder, Process process, int port) => (this.folder, this.process, Address) = (folder, process, new Uri($"https://127.0.0.1:{port}"));

    /// <summary>Where it answers, over TLS.</summary>
    public Uri Address { get; }

    /// <summary>The program on this machine; null when there is none.</summary>
    public static string? Program { get; } = TestProgram.Nginx.Find();

    /// <summary>Starts it in front of hosts on these two ports.</summary>
    public static async Task<Nginx> StartAsync(int firstHost, int secondHost)
    {
        var folder = Directory.CreateTempSubdirectory("crm-nginx-").FullName;
        var (plain, secure) = (FreePort(), FreePort());
        var given = await File.ReadAllTextAsync(Path.Combine(CommittedText.Root, "deploy", "nginx.conf"));
        string Put(string text, string here)
        {
            if (!given.Contains(text, StringComparison.Ordinal)) throw new InvalidOperationException($"deploy/nginx.conf has no {text} any more.");
            return given = given.Replace(text, here, StringComparison.Ordinal);
        }

        Put("127.0.0.1:5080", $"127.0.0.1:{firstHost}");
        Put("127.0.0.1:5081", $"127.0.0.1:{secondHost}");
        Put("listen 80;", $"listen 127.0.0.1:{plain};");
        Put("listen 443 ssl;", $"listen 127.0.0.1:{secure} ssl;");
        Put("/etc/nginx/", $"{folder}/");
        await File.WriteAllTextAsync(Path.Combine(folder, "crm.conf"), given);
        await File.WriteAllTextAsync(Path.Combine(folder, "nginx.conf"), $$"""
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            daemon off;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/error.log;
            events { }
            http {
                access_log off;
                client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/f; uwsgi_temp_path {{folder}}/u; scgi_temp_path {{folder}}/s;
                include {{folder}}/crm.conf;
            }
            """);
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=crm.example.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        await File.WriteAllTextAsync(Path.Combine(folder, "crm.crt"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(folder, "crm.key"), key.ExportPkcs8PrivateKeyPem());

        var nginx = new Nginx(folder, Process.Start(new ProcessStartInfo(Program!, ["-p", folder, "-e", $"{folder}/error.log", "-c", $"{folder}/nginx.conf"]))!, secure);
        await Eventually.BecomesAsync(() => Task.FromResult(nginx.process.HasExited || Listens(secure)), listens => listens, "nginx");
        return nginx.process.HasExited ? throw new InvalidOperationException(await File.ReadAllTextAsync($"{folder}/error.log")) : nginx;
    }

    /// <summary>A caller whose own address is this one.</summary>
    public HttpClient NewClient(string from)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, ct) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
                await socket.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        return new HttpClient(handler) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>A port nobody listens on, below those the system hands out for connections.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            if (!Listens(port)) return port;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Asked to quit, the master takes its workers with it.
        using (var quit = Process.Start(new ProcessStartInfo(Program!, ["-p", folder, "-e", $"{folder}/error.log", "-c", $"{folder}/nginx.conf", "-s", "stop"]))!) await quit.WaitForExitAsync();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static bool Listens(int port)
    {
        try
        {
            using var socket = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
