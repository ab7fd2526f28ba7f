using Crm.Shared.Data;
using Crm.Shared.Events;
using Crm.Shared.Measures;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Crm.Shared.Clocks;

/// <summary>What is to be done for one module's clocks by itself: rungs whose instant has come, moves that were applied.</summary>
public abstract class ClockSweep
{
    /// <summary>Does what is due, until nothing free is left.</summary>
    /// <returns>How many subjects were worked on.</returns>
    public abstract Task<int> RunAsync(CancellationToken ct);

    /// <summary>The next instant at which a clock of this module has something to do; null when none has.</summary>
    public abstract Task<Instant?> NextDueAsync(CancellationToken ct);
}

/// <summary>
/// Takes the row locks of the subjects there is something to do for, skipping those somebody is working on; reads the clock after the locks;
/// and lets the subjects do it in their own words. Any number of hosts may sweep at once: the locks decide who acts.
/// </summary>
/// <typeparam name="TDb">The module's database.</typeparam>
/// <typeparam name="TSubject">What has the clocks.</typeparam>
/// <typeparam name="TPolicies">The numbers its rules use.</typeparam>
internal abstract partial class SubjectSweep<TDb, TSubject, TPolicies>(IServiceScopeFactory scopes, IClock clock, DatabaseTrouble trouble, ILogger logger) : ClockSweep
    where TDb : ModuleDb
    where TSubject : Subject<TPolicies>
{
    private const int Batch = 200;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CancellationToken ct)
    {
        var (handled, failed) = (0, new HashSet<Guid>());
        while (true)
        {
            var (due, more) = await DueAsync(failed, ct);
            if (due.Length == 0) return handled;
            var (done, failedBefore) = (await TryAsync(due, ct) ?? await OneByOneAsync(due, failed, ct), failed.Count);
            handled += done;
            // What cannot be written keeps nobody waiting behind it, however much of it there is.
            if ((done == 0 && failed.Count == failedBefore) || !more) return handled;
        }
    }

    /// <inheritdoc/>
    public override async Task<Instant?> NextDueAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await NextDueAsync(scope.ServiceProvider.GetRequiredService<TDb>(), ct);
    }

    /// <summary>The subjects there is something to do for now, most urgent first; one may come several times.</summary>
    protected abstract IQueryable<Guid> Due(TDb db, Instant now);

    /// <summary>The next instant at which there will be; null when none is known.</summary>
    protected abstract Task<Instant?> NextDueAsync(TDb db, CancellationToken ct);

    /// <summary>Does it for subjects that are locked and loaded; saving is the caller's.</summary>
    protected abstract Task ActAsync(TDb db, IReadOnlyList<TSubject> subjects, Func<TSubject, Moment<TPolicies>> moment, CancellationToken ct);

    private async Task<(Guid[] Subjects, bool More)> DueAsync(IReadOnlyCollection<Guid> failed, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var due = await Due(scope.ServiceProvider.GetRequiredService<TDb>(), clock.GetCurrentInstant()).Where(subject => !failed.Contains(subject)).Take(Batch).ToArrayAsync(ct);
        // Several clocks of one subject may be due: a full batch of clocks, not of subjects, says that more wait.
        return ([.. due.Distinct()], More: due.Length == Batch);
    }

    private async Task<int> OneByOneAsync(Guid[] subjects, HashSet<Guid> failed, CancellationToken ct)
    {
        var done = 0;
        foreach (var subject in subjects)
        {
            if (await TryAsync([subject], ct) is { } one) done += one;
            else failed.Add(subject);
        }

        return done;
    }

    /// <returns>How many subjects it was done for; null when it failed for a reason of theirs, and nothing was written.</returns>
    private async Task<int?> TryAsync(Guid[] subjects, CancellationToken ct)
    {
        var isAsked = false;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<TDb>();
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            isAsked = true;
            var locked = await db.LockFreeRowsAsync<TSubject>(subjects, ct);
            if (locked.Count == 0) return 0;
            var loaded = await db.Set<TSubject>().Include(s => s.Clocks).Where(s => locked.Contains(s.Id)).ToListAsync(ct);
            var desk = scope.ServiceProvider.GetRequiredService<Desk<TDb, TSubject, TPolicies>>();
            await ActAsync(db, loaded, subject => desk.MomentIn(subject.Project, by: "rule:clocks"), ct);
            var rungs = CrmMeasures.NewRungs(db);
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(CancellationToken.None);
            scope.ServiceProvider.GetRequiredService<OutboxSignal<TDb>>().Wake();
            CrmMeasures.Swept(db, rungs);
            return loaded.Count;
        }
        catch (Exception e) when (e is not OperationCanceledException && isAsked && !DatabaseTrouble.IsAway(e))
        {
            trouble.LetGoIfOutOfStep(e);
            LogFailed(logger, typeof(TSubject).Name, subjects.Length, DatabaseTrouble.KindOf(e));
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Sweeping the clocks of {Count} {Subject}(s) failed: {Failure}")]
    private static partial void LogFailed(ILogger logger, string subject, int count, string failure);
}

/// <summary>
/// Writes down every warning and breach whose instant has come. Reads only what is due, through the partial index on <c>next_rung_at</c>.
/// Subjects that somebody is working on are left to them; the key of the rungs makes each happen once.
/// </summary>
internal sealed class RungSweep<TDb, TSubject, TPolicies>(IServiceScopeFactory scopes, IClock clock, DatabaseTrouble trouble, ILogger<RungSweep<TDb, TSubject, TPolicies>> logger)
    : SubjectSweep<TDb, TSubject, TPolicies>(scopes, clock, trouble, logger)
    where TDb : ModuleDb
    where TSubject : Subject<TPolicies>
{
    protected override IQueryable<Guid> Due(TDb db, Instant now) =>
        db.Clocks.Where(c => c.NextRungAt <= now).OrderBy(c => c.NextRungAt).Select(c => c.SubjectId);

    protected override Task<Instant?> NextDueAsync(TDb db, CancellationToken ct) => db.Clocks.MinAsync(c => c.NextRungAt, ct);

    protected override Task ActAsync(TDb db, IReadOnlyList<TSubject> subjects, Func<TSubject, Moment<TPolicies>> moment, CancellationToken ct)
    {
        foreach (var subject in subjects) subject.CatchUp(moment(subject));
        return Task.CompletedTask;
    }
}

/// <summary>ORG-08: moves the deadlines of applied previews, each at most once: what became of a move is written in the transaction that moves.</summary>
internal sealed class MoveSweep<TDb, TSubject, TPolicies>(IServiceScopeFactory scopes, IClock clock, DatabaseTrouble trouble, ILogger<MoveSweep<TDb, TSubject, TPolicies>> logger)
    : SubjectSweep<TDb, TSubject, TPolicies>(scopes, clock, trouble, logger)
    where TDb : ModuleDb
    where TSubject : Subject<TPolicies>
{
    protected override IQueryable<Guid> Due(TDb db, Instant now) => Open(db).OrderBy(m => m.ReleasedAt).Select(m => m.SubjectId);

    protected override Task<Instant?> NextDueAsync(TDb db, CancellationToken ct) => Open(db).MinAsync(m => m.ReleasedAt, ct);

    protected override async Task ActAsync(TDb db, IReadOnlyList<TSubject> subjects, Func<TSubject, Moment<TPolicies>> moment, CancellationToken ct)
    {
        Guid[] ids = [.. subjects.Select(s => s.Id)];
        var moves = (await Open(db).Where(m => ids.Contains(m.SubjectId)).OrderBy(m => m.ReleasedAt).ToListAsync(ct)).ToLookup(m => m.SubjectId);
        foreach (var subject in subjects)
        {
            foreach (var move in moves[subject.Id])
            {
                var now = moment(subject) with { By = move.ReleasedBy! };
                move.Done(subject.Move(move, now), now.Now);
            }
        }
    }

    private static IQueryable<PlannedMove> Open(TDb db) => db.PlannedMoves.Where(m => m.ReleasedAt != null && m.Outcome == null);
}

/// <summary>The registration of what has deadlines.</summary>
public static class ClockRegistration
{
    /// <summary>Registers the desk at which commands take a module's subjects in hand, and the sweeps of their clocks: what was moved rings at its new instant.</summary>
    public static IServiceCollection AddDesk<TDesk, TDb, TSubject, TPolicies>(this IServiceCollection services)
        where TDesk : Desk<TDb, TSubject, TPolicies>
        where TDb : ModuleDb
        where TSubject : Subject<TPolicies> => services
            .AddScoped<TDesk>()
            .AddScoped<Desk<TDb, TSubject, TPolicies>>(sp => sp.GetRequiredService<TDesk>())
            .AddSingleton<ClockSweep, MoveSweep<TDb, TSubject, TPolicies>>()
            .AddSingleton<ClockSweep, RungSweep<TDb, TSubject, TPolicies>>();
}
