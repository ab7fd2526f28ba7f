using System.Text.Json;
using Crm.Organization.Calendar;
using Crm.Shared.Data;
using Crm.Shared.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Organization.Data;

/// <summary>The schema <c>organization</c>.</summary>
internal sealed class OrganizationDb(DbContextOptions<OrganizationDb> options) : ModuleDb(options)
{
    public override string Schema => OrganizationModule.Schema;

    public DbSet<ProjectRow> Projects => Set<ProjectRow>();

    public DbSet<StaffRow> Staff => Set<StaffRow>();

    public DbSet<Role> Roles => Set<Role>();

    public DbSet<RoleAssignment> Assignments => Set<RoleAssignment>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<PolicyValue> PolicyValues => Set<PolicyValue>();

    public DbSet<ChangePreview> Previews => Set<ChangePreview>();

    public DbSet<AppliedCorrection> Corrections => Set<AppliedCorrection>();

    /// <summary>ORG-07: everything that was put right in the calendar, in its order.</summary>
    public async Task<IReadOnlyList<CalendarCorrection>> CorrectionsAsync(CancellationToken ct) =>
        [.. (await Corrections.AsNoTracking().OrderBy(c => c.Number).ToListAsync(ct)).Select(c => JsonSerializer.Deserialize<CalendarCorrection>(c.Json, CrmJson.Options)!)];

    /// <summary>Tells every host that its picture of the organization is old. Part of the change's own transaction.</summary>
    public Task ChangeDirectoryAsync(CancellationToken ct) => Database.ExecuteSqlAsync($"UPDATE organization.directory_version SET version = version + 1", ct);
}

internal sealed class OrganizationTables :
    IEntityTypeConfiguration<ProjectRow>, IEntityTypeConfiguration<StaffRow>, IEntityTypeConfiguration<Role>,
    IEntityTypeConfiguration<RoleAssignment>, IEntityTypeConfiguration<ApiKey>, IEntityTypeConfiguration<PolicyValue>, IEntityTypeConfiguration<DirectoryVersion>,
    IEntityTypeConfiguration<ChangePreview>, IEntityTypeConfiguration<AppliedCorrection>
{
    public void Configure(EntityTypeBuilder<ProjectRow> builder)
    {
        builder.ToTable("projects").HasKey(p => p.Code);
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(p => p.ServiceDesk);
    }

    public void Configure(EntityTypeBuilder<StaffRow> builder)
    {
        builder.ToTable("staff").HasKey(s => s.Code);
        builder.HasIndex(s => s.Subject).IsUnique();
    }

    public void Configure(EntityTypeBuilder<Role> builder) => builder.ToTable("roles").HasKey(r => r.Name);

    public void Configure(EntityTypeBuilder<RoleAssignment> builder)
    {
        builder.ToTable("role_assignments").HasKey(a => a.Id);
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(a => a.Staff);
        builder.HasOne<Role>().WithMany().HasForeignKey(a => a.Role);
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(a => a.Project);
        builder.HasIndex(a => new { a.Staff, a.Role, a.Project }).IsUnique().AreNullsDistinct(false);
    }

    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_keys").HasKey(k => k.Id);
        builder.Property(k => k.Version).IsConcurrencyToken();
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(k => k.Project);
        builder.HasIndex(k => k.Prefix).IsUnique();
        builder.HasIndex(k => new { k.CreatedAt, k.Id });
    }

    public void Configure(EntityTypeBuilder<PolicyValue> builder)
    {
        builder.ToTable("policy_values").IsAppendOnly().HasKey(v => new { v.Project, v.Name, v.Version });
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(v => v.Project);
        builder.Property(v => v.Json).HasColumnType("jsonb");
    }

    public void Configure(EntityTypeBuilder<ChangePreview> builder)
    {
        builder.ToTable("change_previews").HasKey(p => p.Id);
        builder.Property(p => p.Version).IsConcurrencyToken();
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(p => p.Project);
        builder.Property(p => p.Change).HasColumnType("jsonb");
    }

    public void Configure(EntityTypeBuilder<AppliedCorrection> builder)
    {
        builder.ToTable("calendar_corrections").IsAppendOnly().HasKey(c => c.Number);
        builder.Property(c => c.Json).HasColumnType("jsonb");
    }

    public void Configure(EntityTypeBuilder<DirectoryVersion> builder)
    {
        builder.ToTable("directory_version", table => table.HasCheckConstraint("one_row", "id = 1")).HasKey(v => v.Id);
        builder.Property(v => v.Id).ValueGeneratedNever();
        builder.HasData(new { Id = 1, Version = 1L });
    }
}
