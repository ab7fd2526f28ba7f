using Crm.Complaints;
using Crm.FollowUps;
using Crm.Host;
using Crm.Host.Access;
using Crm.Host.Audit;
using Crm.Host.Commands;
using Crm.Host.Development;
using Crm.Host.Failures;
using Crm.Host.OpenApi;
using Crm.Host.Operations;
using Crm.Host.Privacy;
using Crm.Host.Settings;
using Crm.Organization;
using Crm.Shared;

if (ConsoleCommand.Find(args) is { } command) return await command.RunAsync();

var builder = WebApplication.CreateBuilder(args);
if (Start.Read(builder.Configuration, builder.Environment) is not var (settings, keys)) return Start.Refused;

builder.AddServer(settings);
builder.AddTelemetry(settings);
builder.Services.AddInstallation(settings, keys);
builder.Services.AddModules();
builder.Services.AddSignIn(settings);
builder.Services.AddCallerLimits(settings);
builder.Services.AddSecurityHeaders();
builder.Services.AddOpenApiDocument();
builder.Services.AddReadiness();
builder.Services.AddFarewell(settings);
builder.Services.AddSingleton(ParkedEvents.Operate);
builder.Services.AddAudit();
builder.Services.AddInventory();
if (settings.Development) builder.Services.AddDevelopment();
else builder.Services.AddRealClock();

var app = builder.Build();

app.UseTelemetry();
app.UseFarewell();
app.UseKnownProxies(settings);
app.UseSecurityHeaders(settings);
app.UseCloseAfterTooLarge();
app.UseRequestLog();
app.UseLanguages();
app.UseProblems();
app.UseOpenApiDocument();
if (settings.Development) app.UseLocalCors();
app.UseRouting();
app.UseTrustedTime();
app.UseSignIn();
app.UseRateLimiter();

app.MapReadiness();
if (settings.Development) app.MapDevelopment();
var api = app.MapGroup("/api/v1");
api.MapOrganization();
api.MapComplaints();
api.MapFollowUps();
api.MapParkedEvents();
api.MapAudit();
api.MapInventory();

var stopping = app.Lifetime.ApplicationStopping;
try
{
    await app.RunAsync();
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    // Asked to end while it was still starting: that is no failure.
}

return 0;

/// <summary>The host: composition only.</summary>
public partial class Program;
