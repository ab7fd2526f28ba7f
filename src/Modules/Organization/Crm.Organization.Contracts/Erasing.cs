using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Clocks;
using Crm.Shared.Commands;
using Crm.Shared.Data;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Contracts;

/// <summary>ORG-12: why something cannot be erased yet.</summary>
/// <param name="Why">"open": there is still something to do for the person; "retention": the law or the policy wants it whole for a time (CMP-24).</param>
/// <param name="Until">When that ends; null where an act ends it.</param>
public sealed record Kept(string Why, Instant? Until);

/// <summary>ORG-12: a record that holds personal data of somebody.</summary>
/// <param name="Kind">What it is, such as "complaint".</param>
/// <param name="Id">Its id.</param>
/// <param name="Number">Its people-facing number; null for none.</param>
/// <param name="Project">The project it belongs to; null for what is wider than one.</param>
/// <param name="Kept">Why it cannot be erased yet; null when it can.</param>
public sealed record PersonalRecord(string Kind, Guid Id, string? Number, string? Project, Kept? Kept);

/// <summary>ORG-12: a record that is erased with another one.</summary>
/// <param name="To">The record it belongs to.</param>
/// <param name="Record">What was found.</param>
public sealed record Belonging(Guid To, PersonalRecord Record);

/// <summary>ORG-12: what came of erasing one record.</summary>
/// <param name="At">When it was erased, now or by an earlier attempt; null where it was not.</param>
/// <param name="Kept">Why not.</param>
public sealed record ErasureOutcome(Instant? At, Kept? Kept);

/// <summary>
/// ORG-12: what one module holds of people, and how it forgets them. Every module that keeps personal data of customers has one of these for
/// each kind of record. What is erased stays counted: instants, states and judgements are left as they are.
/// </summary>
public abstract class Erasing
{
    /// <summary>The module.</summary>
    public abstract string Module { get; }

    /// <summary>The kind of record.</summary>
    public abstract string Kind { get; }

    /// <summary>Records found by the person's phone, in any project.</summary>
    public virtual Task<IReadOnlyList<PersonalRecord>> FindAsync(Phone phone, CancellationToken ct) => Task.FromResult<IReadOnlyList<PersonalRecord>>([]);

    /// <summary>Records that belong to these of other modules, such as the follow-ups of cases. They are erased with them.</summary>
    /// <param name="records">All of them together: somebody may have thousands.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Each with every one of those it belongs to.</returns>
    public virtual Task<IReadOnlyList<Belonging>> FindOfAsync(Guid[] records, CancellationToken ct) => Task.FromResult<IReadOnlyList<Belonging>>([]);

    /// <summary>Erases one record in a transaction of its own, with an entry of the audit. Once: an erased one says when it was.</summary>
    /// <param name="id">The record.</param>
    /// <param name="by">The subject of who ordered it.</param>
    /// <param name="ct">Cancels; then nothing is done.</param>
    public abstract Task<ErasureOutcome> EraseAsync(Guid id, string by, CancellationToken ct);

    /// <summary>The entry of the audit: the record by its id, and whoever ordered it, who is not asking at this moment.</summary>
    protected void WriteDown(ModuleDb db, KeyRing keys, Guid id, string? project, Instant now, string by)
    {
        var context = new CommandContext { Caller = new Caller(by, Staff: null, new Dictionary<string, ProjectScope>()) };
        db.Audit.Add(new AuditEntry("ErasePersonalData", new Deed(Kind, id.ToString(), project, now), context).Mark(db.Schema, keys));
    }
}

/// <summary>ORG-12: the erasing of cases, follow-ups and the like.</summary>
/// <typeparam name="TDb">The module's database.</typeparam>
/// <typeparam name="TSubject">What is erased.</typeparam>
/// <typeparam name="TPolicies">The numbers its rules use.</typeparam>
public abstract class Erasing<TDb, TSubject, TPolicies>(TDb db, Desk<TDb, TSubject, TPolicies> desk, KeyRing keys) : Erasing
    where TDb : ModuleDb
    where TSubject : Subject<TPolicies>
{
    private const string Rule = "rule:ORG-12";

    /// <summary>The module's database.</summary>
    protected TDb Db => db;

    /// <summary>Where records are taken in hand.</summary>
    protected Desk<TDb, TSubject, TPolicies> Desk => desk;

    /// <summary>What phones are looked up by.</summary>
    protected KeyRing Keys => keys;

    /// <inheritdoc/>
    public sealed override string Module => db.Schema;

    /// <summary>When it was erased; null while it is not.</summary>
    protected abstract Instant? ErasedAt(TSubject subject);

    /// <summary>Why it cannot be erased yet; null when it can.</summary>
    protected abstract Task<Kept?> KeptAsync(TSubject subject, Moment<TPolicies> moment, CancellationToken ct);

    /// <summary>Forgets whom it is about.</summary>
    protected abstract Task EraseAsync(TSubject subject, Moment<TPolicies> moment, CancellationToken ct);

    /// <inheritdoc/>
    public sealed override async Task<ErasureOutcome> EraseAsync(Guid id, string by, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await desk.TakeIfExistsAsync(id, ProjectScope.All, Rule, ct) is not var (subject, moment)) throw new InvalidOperationException("A record that was found is gone: nothing of the kind is ever deleted.");
        if (ErasedAt(subject) is { } before) return new(before, Kept: null);
        if (await KeptAsync(subject, moment, ct) is { } kept) return new(At: null, kept);
        subject.CatchUp(moment);
        await EraseAsync(subject, moment, ct);
        await SubjectKeys.EraseAsync(db, Kind, id.ToString(), ct);
        WriteDown(db, keys, id, subject.Project, moment.Now, by);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(CancellationToken.None);
        return new(moment.Now, Kept: null);
    }
}
