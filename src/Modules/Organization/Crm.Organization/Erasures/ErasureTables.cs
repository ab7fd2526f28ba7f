using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Organization.Erasures;

/// <summary>ORG-12: how requests to be forgotten are kept.</summary>
internal sealed class ErasureTables : IEntityTypeConfiguration<Erasure>, IEntityTypeConfiguration<ErasureItem>
{
    public void Configure(EntityTypeBuilder<Erasure> builder)
    {
        builder.ToTable("erasures").HasKey(e => e.Id);
        builder.Property(e => e.Version).IsConcurrencyToken();
        builder.HasMany(e => e.Items).WithOne().HasForeignKey(i => i.ErasureId);
        builder.HasIndex(e => e.PhoneIndex).IsUnique().HasFilter("phone_index IS NOT NULL");
        builder.HasIndex(e => new { e.RequestedAt, e.Id });
    }

    public void Configure(EntityTypeBuilder<ErasureItem> builder)
    {
        builder.ToTable("erasure_items").HasKey(i => i.Id);
        builder.HasIndex(i => new { i.ErasureId, i.RecordId, i.Kind }).IsUnique();
        builder.Ignore(i => i.IsAtWork).Ignore(i => i.Key);
        // What is left of one, which may have thousands of records.
        builder.HasIndex(i => new { i.ErasureId, i.KeptWhy }).HasFilter("erased_at IS NULL");
        builder.HasIndex(i => new { i.ErasureId, i.Belongs }).HasFilter("belongs IS NOT NULL");
        builder.HasIndex(i => i.NextLookAt).HasFilter("next_look_at IS NOT NULL");
    }
}
