using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-05: tells those who are to know of notes that the next shift has not confirmed.</summary>
internal sealed class HandoverSweep(IServiceScopeFactory scopes, IClock clock, ILogger<HandoverSweep> logger) : DueSweep<ShiftHandover>(nameof(ShiftHandover.AlertAt), scopes, clock, logger)
{
    protected override Task ActAsync(IServiceProvider services, IReadOnlyList<ShiftHandover> rows, Instant now, CancellationToken ct)
    {
        foreach (var note in rows) note.Alert(now);
        return Task.CompletedTask;
    }
}
