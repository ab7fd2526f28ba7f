using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Organization.Deliveries;

/// <summary>ORG-11: how deliveries are kept.</summary>
internal sealed class DeliveryTables : IEntityTypeConfiguration<Delivery>, IEntityTypeConfiguration<DeliveryAttempt>
{
    public void Configure(EntityTypeBuilder<Delivery> builder)
    {
        builder.ToTable("deliveries").IsWorkedOff().HasKey(d => d.Id);
        builder.Property(d => d.NextAttemptAt).HasDefaultValueSql("clock_timestamp()");
        builder.HasIndex(d => new { d.Lane, d.MessageId }).IsUnique();
        builder.HasIndex(d => new { d.Lane, d.NextAttemptAt }).HasFilter("state = 'waiting'");
        builder.HasIndex(d => d.Lane, "ix_deliveries_leased").HasFilter("leased_until IS NOT NULL");
        builder.HasIndex(d => new { d.Lane, d.Id });
        builder.HasIndex(d => new { d.Lane, d.State, d.Id });
    }

    public void Configure(EntityTypeBuilder<DeliveryAttempt> builder)
    {
        // No foreign key: both are forgotten when they are old, each for itself.
        builder.ToTable("delivery_attempts").IsWrittenOnce().HasKey(a => a.Id);
        builder.HasIndex(a => new { a.DeliveryId, a.Id });
    }
}
