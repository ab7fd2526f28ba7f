using Crm.Shared.Data;
using Crm.Shared.Events;
using Crm.Shared.Measures;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;
using Npgsql;

namespace Crm.Shared.Clocks;

/// <summary>The sweep of one module's clocks: writes down every rung whose instant has come.</summary>
public abstract class ClockSweep
{
    /// <summary>Writes down what is due, until nothing free is left.</summary>
    /// <returns>How many subjects were worked on.</returns>
    public abstract Task<int> RunAsync(CancellationToken ct);

    /// <summary>The next instant at which a clock of this module has something to do; null when none has.</summary>
    public abstract Task<Instant?> NextDueAsync(CancellationToken ct);
}

/// <summary>
/// Reads only what is due, through the partial index on <c>next_rung_at</c>; takes the subjects' row locks, skipping those somebody is
/// working on (who will write the rungs down themselves); reads the clock after the locks; and lets each subject catch up in its own words.
/// Any number of hosts may sweep at once: the locks decide who acts, and the key of the rungs that it happens once.
/// </summary>
/// <typeparam name="TDb">The module's database.</typeparam>
/// <typeparam name="TSubject">What has the clocks.</typeparam>
/// <typeparam name="TPolicies">The numbers its rules use.</typeparam>
internal sealed partial class ClockSweep<TDb, TSubject, TPolicies>(
    IServiceScopeFactory scopes, IClock clock, DatabaseTrouble trouble, ILogger<ClockSweep<TDb, TSubject, TPolicies>> logger) : ClockSweep
    where TDb : ModuleDb
    where TSubject : Subject<TPolicies>
{
    private const int Batch = 200;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CancellationToken ct)
    {
        var handled = 0;
        while (true)
        {
            var (due, more) = await DueAsync(ct);
            if (due.Length == 0) return handled;
            var done = await TryAsync(due, ct) ?? await OneByOneAsync(due, ct);
            handled += done;
            if (done == 0 || !more) return handled;
        }
    }

    /// <inheritdoc/>
    public override async Task<Instant?> NextDueAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        await db.Database.OpenConnectionAsync(ct);
        await using var batch = db.Batch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT next_rung_at FROM {db.Schema}.clocks WHERE next_rung_at IS NOT NULL ORDER BY next_rung_at LIMIT 1"));
        return await batch.ExecuteScalarAsync(ct) is DateTime next ? Instant.FromDateTimeUtc(next) : null;
    }

    private async Task<(Guid[] Subjects, bool More)> DueAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetCurrentInstant();
        var due = await scope.ServiceProvider.GetRequiredService<TDb>().Clocks
            .Where(c => c.NextRungAt != null && c.NextRungAt <= now).OrderBy(c => c.NextRungAt).Select(c => c.SubjectId).Take(Batch).ToArrayAsync(ct);
        // Several clocks of one subject may be due: a full batch of clocks, not of subjects, says that more wait.
        return ([.. due.Distinct()], More: due.Length == Batch);
    }

    private async Task<int> OneByOneAsync(Guid[] subjects, CancellationToken ct)
    {
        var done = 0;
        foreach (var subject in subjects) done += await TryAsync([subject], ct) ?? 0;
        return done;
    }

    /// <returns>How many subjects caught up; null when it failed and nothing was written.</returns>
    private async Task<int?> TryAsync(Guid[] subjects, CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<TDb>();
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            var locked = await db.LockFreeRowsAsync<TSubject>(subjects, ct);
            if (locked.Count == 0) return 0;
            var loaded = await db.Set<TSubject>().Include(s => s.Clocks).Where(s => locked.Contains(s.Id)).ToListAsync(ct);
            var desk = scope.ServiceProvider.GetRequiredService<Desk<TDb, TSubject, TPolicies>>();
            foreach (var subject in loaded) subject.CatchUp(desk.MomentIn(subject.Project, by: "rule:clocks"));
            var rungs = CrmMeasures.NewRungs(db);
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(CancellationToken.None);
            scope.ServiceProvider.GetRequiredService<OutboxSignal<TDb>>().Wake();
            CrmMeasures.Swept(db, rungs);
            return loaded.Count;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            trouble.LetGoIfOutOfStep(e);
            LogFailed(typeof(TSubject).Name, subjects.Length, DatabaseTrouble.KindOf(e));
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Sweeping the clocks of {Count} {Subject}(s) failed: {Failure}")]
    private partial void LogFailed(string subject, int count, string failure);
}

/// <summary>The registration of what has deadlines.</summary>
public static class ClockRegistration
{
    /// <summary>Registers the desk at which commands take a module's subjects in hand, and the sweep of their clocks.</summary>
    public static IServiceCollection AddDesk<TDesk, TDb, TSubject, TPolicies>(this IServiceCollection services)
        where TDesk : Desk<TDb, TSubject, TPolicies>
        where TDb : ModuleDb
        where TSubject : Subject<TPolicies> => services
            .AddScoped<TDesk>()
            .AddScoped<Desk<TDb, TSubject, TPolicies>>(sp => sp.GetRequiredService<TDesk>())
            .AddSingleton<ClockSweep, ClockSweep<TDb, TSubject, TPolicies>>();
}
