using Crm.Shared.Data;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Complaints.Data;

/// <summary>The schema <c>complaints</c>.</summary>
internal sealed class ComplaintsDb(DbContextOptions<ComplaintsDb> options) : ModuleDb(options)
{
    public const string Numbers = "complaints.case_numbers";

    public override string Schema => ComplaintsModule.Schema;

    public DbSet<Complaint> Complaints => Set<Complaint>();

    public DbSet<ComplaintRecord> Records => Set<ComplaintRecord>();

    public DbSet<Step> Steps => Set<Step>();

    /// <summary>ORG-12: what can be erased of a case.</summary>
    public DbSet<Complainant> Complainants => Set<Complainant>();

    public DbSet<Category> Categories => Set<Category>();

    public override async Task<IReadOnlyList<IHoldsRecordKey>> RecordKeysAsync(Guid[] records, CancellationToken ct) =>
        await Complainants.Where(p => records.Contains(p.ComplaintId)).ToListAsync(ct);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.HasSequence<long>("case_numbers").IncrementsBy(NumberBlock.Size);
    }
}

internal sealed class ComplaintTables :
    IEntityTypeConfiguration<Complaint>, IEntityTypeConfiguration<ComplaintRecord>, IEntityTypeConfiguration<Step>,
    IEntityTypeConfiguration<Supplement>, IEntityTypeConfiguration<Category>, IEntityTypeConfiguration<Complainant>
{
    public void Configure(EntityTypeBuilder<Complaint> builder)
    {
        builder.ToTable("complaints").HasKey(c => c.Id);
        builder.Property(c => c.Version).IsConcurrencyToken();
        builder.HasOne(c => c.Record).WithOne().HasForeignKey<ComplaintRecord>(r => r.ComplaintId);
        builder.HasOne(c => c.Complainant).WithOne().HasForeignKey<Complainant>(p => p.ComplaintId);
        builder.HasMany(c => c.Clocks).WithOne().HasForeignKey(c => c.SubjectId);
        builder.HasMany(c => c.Steps).WithOne().HasForeignKey(s => s.ComplaintId);
        builder.HasMany(c => c.Supplements).WithOne().HasForeignKey(s => s.ComplaintId);
        builder.HasIndex(c => new { c.RegisteredAt, c.Id });
        builder.HasIndex(c => new { c.Project, c.RegisteredAt, c.Id });
        builder.HasIndex(c => new { c.Project, c.Status, c.RegisteredAt, c.Id });
        builder.HasIndex(c => new { c.Project, c.Severity, c.RegisteredAt, c.Id });
        builder.HasIndex(c => new { c.Project, c.Kind, c.RegisteredAt, c.Id });
        builder.HasIndex(c => new { c.Status, c.RegisteredAt, c.Id });
        builder.HasIndex(c => new { c.Handler, c.Id }).HasFilter("handler IS NOT NULL AND status <> 'archived' AND status <> 'withdrawn'");
        builder.HasIndex(c => c.Handler).HasFilter("handler IS NOT NULL");
        builder.HasIndex(c => new { c.CustomerId, c.RegisteredAt }).HasFilter("customer_id IS NOT NULL");
        builder.HasIndex(c => new { c.EarliestDueAt, c.Project }).HasFilter("earliest_due_at IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<ComplaintRecord> builder)
    {
        builder.ToTable("complaint_records").IsAppendOnly().HasKey(r => r.ComplaintId);
        builder.Ignore(r => r.Exemption).Ignore(r => r.NobodyToWriteTo).Ignore(r => r.RecordId);
        builder.Property(r => r.Content).IsPersonal();
        builder.Property(r => r.Demand).IsPersonal();
        builder.Property(r => r.CustomerName).IsPersonal();
        builder.HasOne<Category>().WithMany().HasForeignKey(r => new { r.Project, r.Category }).HasConstraintName(CategoryKey);
        builder.HasIndex(r => new { r.SourceSystem, r.SourceTicket, r.Project }).IsUnique().HasFilter("source_system IS NOT NULL");
        builder.HasIndex(r => r.Number).IsUnique();
        builder.HasIndex(r => new { r.RegisteredBy, r.RegisteredAt });
    }

    public void Configure(EntityTypeBuilder<Step> builder)
    {
        builder.ToTable("complaint_steps").IsAppendOnly().HasKey(s => s.Id);
        builder.Ignore(s => s.RecordId).Property(s => s.Text).IsPersonal();
        builder.Property(s => s.How).IsPersonal();
        builder.HasIndex(s => new { s.ComplaintId, s.At, s.Id });
        builder.HasIndex(s => new { s.By, s.At }).HasFilter("kind = 'resolved'");
    }

    public void Configure(EntityTypeBuilder<Supplement> builder)
    {
        builder.ToTable("complaint_supplements").IsAppendOnly().HasKey(s => s.Id);
        builder.Ignore(s => s.RecordId).Property(s => s.Content).IsPersonal();
        builder.HasIndex(s => new { s.ComplaintId, s.At });
    }

    public void Configure(EntityTypeBuilder<Complainant> builder)
    {
        builder.ToTable("complainants").IsWorkedOff().HasKey(p => p.ComplaintId);
        builder.Ignore(p => p.RecordId).Ignore(p => p.IsErased).Property(p => p.SealedKey).IsRequired();
        builder.HasIndex(p => p.PhoneIndex).HasFilter("phone_index IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<Category> builder) => builder.ToTable("categories").HasKey(c => new { c.Project, c.Code });

    /// <summary>The constraint by which the database refuses a category that the project does not have.</summary>
    public const string CategoryKey = "fk_complaint_records_category";
}
