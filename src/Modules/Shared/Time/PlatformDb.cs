using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Shared.Time;

/// <summary>What belongs to the installation and to no module: at present the test clock of Development.</summary>
public sealed class PlatformDb(DbContextOptions<PlatformDb> options) : DbContext(options)
{
    /// <summary>The schema's name.</summary>
    public const string Schema = "platform";

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Instant>().HaveConversion<InstantConverter>();
        configurationBuilder.Conventions.Add(_ => new SnakeCaseConvention());
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.Entity<TestClockRow>(row =>
        {
            row.ToTable("test_clock", table => table.HasCheckConstraint("one_row", "id = 1")).HasKey(r => r.Id);
            row.Property(r => r.Id).ValueGeneratedNever();
            row.HasData(new { Id = 1 });
        });
    }
}

/// <summary>The one row of the test clock; no instant means that real time runs.</summary>
public sealed class TestClockRow
{
    /// <summary>Always 1.</summary>
    public int Id { get; private set; }

    /// <summary>Where the clock stands; null while real time runs.</summary>
    public Instant? Now { get; private set; }
}
