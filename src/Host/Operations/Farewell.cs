using Crm.Host.Settings;

namespace Crm.Host.Operations;

/// <summary>
/// A host that is asked to end goes on serving for a moment: it calls itself not ready, and closes each connection with the answer it gives.
/// A request that is under way just while its idle connection is being closed would be lost, and its sender could not know whether it was carried out.
/// </summary>
internal sealed class Farewell(CrmSettings settings) : IHostedLifecycleService
{
    /// <summary>Whether the host has been asked to end.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Comes before everything that stops: the server still listens, and jobs and deliveries go on.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        HasBegun = true;
        await Task.Delay(settings.Farewell, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

internal static class Farewells
{
    public static void AddFarewell(this IServiceCollection services, CrmSettings settings)
    {
        services.AddSingleton<Farewell>();
        services.AddHostedService(provider => provider.GetRequiredService<Farewell>());
        services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.Farewell + TimeSpan.FromSeconds(20));
    }

    /// <summary>Tells each caller, with its answer, to come back on a new connection: by then a balancer has sent it to another host.</summary>
    public static void UseFarewell(this WebApplication app)
    {
        var farewell = app.Services.GetRequiredService<Farewell>();
        app.Use((context, next) =>
        {
            if (farewell.HasBegun) context.Response.Headers.Connection = "close";
            return next(context);
        });
    }
}
