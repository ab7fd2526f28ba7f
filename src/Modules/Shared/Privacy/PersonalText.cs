using Crm.Shared.Data;
using Crm.Shared.Failures;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Crm.Shared.Privacy;

/// <summary>
/// ORG-12: a name, or words that somebody has typed. It stands in the database only sealed, under the key of the record it belongs to; the key
/// can be destroyed where the row cannot be changed. Sealed by the save that writes it (<see cref="PersonalTexts"/>).
/// </summary>
public sealed class PersonalText : IEquatable<PersonalText>
{
    private readonly string? open;

    private PersonalText(string said) => open = said;

    internal PersonalText(byte[] closed, string member) => (Closed, Member) = (closed, member);

    /// <summary>The text sealed; null before it is saved.</summary>
    internal byte[]? Closed { get; private set; }

    /// <summary>The member of its row it is sealed to.</summary>
    internal string? Member { get; private set; }

    /// <summary>What is said here and now. Null stays null: nothing was said.</summary>
    public static implicit operator PersonalText?(string? said) => said is null ? null : new(said);

    /// <inheritdoc/>
    public bool Equals(PersonalText? other) => other is not null && (ReferenceEquals(this, other) || (open is not null && open == other.open));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PersonalText);

    /// <inheritdoc/>
    public override int GetHashCode() => open?.GetHashCode(StringComparison.Ordinal) ?? 0;

    /// <summary>What was said, where it was said in this process; otherwise that it is sealed.</summary>
    public override string ToString() => open ?? "sealed";

    internal void Close(RecordKey key, Guid row, string member)
    {
        if (Closed is not null) return;
        (Closed, Member) = (key.Seal(open!, row, member), member);
    }
}

/// <summary>A row that holds <see cref="PersonalText"/>s; they are sealed under the key of the record it is part of.</summary>
public interface IPartOfRecord
{
    /// <summary>The record.</summary>
    Guid RecordId { get; }
}

/// <summary>The row that holds a record's key, itself sealed by the key ring.</summary>
public interface IHoldsRecordKey : IPartOfRecord
{
    /// <summary>The key, sealed; null before anything was said, and after it was destroyed.</summary>
    byte[]? SealedKey { get; set; }

    /// <summary>It was destroyed: nothing more can be said.</summary>
    bool IsErased { get; }
}

/// <summary>The key of one record, in the open. None: it was destroyed, or there never was one, and nothing can be read.</summary>
/// <param name="key">32 bytes.</param>
public sealed class RecordKey(byte[]? key)
{
    private const byte Version = 1;

    /// <summary>What was said; null where nothing was, or the key is gone.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It was changed, or moved here from another row.</exception>
    public string? Open(PersonalText? text, Guid row) =>
        text?.Closed is null || key is null ? null : System.Text.Encoding.UTF8.GetString(Aead.Unseal(key, text.Closed, Place(row, text.Member!)));

    internal byte[] Seal(string text, Guid row, string member) => Aead.Seal(key!, Version, System.Text.Encoding.UTF8.GetBytes(text), Place(row, member));

    private static string Place(Guid row, string member) => $"{member}:{row}";
}

/// <summary>How personal texts are kept.</summary>
public static class PersonalColumns
{
    /// <summary>The column holds the text sealed.</summary>
    public static PropertyBuilder<PersonalText?> IsPersonal(this PropertyBuilder<PersonalText?> property)
    {
        var member = property.Metadata.Name;
        return property.IsRequired(false).HasConversion(
            new ValueConverter<PersonalText?, byte[]?>(text => text!.Closed, closed => new PersonalText(closed!, member)),
            new ValueComparer<PersonalText?>((a, b) => ReferenceEquals(a, b), text => text == null ? 0 : System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(text), text => text));
    }
}

/// <summary>ORG-12: seals what was said in the very SaveChanges that writes it; a record's first words make its key.</summary>
public sealed class PersonalTexts(KeyRing keys) : SaveChangesInterceptor
{
    /// <summary>What is told who would add to a record whose person was forgotten.</summary>
    public static BrokenRule Erased => new("ORG-12", new Text(
        "Whom this is about has been forgotten at their request: begin a new record.", "当事人已要求删除个人信息，请另行登记。"));

    /// <inheritdoc/>
    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is ModuleDb db) await SealAsync(db, cancellationToken);
        return result;
    }

    private async Task SealAsync(ModuleDb db, CancellationToken ct)
    {
        // One look: each finds out anew what has changed.
        EntityEntry<IPartOfRecord>[] entries = [.. db.ChangeTracker.Entries<IPartOfRecord>()];
        var said = entries.Where(e => e.State == EntityState.Added)
            .Select(e => (e.Entity.RecordId, Row: RowOf(e), Texts: e.Properties.Where(p => p.CurrentValue is PersonalText { Closed: null }).Select(p => ((PersonalText)p.CurrentValue!, p.Metadata.Name)).ToArray()))
            .Where(s => s.Texts.Length > 0).ToArray();
        var holders = entries.Where(e => e.State != EntityState.Deleted).Select(e => e.Entity).OfType<IHoldsRecordKey>().ToDictionary(h => h.RecordId);
        Guid[] missing = [.. said.Select(s => s.RecordId).Where(id => !holders.ContainsKey(id)).Distinct()];
        if (missing.Length > 0)
            foreach (var holder in await db.RecordKeysAsync(missing, ct)) holders[holder.RecordId] = holder;

        // A record begins with its key, also where nothing was said yet that it seals.
        foreach (var holder in entries.Where(e => e.State == EntityState.Added && e.Metadata.FindProperty(nameof(IHoldsRecordKey.SealedKey))?.IsNullable is false).Select(e => e.Entity).OfType<IHoldsRecordKey>())
            holder.SealedKey ??= keys.NewRecordKey(db.Schema, holder.RecordId);
        foreach (var (record, row, texts) in said)
        {
            if (!holders.TryGetValue(record, out var holder) || holder.IsErased) throw Erased;
            var key = keys.OpenRecord(holder.SealedKey ??= keys.NewRecordKey(db.Schema, record), db.Schema, record);
            foreach (var (text, member) in texts) text.Close(key, row, member);
        }
    }

    private static Guid RowOf(EntityEntry entry) => (Guid)entry.Property(entry.Metadata.FindPrimaryKey()!.Properties.Single().Name).CurrentValue!;
}
