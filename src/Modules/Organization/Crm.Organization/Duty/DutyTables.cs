using System.Text.Json;
using Crm.Shared.Data;
using Crm.Shared.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-04: how shifts, rosters, leave and swaps are kept.</summary>
internal sealed class DutyTables :
    IEntityTypeConfiguration<Shift>, IEntityTypeConfiguration<ShiftTerms>, IEntityTypeConfiguration<Roster>, IEntityTypeConfiguration<ShiftSlot>,
    IEntityTypeConfiguration<ShiftAssignment>, IEntityTypeConfiguration<LeaveRequest>, IEntityTypeConfiguration<ShiftSwap>
{
    /// <summary>The exclusion constraint that keeps everybody out of two shifts at once, in whatever projects.</summary>
    public const string OneShiftAtATime = "one_shift_at_a_time";

    /// <summary>The exclusion constraint that keeps the rest between two shifts of one person.</summary>
    public const string RestBetweenShifts = "rest_between_shifts";

    /// <summary>The exclusion constraint that keeps somebody's leave apart.</summary>
    public const string OneLeaveAtATime = "one_leave_at_a_time";

    /// <summary>One roster of a project for each month.</summary>
    public const string OneRosterAMonth = "ix_rosters_project_month";

    /// <summary>One shift of a project of each code.</summary>
    public const string OneShiftOfACode = "ix_shifts_project_code";

    public void Configure(EntityTypeBuilder<Shift> builder)
    {
        builder.ToTable("shifts").HasKey(s => s.Id);
        builder.Property(s => s.Version).IsConcurrencyToken();
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(s => s.Project);
        builder.HasIndex(s => new { s.Project, s.Code }).IsUnique();
        builder.HasMany(s => s.Terms).WithOne().HasForeignKey(t => t.Shift);
        builder.Navigation(s => s.Terms).AutoInclude();
    }

    public void Configure(EntityTypeBuilder<ShiftTerms> builder)
    {
        builder.ToTable("shift_terms").IsAppendOnly().HasKey(t => new { t.Shift, t.Number });
        builder.Property(t => t.Begins).HasConversion(Times);
        builder.Property(t => t.Ends).HasConversion(Times);
    }

    public void Configure(EntityTypeBuilder<Roster> builder)
    {
        builder.ToTable("rosters").HasKey(r => r.Id);
        builder.Property(r => r.Version).IsConcurrencyToken();
        builder.Property(r => r.Needs).HasColumnType("jsonb").HasConversion(
            needs => JsonSerializer.Serialize(needs, CrmJson.Options), json => JsonSerializer.Deserialize<RosterNeeds>(json, CrmJson.Options)!,
            new ValueComparer<RosterNeeds>((a, b) => ReferenceEquals(a, b), needs => needs.GetHashCode(), needs => needs));
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(r => r.Project);
        builder.HasIndex(r => new { r.Project, r.Month }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<ShiftSlot> builder)
    {
        builder.ToTable("shift_slots").HasKey(s => s.Id);
        builder.Property(s => s.Version).IsConcurrencyToken();
        builder.HasOne<Roster>().WithMany().HasForeignKey(s => s.Roster);
        builder.HasIndex(s => new { s.Roster, s.Shift, s.Date }).IsUnique();
        builder.HasIndex(s => new { s.Project, s.StartsAt });
        builder.HasIndex(s => s.RemindAt).HasFilter("remind_at IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<ShiftAssignment> builder)
    {
        builder.ToTable("shift_assignments", table => table.HasCheckConstraint("of_some_time", "starts_at < ends_at AND starts_at < until AND ends_at <= rest_until")).HasKey(a => a.Id);
        builder.HasOne<ShiftSlot>().WithMany().HasForeignKey(a => a.Slot);
        builder.HasOne<Roster>().WithMany().HasForeignKey(a => a.Roster);
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(a => a.Staff);
        builder.HasIndex(a => a.Slot);
        builder.HasIndex(a => a.Roster);
        builder.HasIndex(a => new { a.Staff, a.StartsAt, a.Id });
        builder.HasIndex(a => new { a.Project, a.Until }).HasFilter("off_at IS NULL");
    }

    public void Configure(EntityTypeBuilder<LeaveRequest> builder)
    {
        builder.ToTable("leave_requests", table => table.HasCheckConstraint("of_some_leave", "starts_at < ends_at")).HasKey(l => l.Id);
        builder.Property(l => l.Version).IsConcurrencyToken();
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(l => l.Staff);
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(l => l.Project);
        builder.HasIndex(l => new { l.StartsAt, l.Id });
        builder.HasIndex(l => new { l.Project, l.StartsAt, l.Id });
        builder.HasIndex(l => new { l.Staff, l.StartsAt, l.Id });
    }

    public void Configure(EntityTypeBuilder<ShiftSwap> builder)
    {
        builder.ToTable("shift_swaps").HasKey(s => s.Id);
        builder.Property(s => s.Version).IsConcurrencyToken();
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(s => s.Project);
        builder.HasOne<ShiftAssignment>().WithMany().HasForeignKey(s => s.Offered);
        builder.HasOne<ShiftAssignment>().WithMany().HasForeignKey(s => s.Wanted);
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(s => s.Other);
        builder.HasIndex(s => new { s.Project, s.Id });
        builder.HasIndex(s => new { s.AskedBy, s.Id });
        builder.HasIndex(s => new { s.Other, s.Id });
    }

    private static ValueConverter<LocalTime, TimeOnly> Times { get; } = new(time => time.ToTimeOnly(), time => LocalTime.FromTimeOnly(time));
}
