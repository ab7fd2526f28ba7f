using System.Text.Json;
using Crm.Organization.Contracts;
using Crm.Shared.Data;
using Crm.Shared.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using NodaTime;

namespace Crm.Organization.Violations;

/// <summary>ORG-13: how violations are kept.</summary>
internal sealed class ViolationTables :
    IEntityTypeConfiguration<ViolationKind>, IEntityTypeConfiguration<ViolationKindVersion>, IEntityTypeConfiguration<Violation>, IEntityTypeConfiguration<ViolationStep>
{
    /// <summary>The key that makes a module's finding one violation.</summary>
    public const string ReferenceKey = "ux_violations_reference";

    /// <summary>LEA-08: as the source says it, and there from the start.</summary>
    private static readonly ViolationTerms Tampering = new(
        "Tampering with records", "篡改登记或跟进记录", "擅自更改、删除客户登记或跟进记录，经查实。",
        new Ladder([[new(SanctionMeasure.PublicCriticism), new(SanctionMeasure.CommissionForfeiture)], [new(SanctionMeasure.DismissalProposed)]], WindowMonths: null));

    public void Configure(EntityTypeBuilder<ViolationKind> builder)
    {
        builder.ToTable("violation_kinds").HasKey(k => k.Code);
        builder.Property(k => k.Version).IsConcurrencyToken();
        builder.HasData(new { Id = new Guid("0193fc00-0000-7000-8000-000000000008"), Code = StandardViolations.RecordTampering, Version = 1, EventSequence = 0L });
    }

    public void Configure(EntityTypeBuilder<ViolationKindVersion> builder)
    {
        builder.ToTable("violation_kind_versions").IsAppendOnly().HasKey(v => new { v.Kind, v.Version });
        builder.HasOne<ViolationKind>().WithMany().HasForeignKey(v => v.Kind);
        Json(builder.Property(v => v.Terms));
        builder.HasData(new { Kind = StandardViolations.RecordTampering, Version = 1, Terms = Tampering, By = "rule:LEA-08", Reason = "LEA-08", At = Instant.FromUtc(2020, 1, 1, 0, 0) });
    }

    public void Configure(EntityTypeBuilder<Violation> builder)
    {
        builder.ToTable("violations").HasKey(v => v.Id);
        builder.Property(v => v.Version).IsConcurrencyToken();
        builder.Ignore(v => v.Offence);
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(v => v.Staff);
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(v => v.Project);
        builder.HasOne<ViolationKindVersion>().WithMany().HasForeignKey(v => new { v.Kind, v.KindVersion });
        builder.HasMany(v => v.Steps).WithOne().HasForeignKey(s => s.ViolationId);
        Json(builder.Property(v => v.Sanctions));
        // Two recorded at once do not get the same place.
        builder.HasIndex(v => new { v.Staff, v.Kind, v.Place }).IsUnique();
        builder.HasIndex(v => new { v.Source, v.Reference }).IsUnique().HasDatabaseName(ReferenceKey).HasFilter("source IS NOT NULL");
        builder.HasIndex(v => new { v.Project, v.Id });
        builder.HasIndex(v => new { v.Staff, v.Id });
        builder.HasIndex(v => new { v.Kind, v.Id });
        builder.HasIndex(v => new { v.State, v.Id });
    }

    public void Configure(EntityTypeBuilder<ViolationStep> builder)
    {
        builder.ToTable("violation_steps").IsAppendOnly().HasKey(s => s.Id);
        builder.HasIndex(s => new { s.ViolationId, s.At, s.Id });
        Json(builder.Property(s => s.Sanctions));
    }

    /// <summary>A value as JSON, compared by what it says.</summary>
    private static void Json<T>(PropertyBuilder<T> property) where T : class => property.HasColumnType("jsonb").HasConversion(
        value => JsonSerializer.Serialize(value, CrmJson.Options), json => JsonSerializer.Deserialize<T>(json, CrmJson.Options)!,
        new ValueComparer<T>((one, other) => JsonSerializer.Serialize(one, CrmJson.Options) == JsonSerializer.Serialize(other, CrmJson.Options), value => JsonSerializer.Serialize(value, CrmJson.Options).GetHashCode(StringComparison.Ordinal)));
}
