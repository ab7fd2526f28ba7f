using System.Text.Json;
using Crm.Shared.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Organization.Estate;

/// <summary>ORG-01: how buildings, units and stations are kept.</summary>
internal sealed class EstateTables : IEntityTypeConfiguration<Building>, IEntityTypeConfiguration<Unit>, IEntityTypeConfiguration<Station>
{
    public const string BuildingKey = "pk_buildings";
    public const string BuildingName = "ix_buildings_project_name";
    public const string UnitNumber = "ix_units_project_building_number";
    public const string StationKey = "pk_stations";

    private static readonly ValueComparer<IReadOnlyList<OpeningHours>> SameHours = new(
        (a, b) => a!.SequenceEqual(b!), hours => hours.Aggregate(0, (hash, h) => HashCode.Combine(hash, h)), hours => hours);

    public void Configure(EntityTypeBuilder<Building> builder)
    {
        builder.ToTable("buildings").HasKey(b => new { b.Project, b.Code });
        builder.Property(b => b.Version).IsConcurrencyToken();
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(b => b.Project);
        // Files name buildings by their names.
        builder.HasIndex(b => new { b.Project, b.Name }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<Unit> builder)
    {
        builder.ToTable("units", table =>
        {
            table.HasCheckConstraint("floor_is_one", "floor BETWEEN -9 AND 200 AND floor <> 0");
            table.HasCheckConstraint("area_is_one", "area > 0");
        }).HasKey(u => u.Id);
        builder.Property(u => u.Version).IsConcurrencyToken();
        builder.Property(u => u.Area).HasPrecision(10, 2);
        builder.Ignore(u => u.Facts);
        builder.HasOne<Building>().WithMany().HasForeignKey(u => new { u.Project, u.Building });
        // One for each filter of the list, which is in order of building and number.
        builder.HasIndex(u => new { u.Project, u.Building, u.Number }).IsUnique();
        builder.HasIndex(u => new { u.Project, u.Kind, u.Building, u.Number });
        builder.HasIndex(u => new { u.Project, u.Floor, u.Building, u.Number });
        builder.HasIndex(u => new { u.Project, u.Tenure, u.Occupancy, u.Building, u.Number });
    }

    public void Configure(EntityTypeBuilder<Station> builder)
    {
        builder.ToTable("stations").HasKey(s => s.Code);
        builder.Property(s => s.Version).IsConcurrencyToken();
        builder.Property(s => s.Hours).HasColumnType("jsonb").HasConversion(
            hours => JsonSerializer.Serialize(hours, CrmJson.Options), json => JsonSerializer.Deserialize<OpeningHours[]>(json, CrmJson.Options)!, SameHours);
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(s => s.Project);
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(s => s.InCharge);
        builder.HasIndex(s => new { s.Project, s.Kind, s.Code });
    }
}
