using Crm.Shared.Audit;
using Crm.Shared.Clocks;
using Crm.Shared.Events;
using Crm.Shared.Idempotency;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Shared.Data;

/// <summary>How the tables that every module has are kept.</summary>
internal sealed class PlatformTables :
    IEntityTypeConfiguration<OutboxEvent>, IEntityTypeConfiguration<OutboxDelivery>, IEntityTypeConfiguration<InboxEntry>,
    IEntityTypeConfiguration<StoredAnswer>, IEntityTypeConfiguration<AuditEntry>, IEntityTypeConfiguration<AuditSeal>, IEntityTypeConfiguration<SealedEntry>,
    IEntityTypeConfiguration<AuditCheck>, IEntityTypeConfiguration<AnchorRow>, IEntityTypeConfiguration<SubjectKey>,
    IEntityTypeConfiguration<IndexGeneration>, IEntityTypeConfiguration<Clock>, IEntityTypeConfiguration<ClockRung>, IEntityTypeConfiguration<PlannedMove>
{
    private const string RealNow = "clock_timestamp()";

    public void Configure(EntityTypeBuilder<OutboxEvent> builder)
    {
        builder.ToTable("outbox_events").IsWrittenOnce().Vacuumed(share: 0.05).HasKey(e => e.Id);
        builder.Property(e => e.Payload).HasColumnType("jsonb");
        builder.Property<DateTime>("RecordedAt").HasDefaultValueSql(RealNow);
        builder.HasIndex(e => new { e.AggregateId, e.Sequence }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<OutboxDelivery> builder)
    {
        builder.ToTable("outbox_deliveries").IsWorkedOff().VacuumedAfter(rows: 1_000).HasKey(d => d.Id);
        builder.HasOne<OutboxEvent>().WithMany().HasForeignKey(d => d.EventId);
        builder.Property(d => d.NextAttemptAt).HasDefaultValueSql(RealNow);
        builder.HasIndex(d => d.NextAttemptAt).HasFilter("parked_at IS NULL AND discarded_at IS NULL");
        builder.HasIndex(d => new { d.Consumer, d.AggregateId, d.Sequence }).IsUnique();
        builder.HasIndex(d => new { d.ParkedAt, d.Id }).HasFilter("parked_at IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<InboxEntry> builder)
    {
        builder.ToTable("inbox").IsWorkedOff().Vacuumed(share: 0.05).HasKey(e => e.EventId);
        builder.Property(e => e.ReceivedAt).HasDefaultValueSql(RealNow);
    }

    public void Configure(EntityTypeBuilder<StoredAnswer> builder)
    {
        builder.ToTable("stored_answers").IsWrittenOnce().Vacuumed(share: 0.05).HasKey(a => a.KeyHash);
        builder.Property<DateTime>("StoredAt").HasDefaultValueSql(RealNow);
        builder.HasIndex("StoredAt");
    }

    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("audit_entries").IsAppendOnly().HasKey(e => e.Id);
        builder.Property(e => e.RecordedAt).HasDefaultValueSql(RealNow);
        // The transaction that wrote it: what is before the oldest one still running will not grow any more, and has been sealed.
        builder.Property<ulong>("Xid").HasColumnType("xid8").HasDefaultValueSql("pg_current_xact_id()");
        builder.HasIndex("Xid");
        // One for each filter of the auditors' list, which is in order of the instant.
        builder.HasIndex(e => e.At);
        builder.HasIndex(e => new { e.SubjectId, e.At });
        builder.HasIndex(e => new { e.Actor, e.At });
        builder.HasIndex(e => new { e.Action, e.At });
        builder.HasIndex(e => new { e.Project, e.At });
    }

    public void Configure(EntityTypeBuilder<AuditSeal> builder)
    {
        builder.ToTable("audit_seals").IsAppendOnly().HasKey(s => s.Number);
        builder.Property(s => s.Number).ValueGeneratedNever();
        builder.Property(s => s.Horizon).HasColumnType("xid8");
    }

    public void Configure(EntityTypeBuilder<SealedEntry> builder)
    {
        builder.ToTable("audit_seal_entries").IsAppendOnly().HasKey(e => e.EntryId);
        builder.HasIndex(e => new { e.Seal, e.Position }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<AuditCheck> builder)
    {
        builder.ToTable("audit_checks").IsAppendOnly().HasKey(c => c.Date);
        builder.Property(c => c.Horizon).HasColumnType("xid8");
    }

    public void Configure(EntityTypeBuilder<AnchorRow> builder) => builder.ToTable("audit_anchors").IsAppendOnly().HasKey(a => a.Date);

    public void Configure(EntityTypeBuilder<SubjectKey> builder) => builder.ToTable("audit_subject_keys").IsWrittenOnce().HasKey(k => new { k.SubjectKind, k.SubjectId });

    public void Configure(EntityTypeBuilder<IndexGeneration> builder)
    {
        builder.ToTable("index_keys").IsAppendOnly().HasKey(g => g.Version);
        builder.Property(g => g.Version).ValueGeneratedNever();
        builder.Property(g => g.Since).HasDefaultValueSql(RealNow);
    }

    public void Configure(EntityTypeBuilder<Clock> builder)
    {
        builder.ToTable("clocks").Vacuumed(share: 0.02).HasKey(c => c.Id);
        builder.Ignore(c => c.IsRunning).Ignore(c => c.WarnPercent);
        builder.HasMany(c => c.Rungs).WithOne().HasForeignKey(r => r.ClockId);
        builder.HasIndex(c => c.NextRungAt).HasFilter("next_rung_at IS NOT NULL");
        builder.HasIndex(c => new { c.SubjectId, c.Cycle, c.Kind }).IsUnique().HasFilter("ended_at IS NULL");
        builder.HasIndex(c => c.SubjectId);
    }

    public void Configure(EntityTypeBuilder<ClockRung> builder) =>
        builder.ToTable("clock_rungs").IsAppendOnly().HasKey(r => new { r.ClockId, r.Rung });

    public void Configure(EntityTypeBuilder<PlannedMove> builder)
    {
        builder.ToTable("planned_moves").IsWorkedOff().HasKey(m => new { m.PreviewId, m.ClockId });
        builder.HasIndex(m => m.ClockId).HasFilter("outcome = 'moved'");
        builder.HasIndex(m => m.ReleasedAt).HasFilter("released_at IS NOT NULL AND outcome IS NULL");
    }
}
