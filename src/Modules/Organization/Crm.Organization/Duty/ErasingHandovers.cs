using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-12, ORG-05: notes from one shift to the next that are about a record which is erased. Other notes, and problem logs, name no record: they are forgotten when they are old.</summary>
internal sealed class ErasingHandovers(OrganizationDb db, KeyRing keys, IClock clock) : Erasing
{
    public override string Module => OrganizationModule.Schema;

    public override string Kind => "shiftHandover";

    public override async Task<IReadOnlyList<Belonging>> FindOfAsync(Guid[] records, CancellationToken ct)
    {
        var found = await db.Set<ShiftHandover>().AsNoTracking().Where(h => h.About.Any(r => records.Contains(r)) && h.ErasedAt == null).OrderBy(h => h.Id).Select(h => new { h.Id, h.Project, h.About }).ToListAsync(ct);
        var asked = records.ToHashSet();
        return [.. found.SelectMany(h => h.About.Where(asked.Contains).Select(record => new Belonging(record, new PersonalRecord(Kind, h.Id, Number: null, h.Project, Kept: null))))];
    }

    public override async Task<ErasureOutcome> EraseAsync(Guid id, string by, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.LockAsync<ShiftHandover>(id, ct);
        var now = clock.GetCurrentInstant();
        // Old ones are forgotten by themselves, also between being found and being erased.
        if (await db.Set<ShiftHandover>().SingleOrDefaultAsync(h => h.Id == id, ct) is not { } note) return new(now, Kept: null);
        if (note.ErasedAt is { } before) return new(before, Kept: null);
        note.Erase(now);
        WriteDown(db, keys, id, note.Project, now, by);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(CancellationToken.None);
        return new(now, Kept: null);
    }
}
