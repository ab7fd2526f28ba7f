using System.Diagnostics;
using System.Reflection;
using Crm.Host.Settings;
using Crm.Shared.Measures;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Crm.Host.Operations;

/// <summary>Traces and metrics by OTLP, where an endpoint is configured; otherwise nothing is measured and nothing leaves the host. The list of meters: docs/operations/telemetry.md.</summary>
internal static class Telemetry
{
    private const string StandardEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Requests, connections, limits, runtime, the database's pools, and our own.</summary>
    public static readonly string[] Meters =
        ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.RateLimiting", "System.Runtime", "Npgsql", CrmMeasures.Name];

    public static void AddTelemetry(this WebApplicationBuilder builder, CrmSettings settings)
    {
        var endpoint = settings.Telemetry.Endpoint;
        if (endpoint is null && string.IsNullOrEmpty(builder.Configuration[StandardEndpoint])) return;
        // The SDK's own logger tells of failures to export; nothing else of it is needed in the log.
        builder.Services.AddHostedService<OutboxGauges>();
        builder.Services.AddSingleton(Sdk.CreateMeterProviderBuilder().ConfigureResource(Describe).AddMeter(Meters)
            .AddOtlpExporter(otlp => Aim(otlp, endpoint, "v1/metrics")).Build());
        builder.Services.AddSingleton(Sdk.CreateTracerProviderBuilder().ConfigureResource(Describe).AddSource("Microsoft.AspNetCore", CrmMeasures.Name)
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(settings.Telemetry.TraceShare)))
            .AddProcessor(new PlainAttributes())
            .AddOtlpExporter(otlp => Aim(otlp, endpoint, "v1/traces")).Build());
        builder.Services.AddHostedService<TelemetryEnd>();
    }

    /// <summary>Names the span of each request by its route, whatever the framework has noted itself.</summary>
    public static void UseTelemetry(this WebApplication app)
    {
        if (app.Services.GetService<TracerProvider>() is null) return;
        app.Use(async (context, next) =>
        {
            // Here and not afterwards: other spans begin and end on the way.
            var span = Activity.Current;
            await next(context);
            span?.SetTag("http.request.method", context.Request.Method);
            span?.SetTag("http.response.status_code", context.Response.StatusCode);
            if (context.GetEndpoint() is RouteEndpoint endpoint) span?.SetTag("http.route", endpoint.RoutePattern.RawText);
        });
    }

    private static void Describe(ResourceBuilder resource) => resource
        .AddService("crm", serviceVersion: typeof(Telemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion, serviceInstanceId: Environment.MachineName)
        .AddEnvironmentVariableDetector();

    /// <summary>Without a setting of ours the exporter reads its standard variables: endpoint, protocol, headers, intervals.</summary>
    private static void Aim(OtlpExporterOptions otlp, Uri? endpoint, string path)
    {
        if (endpoint is null) return;
        otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
        otlp.Endpoint = new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/{path}");
    }

    /// <summary>Sends what has not been sent when the host stops.</summary>
    private sealed class TelemetryEnd(MeterProvider meters, TracerProvider traces) : IHostedService
    {
        private const int Patience = 2_000;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.Run(() => (meters.ForceFlush(Patience), traces.ForceFlush(Patience)), CancellationToken.None);
    }

    /// <summary>
    /// Lets through attributes that say what kind of thing was done and how it went, and drops all others: paths, queries, addresses and
    /// agents are what callers made up. A request is named by its route.
    /// </summary>
    private sealed class PlainAttributes : BaseProcessor<Activity>
    {
        private static readonly HashSet<string> Plain =
            ["http.request.method", "http.route", "http.response.status_code", "url.scheme", "network.protocol.version", "error.type", "crm.producer", "crm.consumer", "crm.events"];

        public override void OnEnd(Activity data)
        {
            foreach (var key in data.TagObjects.Select(t => t.Key).Where(k => !Plain.Contains(k)).ToArray()) data.SetTag(key, null);
            if (data.Kind == ActivityKind.Server) data.DisplayName = $"{data.GetTagItem("http.request.method") ?? "request"} {data.GetTagItem("http.route") ?? "no route"}";
        }
    }
}
