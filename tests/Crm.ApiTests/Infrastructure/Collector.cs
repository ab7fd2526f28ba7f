using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crm.ApiTests.Infrastructure;

/// <summary>Takes OTLP over HTTP. What a protobuf message says in words stands in it as UTF-8.</summary>
public sealed class Collector : IAsyncDisposable
{
    private static readonly ConcurrentQueue<(string Path, string Body)> Everything = new();
    private readonly ConcurrentQueue<(string Path, string Body)> received = new();
    private readonly WebApplication app;

    private Collector()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.MapPost("/v1/{signal}", async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var message = (context.Request.Path.Value!, Encoding.UTF8.GetString(body.ToArray()));
            received.Enqueue(message);
            Everything.Enqueue(message);
            context.Response.ContentType = "application/x-protobuf";
        });
    }

    /// <summary>All that any collector of the run was sent: traces and metrics.</summary>
    public static IReadOnlyCollection<(string Path, string Body)> Received => Everything;

    /// <summary>Where hosts send to.</summary>
    public string Address => app.Urls.Single();

    /// <summary>Starts to listen.</summary>
    public static async Task<Collector> StartAsync()
    {
        var collector = new Collector();
        await collector.app.StartAsync();
        return collector;
    }

    /// <summary>Waits until it has heard all of this.</summary>
    public Task HearsAsync(string path, string[] texts) =>
        Eventually.BecomesAsync(() => Task.FromResult(string.Join(", ", texts.Where(t => !Has(path, t)))), missing => missing.Length == 0, $"everything at {path} (last seen: what is missing)");

    /// <summary>Whether it has heard this.</summary>
    public bool Has(string path, string text) => received.Any(r => r.Path == path && r.Body.Contains(text, StringComparison.Ordinal));

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
