using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Organization.Webhooks;

/// <summary>ORG-11: how webhooks are kept.</summary>
internal sealed class WebhookTables : IEntityTypeConfiguration<Webhook>
{
    public void Configure(EntityTypeBuilder<Webhook> builder)
    {
        builder.ToTable("webhooks").HasKey(w => w.Id);
        builder.Property(w => w.Version).IsConcurrencyToken();
        builder.HasOne<ProjectRow>().WithMany().HasForeignKey(w => w.Project);
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(w => w.Owner);
        builder.HasIndex(w => new { w.CreatedAt, w.Id }).HasFilter("deleted_at IS NULL");
    }
}
