using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Crm.ApiTests.Infrastructure;

/// <summary>An e-mail as it was taken.</summary>
/// <param name="From">The envelope's sender.</param>
/// <param name="To">The envelope's recipient.</param>
/// <param name="Text">Header and body as sent.</param>
/// <param name="Encrypted">It came over TLS.</param>
public sealed record TakenMail(string From, string To, string Text, bool Encrypted);

/// <summary>
/// A mail server on a real port, that speaks as much of SMTP (RFC 5321), STARTTLS (RFC 3207) and AUTH PLAIN (RFC 4954) as a submission needs,
/// and refuses what a test tells it to. Who has not signed in as <see cref="User"/> is taken nothing from.
/// </summary>
public sealed class SmtpListener : IAsyncDisposable
{
    public const string User = "crm", Password = "geheim";

    private readonly ConcurrentQueue<TakenMail> taken = new();
    private readonly ConcurrentDictionary<string, int> offered = new();
    private readonly X509Certificate2? certificate;
    private TcpListener listener;
    private Task serving;

    /// <param name="offersTls">It has a certificate of its own making for localhost, and asks for STARTTLS before anybody signs in.</param>
    public SmtpListener(bool offersTls = false)
    {
        certificate = offersTls ? MakeCertificate() : null;
        listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        serving = ServeAsync(listener);
    }

    /// <summary>Where it listens, also while it is down.</summary>
    public int Port { get; }

    /// <summary>What it has taken.</summary>
    public IReadOnlyList<TakenMail> Taken => [.. taken];

    /// <summary>How it answers a recipient who is offered for the n-th time, from 1; "250 ok" for those it does not know.</summary>
    public ConcurrentDictionary<string, Func<int, string>> Answers { get; } = new();

    /// <summary>The certificate, as PEM, for those who are to trust it.</summary>
    public string CertificatePem => certificate!.ExportCertificatePem();

    /// <summary>How often somebody wanted to give it something for this recipient.</summary>
    public int OfferedFor(string recipient) => offered.GetValueOrDefault(recipient);

    /// <summary>Listens no more: connections are refused.</summary>
    public async Task GoDownAsync()
    {
        listener.Stop();
        await serving;
    }

    /// <summary>Listens again where it did before.</summary>
    public void ComeBack()
    {
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        serving = ServeAsync(listener);
    }

    public async ValueTask DisposeAsync()
    {
        await GoDownAsync();
        certificate?.Dispose();
    }

    private async Task ServeAsync(TcpListener listening)
    {
        try
        {
            while (true) _ = TalkAsync(await listening.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It listens no more.
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var connection = client;
        try
        {
            Stream stream = client.GetStream();
            await TellAsync(stream, "220 test ESMTP");
            if (!await ConverseAsync(stream, isEncrypted: false) || certificate is null) return;
            await using var encrypted = new SslStream(stream);
            await encrypted.AuthenticateAsServerAsync(certificate);
            await ConverseAsync(encrypted, isEncrypted: true);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            // Who does not trust the certificate hangs up.
        }
    }

    /// <returns>True when TLS is to begin.</returns>
    private async Task<bool> ConverseAsync(Stream stream, bool isEncrypted)
    {
        var (from, to, isSignedIn) = ("", "", false);
        while (await ReadLineAsync(stream) is { } line)
        {
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await TellAsync(stream, $"250-test\r\n250-8BITMIME\r\n250 {(certificate is not null && !isEncrypted ? "STARTTLS" : "AUTH PLAIN")}");
                    break;
                case "STARTTLS":
                    await TellAsync(stream, "220 go on");
                    return true;
                case "AUTH":
                    isSignedIn = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[2])) == $"\0{User}\0{Password}";
                    await TellAsync(stream, isSignedIn ? "235 welcome" : "535 who are you?");
                    break;
                case "MAIL":
                    from = Address(line);
                    await TellAsync(stream, isSignedIn ? "250 ok" : "530 sign in first");
                    break;
                case "RCPT":
                    to = Address(line);
                    var times = offered.AddOrUpdate(to, 1, (_, n) => n + 1);
                    await TellAsync(stream, Answers.TryGetValue(to, out var answer) ? answer(times) : "250 ok");
                    break;
                case "DATA":
                    await TellAsync(stream, "354 go on");
                    var text = new StringBuilder();
                    // A line that begins with a full stop was sent with one more.
                    while (await ReadLineAsync(stream) is { } data && data != ".") text.Append(data.StartsWith('.') ? data[1..] : data).Append('\n');
                    taken.Enqueue(new TakenMail(from, to, text.ToString(), isEncrypted));
                    await TellAsync(stream, "250 taken");
                    break;
                case "QUIT":
                    await TellAsync(stream, "221 bye");
                    return false;
                default:
                    await TellAsync(stream, "250 ok");
                    break;
            }
        }

        return false;
    }

    private static Task TellAsync(Stream stream, string text) => stream.WriteAsync(Encoding.UTF8.GetBytes(text + "\r\n")).AsTask();

    /// <summary>One line, and no byte more: what follows STARTTLS belongs to the encryption.</summary>
    private static async Task<string?> ReadLineAsync(Stream stream)
    {
        var (line, one) = (new List<byte>(), new byte[1]);
        while (await stream.ReadAsync(one) == 1)
        {
            if (one[0] == '\n') return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }

        return null;
    }

    private static string Address(string line) => line[(line.IndexOf('<') + 1)..line.IndexOf('>')];

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
    }
}
