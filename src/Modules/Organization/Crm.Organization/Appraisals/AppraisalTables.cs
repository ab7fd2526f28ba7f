using System.Text.Json;
using Crm.Shared.Access;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Organization.Appraisals;

/// <summary>ORG-14: how appraisals are kept.</summary>
internal sealed class AppraisalTables : IEntityTypeConfiguration<AppraisalForm>, IEntityTypeConfiguration<Appraisal>, IEntityTypeConfiguration<AppraisalStep>
{
    /// <summary>One appraisal of a person, by one form, for one period.</summary>
    public const string OneKey = "ux_appraisals_one";

    /// <summary>What the caller is told whose appraisal there is already.</summary>
    public static readonly ConstraintMeaning One = new(OneKey, () => new BrokenRule("ORG-14", new Text(
        "There is an appraisal of this person by this form for this period already.", "该员工在此考核期已有同一表单的考核。")));

    public void Configure(EntityTypeBuilder<AppraisalForm> builder)
    {
        builder.ToTable("appraisal_forms").HasKey(f => f.Code);
        builder.Property(f => f.Version).IsConcurrencyToken();
        Json(builder.Property(f => f.Criteria));
    }

    public void Configure(EntityTypeBuilder<Appraisal> builder)
    {
        builder.ToTable("appraisals", table => table.HasCheckConstraint("nobody_themselves", "appraiser <> staff AND confirmed_by <> staff AND confirmed_by <> appraiser")).HasKey(a => a.Id);
        builder.Property(a => a.Version).IsConcurrencyToken();
        builder.Property(a => a.Total).HasPrecision(5, 2);
        builder.Ignore(a => a.Period);
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(a => a.Staff);
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(a => a.Project);
        builder.HasOne<AppraisalForm>().WithMany().HasForeignKey(a => a.Form);
        builder.HasMany(a => a.Steps).WithOne().HasForeignKey(s => s.AppraisalId);
        Json(builder.Property(a => a.Criteria));
        Json(builder.Property(a => a.Given));
        Json(builder.Property(a => a.Figures));
        builder.HasIndex(a => new { a.Staff, a.Project, a.Form, a.PeriodKind, a.PeriodStart }).IsUnique().HasDatabaseName(OneKey);
        builder.HasIndex(a => new { a.Project, a.Id });
        builder.HasIndex(a => new { a.Project, a.PeriodStart, a.Id });
        builder.HasIndex(a => new { a.PeriodStart, a.Id });
        builder.HasIndex(a => new { a.Staff, a.Id });
        builder.HasIndex(a => new { a.State, a.Id });
        builder.HasIndex(a => a.Appraiser).HasFilter("state <> 'confirmed'");
    }

    public void Configure(EntityTypeBuilder<AppraisalStep> builder)
    {
        builder.ToTable("appraisal_steps").IsAppendOnly().HasKey(s => s.Id);
        builder.Property(s => s.Total).HasPrecision(5, 2);
        builder.HasIndex(s => new { s.AppraisalId, s.At, s.Id });
        Json(builder.Property(s => s.Figures));
        Json(builder.Property(s => s.Given));
    }

    private static void Json<T>(PropertyBuilder<T> property) where T : class => property.HasColumnType("jsonb").HasConversion(
        value => JsonSerializer.Serialize(value, CrmJson.Options), json => JsonSerializer.Deserialize<T>(json, CrmJson.Options)!,
        new ValueComparer<T>((one, other) => JsonSerializer.Serialize(one, CrmJson.Options) == JsonSerializer.Serialize(other, CrmJson.Options), value => JsonSerializer.Serialize(value, CrmJson.Options).GetHashCode(StringComparison.Ordinal)));
}

/// <summary>ORG-14: who may see what.</summary>
internal static class AppraisalScope
{
    public static IQueryable<Appraisal> VisibleIn(this IQueryable<Appraisal> appraisals, ProjectScope scope)
    {
        if (scope.Everywhere) return appraisals;
        if (scope.Projects.Count != 1) return appraisals.Where(a => scope.Projects.Contains(a.Project));
        var only = scope.Projects.Single();
        return appraisals.Where(a => a.Project == only);
    }

    /// <summary>Those that can still change.</summary>
    public static IQueryable<Appraisal> Unconfirmed(this IQueryable<Appraisal> appraisals) => appraisals.Where(a => a.State != AppraisalState.Confirmed);
}
