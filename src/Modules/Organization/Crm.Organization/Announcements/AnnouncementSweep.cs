using Crm.Organization.Data;
using Crm.Shared.Clocks;
using Crm.Shared.Data;
using Crm.Shared.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Crm.Organization.Announcements;

/// <summary>
/// ORG-15: tells staff of announcements whose instant has come. Any number of hosts look at once: the row lock decides who tells, and that it
/// was told is written in the transaction that reports it, so it is told once. That an announcement can be read does not wait for it.
/// </summary>
internal sealed partial class AnnouncementSweep(IServiceScopeFactory scopes, IClock clock, DatabaseTrouble trouble, ILogger<AnnouncementSweep> logger) : ClockSweep
{
    private const int Batch = 100;

    public override async Task<int> RunAsync(CancellationToken ct)
    {
        for (var told = 0; ;)
        {
            var now = await TellAsync(ct);
            told += now;
            if (now < Batch) return told;
        }
    }

    public override async Task<Instant?> NextDueAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await ToTell(scope.ServiceProvider.GetRequiredService<OrganizationDb>()).MinAsync(a => a.PublishedFrom, ct);
    }

    /// <returns>How many were told; 0 also where it failed, and nothing was written.</returns>
    private async Task<int> TellAsync(CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<OrganizationDb>();
            var now = clock.GetCurrentInstant();
            var due = await ToTell(db).Where(a => a.PublishedFrom <= now).OrderBy(a => a.PublishedFrom).Take(Batch).Select(a => a.Id).ToArrayAsync(ct);
            if (due.Length == 0) return 0;

            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            var locked = await db.LockFreeRowsAsync<Announcement>(due, ct);
            now = clock.GetCurrentInstant();
            var announcements = await ToTell(db).Where(a => locked.Contains(a.Id)).ToListAsync(ct);
            foreach (var announcement in announcements) announcement.Announce(now);
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(CancellationToken.None);
            scope.ServiceProvider.GetRequiredService<OutboxSignal<OrganizationDb>>().Wake();
            return announcements.Count;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            trouble.LetGoIfOutOfStep(e);
            LogLater(DatabaseTrouble.KindOf(e));
            return 0;
        }
    }

    private static IQueryable<Announcement> ToTell(OrganizationDb db) => db.Set<Announcement>().Where(a => a.Status == AnnouncementStatus.Published && a.AnnouncedAt == null);

    [LoggerMessage(Level = LogLevel.Error, Message = "Staff are told of announcements later: {Failure}")]
    private partial void LogLater(string failure);
}
