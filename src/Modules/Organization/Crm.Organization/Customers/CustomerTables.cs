using Crm.Shared.Data;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Organization.Customers;

/// <summary>ORG-16: how the directory is kept. Its unique indexes are what makes one person one record.</summary>
internal sealed class CustomerTables :
    IEntityTypeConfiguration<Customer>, IEntityTypeConfiguration<CustomerPhone>, IEntityTypeConfiguration<CustomerHome>, IEntityTypeConfiguration<CustomerProject>,
    IEntityTypeConfiguration<CustomerSubject>, IEntityTypeConfiguration<CustomerConsent>,
    IEntityTypeConfiguration<ReportedFact>, IEntityTypeConfiguration<CustomerGrading>, IEntityTypeConfiguration<CustomerBackfill>
{
    /// <summary>By which the database refuses a phone that is another customer's.</summary>
    public const string PhoneKey = "ix_customer_phones_phone_index";

    /// <summary>By which the database refuses an identity number that is another customer's.</summary>
    public const string NationalIdKey = "ix_customers_national_id_index";

    public void Configure(EntityTypeBuilder<Customer> builder)
    {
        builder.ToTable("customers").HasKey(c => c.Id);
        builder.Property(c => c.Version).IsConcurrencyToken();
        builder.Ignore(c => c.PhonesInOrder).Ignore(c => c.RecordId).Ignore(c => c.IsErased);
        builder.HasMany(c => c.Phones).WithOne().HasForeignKey(p => p.CustomerId);
        builder.HasMany(c => c.Homes).WithOne().HasForeignKey(h => h.CustomerId);
        builder.HasMany(c => c.Projects).WithOne().HasForeignKey(p => p.CustomerId);
        builder.HasOne<Customer>().WithMany().HasForeignKey(c => c.MergedInto);
        builder.HasIndex(c => c.MergedInto).HasFilter("merged_into IS NOT NULL");
        builder.HasIndex(c => c.NationalIdIndex, NationalIdKey).IsUnique().HasFilter("national_id_index IS NOT NULL");
        builder.HasIndex(c => new { c.Grade, c.Id }).HasFilter("merged_into IS NULL");
    }

    public void Configure(EntityTypeBuilder<CustomerPhone> builder)
    {
        builder.ToTable("customer_phones").IsWorkedOff().HasKey(p => p.Id);
        builder.HasIndex(p => p.PhoneIndex, PhoneKey).IsUnique();
        builder.HasIndex(p => p.CustomerId);
    }

    public void Configure(EntityTypeBuilder<CustomerHome> builder)
    {
        builder.ToTable("customer_homes").IsWorkedOff().HasKey(h => h.Id);
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(h => h.Project);
        builder.HasIndex(h => new { h.CustomerId, h.Project, h.Building, h.Unit }).IsUnique().AreNullsDistinct(false);
    }

    public void Configure(EntityTypeBuilder<CustomerProject> builder)
    {
        builder.ToTable("customer_projects").IsWorkedOff().HasKey(p => new { p.CustomerId, p.Project });
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(p => p.Project);
        builder.HasIndex(p => new { p.Project, p.CustomerId });
        builder.HasIndex(p => new { p.Project, p.Grade, p.CustomerId });
    }

    public void Configure(EntityTypeBuilder<CustomerSubject> builder)
    {
        builder.ToTable("customer_subjects").HasKey(s => new { s.SubjectId, s.SubjectKind });
        builder.HasOne<Customer>().WithMany().HasForeignKey(s => s.CustomerId);
        builder.HasIndex(s => s.CustomerId);
    }

    public void Configure(EntityTypeBuilder<CustomerConsent> builder)
    {
        builder.ToTable("customer_consents").IsAppendOnly().HasKey(c => c.Id);
        builder.HasOne<Customer>().WithMany().HasForeignKey(c => c.CustomerId);
        builder.HasIndex(c => new { c.CustomerId, c.Purpose, c.At, c.Id });
    }

    public void Configure(EntityTypeBuilder<ReportedFact> builder)
    {
        builder.ToTable("customer_facts").IsAppendOnly().HasKey(f => new { f.EventId, f.Fact });
        builder.HasIndex(f => new { f.SubjectKind, f.SubjectId });
    }

    public void Configure(EntityTypeBuilder<CustomerGrading> builder)
    {
        builder.ToTable("customer_gradings").IsAppendOnly().HasKey(g => g.Id);
        builder.Ignore(g => g.RecordId).Property(g => g.Reason).IsPersonal();
        builder.HasOne<Customer>().WithMany().HasForeignKey(g => g.CustomerId);
        builder.HasIndex(g => new { g.CustomerId, g.At, g.Id });
    }

    public void Configure(EntityTypeBuilder<CustomerBackfill> builder) => builder.ToTable("customer_backfills").HasKey(b => b.SubjectKind);
}
