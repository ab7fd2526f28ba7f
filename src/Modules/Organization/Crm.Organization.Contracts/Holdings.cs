using Crm.Shared.Access;
using Crm.Shared.Clocks;
using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Contracts;

/// <summary>ORG-03: something that one person has to do or to look after.</summary>
/// <param name="Kind">What it is, such as "complaint" or "areaManager".</param>
/// <param name="Id">Its id or code.</param>
/// <param name="Number">Its people-facing number, where it has one.</param>
/// <param name="Project">The project it belongs to; null for what is wider than one.</param>
public sealed record Holding(string Kind, string Id, string? Number, string? Project);

/// <summary>ORG-03: what a module knows of what people hold. Every kind of thing that is somebody's has one of these.</summary>
public interface IHoldings
{
    /// <summary>The kind of thing it tells of.</summary>
    string Kind { get; }

    /// <summary>What somebody holds of it in these projects, in ordinal order of <see cref="Holding.Id"/>.</summary>
    /// <param name="staff">The staff code.</param>
    /// <param name="scope">What lies outside is not told.</param>
    /// <param name="after">Only what follows this id; null for the beginning.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="ct">Cancels.</param>
    Task<IReadOnlyList<Holding>> ListAsync(string staff, ProjectScope scope, string? after, int limit, CancellationToken ct);
}

/// <summary>
/// ORG-03: how a module passes on what is held by those who have left. It runs when it hears of a departure, and again and again after that:
/// what comes to a leaver later, from a host that does not know yet, does not stay there either.
/// </summary>
public abstract class HandOver
{
    /// <summary>At most so many things in one transaction; the rest follows in the next.</summary>
    protected const int Piece = 100;

    /// <summary>The module's database.</summary>
    protected abstract ModuleDb Database { get; }

    /// <summary>Passes on some of what the leavers hold, and leaves saving to the caller, in whose transaction it runs.</summary>
    /// <returns>How many things have passed on.</returns>
    public abstract Task<int> PassOnAsync(IReadOnlyCollection<string> leavers, CancellationToken ct);

    /// <summary>Passes on some of what the leavers hold, in a transaction of its own. Several hosts at once share the work.</summary>
    public async Task<int> SweepAsync(IReadOnlyCollection<string> leavers, CancellationToken ct)
    {
        await using var transaction = await Database.Database.BeginTransactionAsync(ct);
        var passed = await PassOnAsync(leavers, ct);
        await Database.SaveChangesAsync(ct);
        await transaction.CommitAsync(CancellationToken.None);
        return passed;
    }
}

/// <summary>ORG-03: the handing over of cases, follow-ups and the like, each of which one person has in hand.</summary>
/// <typeparam name="TDb">The module's database.</typeparam>
/// <typeparam name="TSubject">What is passed on.</typeparam>
/// <typeparam name="TPolicies">The numbers its rules use.</typeparam>
public abstract class HandOver<TDb, TSubject, TPolicies>(TDb db, Desk<TDb, TSubject, TPolicies> desk, OrganizationDirectory directory) : HandOver
    where TDb : ModuleDb
    where TSubject : Subject<TPolicies>
{
    /// <summary>The rule under which they pass on.</summary>
    private const string Rule = "rule:ORG-03";

    /// <summary>The module's database.</summary>
    protected TDb Db => db;

    /// <inheritdoc/>
    protected sealed override ModuleDb Database => db;

    /// <summary>What these people have in hand, and nothing that is over.</summary>
    protected abstract IQueryable<TSubject> HeldBy(IReadOnlyCollection<string> people);

    /// <summary>Who has it in hand; null for nobody.</summary>
    protected abstract string? HolderOf(TSubject subject);

    /// <summary>Gives it to somebody else.</summary>
    protected abstract void PassOn(TSubject subject, string heir, Moment<TPolicies> moment);

    /// <inheritdoc/>
    public sealed override async Task<int> PassOnAsync(IReadOnlyCollection<string> leavers, CancellationToken ct)
    {
        var held = await HeldBy(leavers).OrderBy(s => s.Id).Select(s => s.Id).Take(Piece).ToArrayAsync(ct);
        var passed = 0;
        foreach (var id in await db.LockFreeRowsAsync<TSubject>(held, ct))
        {
            if (await desk.TakeIfExistsAsync(id, ProjectScope.All, Rule, ct) is not var (subject, moment) || HolderOf(subject) is not { } holder || !leavers.Contains(holder)) continue;
            var heir = directory.Current.HeirOf(holder, directory.Current.FindProject(subject.Project)!);
            if (heir == holder) continue;
            subject.CatchUp(moment);
            PassOn(subject, heir, moment);
            passed++;
        }

        return passed;
    }
}
