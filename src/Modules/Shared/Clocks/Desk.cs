using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Shared.Clocks;

/// <summary>
/// Where every command takes its subject in hand, in the one right order: row lock, visibility, expected version, then the clock, then
/// whatever time has already decided.
/// </summary>
/// <typeparam name="TDb">The module's database.</typeparam>
/// <typeparam name="TSubject">What is taken in hand.</typeparam>
/// <typeparam name="TPolicies">The numbers its rules use.</typeparam>
public abstract class Desk<TDb, TSubject, TPolicies>(TDb db, CommandContext context, IClock clock)
    where TDb : ModuleDb
    where TSubject : Subject<TPolicies>
{
    /// <summary>Takes a subject for a change.</summary>
    /// <exception cref="NotFound">Missing, or outside the scope.</exception>
    /// <exception cref="StaleVersion">If-Match names another version.</exception>
    public async Task<(TSubject Subject, Moment<TPolicies> Moment)> TakeAsync(Guid id, ProjectScope scope, CancellationToken ct)
    {
        if (await TakeIfExistsAsync(id, scope, context.Caller.Subject, ct) is not { } taken) throw Missing();
        context.EnsureCurrent(taken.Subject.Version);
        taken.Subject.CatchUp(taken.Moment);
        return taken;
    }

    /// <summary>Takes a subject on behalf of <paramref name="by"/>, without catching up; null when there is none.</summary>
    public async Task<(TSubject Subject, Moment<TPolicies> Moment)?> TakeIfExistsAsync(Guid id, ProjectScope scope, string by, CancellationToken ct)
    {
        // What follows is asked also where there is none: a stranger must not tell from the work behind an answer what is there.
        await db.LockAsync<TSubject>(id, ct);
        var subject = await Whole(db.Set<TSubject>()).VisibleIn(scope).SingleOrDefaultAsync(s => s.Id == id, ct);
        return subject is null ? null : (subject, MomentIn(subject.Project, by));
    }

    /// <summary>Now, by whom, and by which numbers. Ask after the lock.</summary>
    public Moment<TPolicies> MomentIn(string project, string by)
    {
        var now = clock.GetCurrentInstant();
        return new Moment<TPolicies>(now, by, PoliciesIn(project, now));
    }

    /// <summary>The subjects with everything its rules look at.</summary>
    protected virtual IQueryable<TSubject> Whole(IQueryable<TSubject> subjects) => subjects.Include(s => s.Clocks);

    /// <summary>The numbers that hold in a project at an instant.</summary>
    protected abstract TPolicies PoliciesIn(string project, Instant at);

    /// <summary>What a caller is told who may not see it, or asks for one that is not there.</summary>
    protected abstract NotFound Missing();
}
