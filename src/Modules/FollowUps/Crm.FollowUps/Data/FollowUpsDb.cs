using Crm.Shared.Data;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.FollowUps.Data;

/// <summary>The schema <c>followups</c>.</summary>
internal sealed class FollowUpsDb(DbContextOptions<FollowUpsDb> options) : ModuleDb(options)
{
    public const string Numbers = "followups.follow_up_numbers";

    public override string Schema => FollowUpsModule.Schema;

    public DbSet<FollowUp> FollowUps => Set<FollowUp>();

    /// <summary>
    /// Takes the origin's row and moves it to this cycle unless it is further already.
    /// </summary>
    /// <returns>The newest cycle this module has heard of, and whom the case is about, where that is known.</returns>
    public async Task<(int Cycle, Guid? Customer)> ReachCycleAsync(Guid originId, int cycle, CancellationToken ct)
    {
        await using var batch = Batch();
        batch.BatchCommands.Add(new Npgsql.NpgsqlBatchCommand("""
            INSERT INTO followups.origin_cycles AS o (origin_id, cycle) VALUES ($1, $2)
            ON CONFLICT (origin_id) DO UPDATE SET cycle = greatest(o.cycle, excluded.cycle) RETURNING cycle, customer_id
            """)
        {
            Parameters = { new() { Value = originId }, new() { Value = cycle } },
        });
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetGuid(1));
    }

    /// <summary>
    /// ORG-16: takes the origin's row and puts down whom it is about, and the same for its follow-ups. Whichever comes first, this or the plan of
    /// a follow-up, the one that comes second waits for the row and sees the first.
    /// </summary>
    public async Task LinkAsync(Guid originId, Guid customer, CancellationToken ct)
    {
        await using var batch = Batch();
        batch.BatchCommands.Add(new Npgsql.NpgsqlBatchCommand("""
            INSERT INTO followups.origin_cycles (origin_id, cycle, customer_id) VALUES ($1, 0, $2) ON CONFLICT (origin_id) DO UPDATE SET customer_id = excluded.customer_id
            """)
        {
            Parameters = { new() { Value = originId }, new() { Value = customer } },
        });
        batch.BatchCommands.Add(new Npgsql.NpgsqlBatchCommand("UPDATE followups.follow_ups SET customer_id = $2 WHERE origin_id = $1")
        {
            Parameters = { new() { Value = originId }, new() { Value = customer } },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.HasSequence<long>("follow_up_numbers").IncrementsBy(NumberBlock.Size);
    }
}

internal sealed class FollowUpTables : IEntityTypeConfiguration<FollowUp>, IEntityTypeConfiguration<Visit>, IEntityTypeConfiguration<PassedOn>, IEntityTypeConfiguration<OriginCycle>
{
    public void Configure(EntityTypeBuilder<FollowUp> builder)
    {
        builder.ToTable("follow_ups").HasKey(f => f.Id);
        builder.Property(f => f.Version).IsConcurrencyToken();
        builder.Ignore(f => f.RecordId).Ignore(f => f.IsErased);
        builder.HasMany(f => f.Clocks).WithOne().HasForeignKey(c => c.SubjectId);
        builder.HasMany(f => f.Visits).WithOne().HasForeignKey(v => v.FollowUpId);
        builder.HasMany(f => f.PassedOn).WithOne().HasForeignKey(p => p.FollowUpId);
        // FUP-02: exactly one follow-up per resolution round, however often the event arrives.
        builder.HasIndex(f => new { f.OriginId, f.OriginCycle, f.Round }).IsUnique();
        builder.HasIndex(f => f.Number).IsUnique();
        builder.HasIndex(f => new { f.CustomerId, f.PlannedAt }).HasFilter("customer_id IS NOT NULL");
        builder.HasIndex(f => new { f.DueAt, f.Id });
        builder.HasIndex(f => new { f.Project, f.DueAt, f.Id });
        builder.HasIndex(f => new { f.Project, f.State, f.DueAt, f.Id });
        builder.HasIndex(f => new { f.State, f.DueAt, f.Id });
        builder.HasIndex(f => new { f.Assignee, f.DueAt, f.Id });
        builder.HasIndex(f => new { f.Assignee, f.State, f.DueAt, f.Id });
        builder.HasIndex(f => new { f.SettledBy, f.EndedAt }).HasFilter("state = 'completed'");
    }

    public void Configure(EntityTypeBuilder<Visit> builder)
    {
        builder.ToTable("visits").IsAppendOnly().HasKey(v => v.Id);
        builder.Ignore(v => v.RecordId).Property(v => v.Shortcomings).IsPersonal();
        builder.Property(v => v.Suggestions).IsPersonal();
        builder.Property(v => v.Remarks).IsPersonal();
        builder.Property(v => v.Signature).IsPersonal();
        builder.HasIndex(v => new { v.FollowUpId, v.At });
    }

    public void Configure(EntityTypeBuilder<PassedOn> builder)
    {
        builder.ToTable("passed_on").IsAppendOnly().HasKey(p => p.Id);
        builder.HasIndex(p => p.FollowUpId);
    }

    public void Configure(EntityTypeBuilder<OriginCycle> builder)
    {
        builder.ToTable("origin_cycles").HasKey(o => o.OriginId);
        builder.HasIndex(o => o.CustomerId).HasFilter("customer_id IS NOT NULL");
    }
}
