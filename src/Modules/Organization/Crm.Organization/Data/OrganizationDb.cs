using System.Text.Json;
using Crm.Organization.Agents;
using Crm.Organization.Appraisals;
using Crm.Organization.Calendar;
using Crm.Organization.Customers;
using Crm.Organization.Erasures;
using Crm.Organization.Presence;
using Crm.Organization.Violations;
using Crm.Shared.Data;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Organization.Data;

/// <summary>The schema <c>organization</c>.</summary>
internal sealed class OrganizationDb(DbContextOptions<OrganizationDb> options) : ModuleDb(options)
{
    public override string Schema => OrganizationModule.Schema;

    public override async Task<IReadOnlyList<IHoldsRecordKey>> RecordKeysAsync(Guid[] records, CancellationToken ct) => await Customers.Where(c => records.Contains(c.Id)).ToListAsync(ct);

    public DbSet<Company> Companies => Set<Company>();

    public DbSet<Area> Areas => Set<Area>();

    public DbSet<ProjectRow> Projects => Set<ProjectRow>();

    public DbSet<Department> Departments => Set<Department>();

    public DbSet<DepartmentDuty> Duties => Set<DepartmentDuty>();

    public DbSet<StaffRow> Staff => Set<StaffRow>();

    public DbSet<Role> Roles => Set<Role>();

    public DbSet<RoleAssignment> Assignments => Set<RoleAssignment>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<PolicyValue> PolicyValues => Set<PolicyValue>();

    public DbSet<ChangePreview> Previews => Set<ChangePreview>();

    public DbSet<Erasure> Erasures => Set<Erasure>();

    public DbSet<AppliedCorrection> Corrections => Set<AppliedCorrection>();

    public DbSet<PersonPresence> Presences => Set<PersonPresence>();

    public DbSet<PresenceChange> PresenceChanges => Set<PresenceChange>();

    public DbSet<CallEvent> CallEvents => Set<CallEvent>();

    public DbSet<ViolationKind> ViolationKinds => Set<ViolationKind>();

    public DbSet<ViolationKindVersion> ViolationKindVersions => Set<ViolationKindVersion>();

    public DbSet<Violation> Violations => Set<Violation>();

    public DbSet<AppraisalForm> AppraisalForms => Set<AppraisalForm>();

    public DbSet<Appraisal> Appraisals => Set<Appraisal>();

    public DbSet<Customer> Customers => Set<Customer>();

    /// <summary>ORG-07: everything that was put right in the calendar, in its order.</summary>
    public async Task<IReadOnlyList<CalendarCorrection>> CorrectionsAsync(CancellationToken ct) =>
        [.. (await Corrections.AsNoTracking().OrderBy(c => c.Number).ToListAsync(ct)).Select(c => JsonSerializer.Deserialize<CalendarCorrection>(c.Json, CrmJson.Options)!)];

    /// <summary>
    /// Tells every host that its picture of the organization is old. Part of the change's own transaction. Its row lock makes other changes
    /// wait: taken first, what is looked at afterwards stays true until the change is committed.
    /// </summary>
    public Task ChangeDirectoryAsync(CancellationToken ct) => Database.ExecuteSqlAsync($"UPDATE organization.directory_version SET version = version + 1", ct);

    /// <summary>
    /// Takes the row lock under which what is recorded of one person comes one after the other: their presence, their violations. Rows that only
    /// refer to the person do not wait for it.
    /// </summary>
    public Task LockStaffAsync(string staff, CancellationToken ct) => Database.ExecuteSqlAsync($"SELECT 1 FROM organization.staff WHERE code = {staff} FOR NO KEY UPDATE", ct);
}

internal sealed class OrganizationTables :
    IEntityTypeConfiguration<Company>, IEntityTypeConfiguration<Area>, IEntityTypeConfiguration<ProjectRow>, IEntityTypeConfiguration<Department>,
    IEntityTypeConfiguration<DepartmentDuty>, IEntityTypeConfiguration<StaffRow>, IEntityTypeConfiguration<Role>, IEntityTypeConfiguration<RoleAssignment>,
    IEntityTypeConfiguration<ApiKey>, IEntityTypeConfiguration<PolicyValue>, IEntityTypeConfiguration<DirectoryVersion>,
    IEntityTypeConfiguration<ChangePreview>, IEntityTypeConfiguration<AppliedCorrection>
{
    public void Configure(EntityTypeBuilder<Company> builder) => Part(builder, "companies");

    public void Configure(EntityTypeBuilder<Area> builder)
    {
        Part(builder, "areas");
        builder.HasOne<Company>().WithMany().HasForeignKey(a => a.Company);
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(a => a.Manager);
        builder.HasAlternateKey(a => new { a.Code, a.Company });
    }

    public void Configure(EntityTypeBuilder<ProjectRow> builder)
    {
        Part(builder, "projects");
        builder.HasOne<Company>().WithMany().HasForeignKey(p => p.Company);
        // The area is one of the project's own company.
        builder.HasOne<Area>().WithMany().HasForeignKey(p => new { p.Area, p.Company }).HasPrincipalKey(a => new { a.Code, a.Company }).IsRequired(false);
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(p => p.ServiceDesk);
    }

    public void Configure(EntityTypeBuilder<Department> builder)
    {
        Part(builder, "departments");
        builder.ToTable(table => table.HasCheckConstraint("of_one_place", "num_nonnulls(company, project) = 1"));
        builder.HasOne<Company>().WithMany().HasForeignKey(d => d.Company);
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(d => d.Project);
    }

    public void Configure(EntityTypeBuilder<DepartmentDuty> builder)
    {
        builder.ToTable("department_duties").IsWorkedOff().HasKey(d => new { d.Department, d.Matter });
        builder.HasOne<Department>().WithMany().HasForeignKey(d => d.Department);
    }

    public void Configure(EntityTypeBuilder<StaffRow> builder)
    {
        builder.ToTable("staff").HasKey(s => s.Code);
        builder.Property(s => s.Version).IsConcurrencyToken();
        builder.HasOne<Department>().WithMany().HasForeignKey(s => s.Department);
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(s => s.Successor);
        // Who comes back after having left gets a new code, and signs in as before.
        builder.HasIndex(s => s.Subject).IsUnique().HasFilter("active");
    }

    public void Configure(EntityTypeBuilder<Role> builder)
    {
        builder.ToTable("roles").IsWorkedOff().HasKey(r => r.Name);
        builder.Property(r => r.Version).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<RoleAssignment> builder)
    {
        builder.ToTable("role_assignments", table => table.HasCheckConstraint("of_one_scope", "num_nonnulls(company, area, project) <= 1")).IsWorkedOff().HasKey(a => a.Id);
        builder.Ignore(a => a.Scope);
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(a => a.Staff);
        builder.HasOne<Role>().WithMany().HasForeignKey(a => a.Role);
        builder.HasOne<Company>().WithMany().HasForeignKey(a => a.Company);
        builder.HasOne<Area>().WithMany().HasForeignKey(a => a.Area);
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(a => a.Project);
        builder.HasIndex(a => new { a.Staff, a.Role, a.Company, a.Area, a.Project }).IsUnique().AreNullsDistinct(false);
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

    private static void Part<T>(EntityTypeBuilder<T> builder, string table) where T : Part
    {
        builder.ToTable(table).HasKey(p => p.Code);
        builder.Property(p => p.Version).IsConcurrencyToken();
    }
}
