using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Organization.Duty;

/// <summary>ORG-05: how notes between shifts and problem logs are kept.</summary>
internal sealed class HandingTables : IEntityTypeConfiguration<ShiftHandover>, IEntityTypeConfiguration<ProblemEntry>
{
    public void Configure(EntityTypeBuilder<ShiftHandover> builder)
    {
        builder.ToTable("shift_handovers").IsWorkedOff().HasKey(h => h.Id);
        builder.Property(h => h.Version).IsConcurrencyToken();
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(h => h.Project);
        builder.HasOne<ShiftSlot>().WithMany().HasForeignKey(h => h.Slot);
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(h => h.WrittenBy);
        builder.HasIndex(h => new { h.Project, h.Id });
        builder.HasIndex(h => h.AlertAt).HasFilter("alert_at IS NOT NULL");
        builder.HasIndex(h => h.About).HasMethod("gin");
        builder.Property(h => h.About).HasDefaultValueSql("'{}'");
    }

    public void Configure(EntityTypeBuilder<ProblemEntry> builder)
    {
        builder.ToTable("problem_entries").IsWrittenOnce().HasKey(e => e.Id);
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(e => e.Project);
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(e => e.Staff);
        builder.HasIndex(e => new { e.At, e.Id });
        builder.HasIndex(e => new { e.Project, e.At, e.Id });
        builder.HasIndex(e => new { e.Staff, e.At, e.Id });
    }
}
