using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Organization.Presence;

/// <summary>ORG-04: how presence is kept.</summary>
internal sealed class PresenceTables : IEntityTypeConfiguration<PersonPresence>, IEntityTypeConfiguration<PresenceChange>
{
    public void Configure(EntityTypeBuilder<PersonPresence> builder)
    {
        builder.ToTable("presences", table => table.HasCheckConstraint("off_or_until", "(state = 'off') = (off_at IS NULL)")).HasKey(p => p.Staff);
        builder.HasOne<StaffRow>().WithOne().HasForeignKey<PersonPresence>(p => p.Staff);
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(p => p.Project);
        builder.HasIndex(p => new { p.Project, p.Staff });
    }

    public void Configure(EntityTypeBuilder<PresenceChange> builder)
    {
        builder.ToTable("presence_changes", table => table.HasCheckConstraint("away_for_a_reason", "(state = 'away') = (reason IS NOT NULL)")).IsAppendOnly().HasKey(c => new { c.Staff, c.Number });
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(c => c.Staff);
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(c => c.Project);
        builder.HasIndex(c => new { c.Staff, c.At });
    }
}
