using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Organization.Notifications;

/// <summary>ORG-11: how inboxes are kept.</summary>
internal sealed class NotificationTables : IEntityTypeConfiguration<Notification>, IEntityTypeConfiguration<NotificationPreferences>
{
    /// <summary>Numbers of notifications; gaps happen.</summary>
    public const string Numbers = "notification_numbers";

    public void Configure(EntityTypeBuilder<Notification> builder)
    {
        builder.ToTable("notifications").IsWorkedOff().HasKey(n => n.Id);
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(n => n.Staff);
        builder.Property(n => n.Facts).HasColumnType("jsonb");
        builder.Property<DateTime>("RecordedAt").HasDefaultValueSql("clock_timestamp()");
        builder.HasIndex(n => new { n.EventId, n.Kind, n.Staff }).IsUnique();
        builder.HasIndex(n => n.Number).IsUnique();
        builder.HasIndex(n => new { n.Staff, n.Number });
        builder.HasIndex(n => new { n.Staff, n.Number }, "ix_notifications_unread").HasFilter("acknowledged_at IS NULL");
        builder.HasIndex(n => n.MailAt).HasFilter("mail_at IS NOT NULL");
        builder.Metadata.Model.AddSequence(Numbers, OrganizationModule.Schema);
    }

    public void Configure(EntityTypeBuilder<NotificationPreferences> builder)
    {
        builder.ToTable("notification_preferences").HasKey(p => p.Staff);
        builder.HasOne<StaffRow>().WithMany().HasForeignKey(p => p.Staff);
        builder.Property(p => p.Version).IsConcurrencyToken();
        builder.Property(p => p.Channels).HasColumnType("jsonb").HasConversion(
            channels => ChannelChoices.Write(channels), json => ChannelChoices.Read(json), ChannelChoices.Comparer);
    }
}
