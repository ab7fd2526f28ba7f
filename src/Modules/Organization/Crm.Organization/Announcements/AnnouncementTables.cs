using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Organization.Announcements;

/// <summary>ORG-15: how announcements, their editions and read marks are kept.</summary>
internal sealed class AnnouncementTables : IEntityTypeConfiguration<Announcement>, IEntityTypeConfiguration<AnnouncementEdition>, IEntityTypeConfiguration<ReadMark>
{
    public void Configure(EntityTypeBuilder<Announcement> builder)
    {
        builder.ToTable("announcements", table =>
        {
            table.HasCheckConstraint("of_one_reach", "(reach = 'everywhere') = (cardinality(projects) = 0)");
            table.HasCheckConstraint("ends_after_it_begins", "published_until > published_from");
        }).HasKey(a => a.Id);
        builder.Property(a => a.Version).IsConcurrencyToken();
        builder.Ignore(a => a.Project).Ignore(a => a.AddressesStaff);
        // The readers' list, pinned ones first and then newest first, and the register, newest draft first.
        builder.HasIndex(a => new { a.Pinned, a.PublishedFrom, a.Id }).IsDescending().HasFilter("status = 'published'");
        builder.HasIndex(a => a.PublishedFrom, "ix_announcements_to_tell").HasFilter("status = 'published' AND announced_at IS NULL");
    }

    public void Configure(EntityTypeBuilder<AnnouncementEdition> builder)
    {
        builder.ToTable("announcement_editions").IsAppendOnly().HasKey(e => new { e.AnnouncementId, e.Number });
        builder.HasOne<Announcement>().WithMany().HasForeignKey(e => e.AnnouncementId);
    }

    public void Configure(EntityTypeBuilder<ReadMark> builder)
    {
        builder.ToTable("announcement_reads").IsAppendOnly().HasKey(r => new { r.AnnouncementId, r.Edition, r.Staff });
        builder.HasOne<AnnouncementEdition>().WithMany().HasForeignKey(r => new { r.AnnouncementId, r.Edition });
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(r => r.Staff);
    }
}
