using Microsoft.EntityFrameworkCore;

namespace Slipway.Api.Storage;

/// <summary>The tables of crashes, alerts and notifications.</summary>
static class AlertTables
{
    public static void AddAlerts(this ModelBuilder builder)
    {
        builder.Entity<ChannelRow>(channel =>
        {
            channel.ToTable("notification_channels");
            channel.HasIndex(c => new { c.ProjectId, c.Name }).IsUnique();
            channel.Property(c => c.Kind).HasConversion<string>().HasMaxLength(16);
            channel.HasOne<ProjectRow>().WithMany().HasForeignKey(c => c.ProjectId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<NotificationRow>(note =>
        {
            note.ToTable("notifications");
            note.HasIndex(n => new { n.ProjectId, n.Key }).IsUnique();
            note.HasIndex(n => n.At);
            note.Property(n => n.Event).HasConversion<string>().HasMaxLength(16);
            note.HasOne<ProjectRow>().WithMany().HasForeignKey(n => n.ProjectId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<DeliveryRow>(delivery =>
        {
            delivery.ToTable("notification_deliveries");
            delivery.HasIndex(d => new { d.NotificationId, d.ChannelId }).IsUnique();
            delivery.HasIndex(d => new { d.ChannelId, d.State, d.Id });
            // What is looked for several times a second is a handful among all that was ever sent.
            delivery.HasIndex(d => d.Id).HasFilter("state = 'Waiting'").HasDatabaseName("ix_notification_deliveries_waiting");
            delivery.Property(d => d.State).HasConversion<string>().HasMaxLength(16);
            delivery.HasOne<NotificationRow>().WithMany().HasForeignKey(d => d.NotificationId).OnDelete(DeleteBehavior.Cascade);
            delivery.HasOne<ChannelRow>().WithMany().HasForeignKey(d => d.ChannelId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<CrashRow>(crash =>
        {
            crash.ToTable("crashes");
            crash.HasIndex(c => new { c.PodUid, c.Container, c.Run }).IsUnique();
            crash.HasIndex(c => new { c.AppId, c.EndedAt });
            crash.HasOne<AppRow>().WithMany().HasForeignKey(c => c.AppId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<AlertRow>(alert =>
        {
            alert.ToTable("alerts");
            alert.HasIndex(a => new { a.Fingerprint, a.StartedAt }).IsUnique();
            alert.HasIndex(a => a.Fingerprint).IsUnique().HasFilter("ended_at IS NULL").HasDatabaseName("ix_alerts_open");
            alert.HasIndex(a => new { a.ProjectId, a.StartedAt });
            alert.HasIndex(a => new { a.AppId, a.StartedAt });
            alert.Property(a => a.Severity).HasConversion<string>().HasMaxLength(16);
            alert.HasOne<ProjectRow>().WithMany().HasForeignKey(a => a.ProjectId).OnDelete(DeleteBehavior.Cascade);
            alert.HasOne<AppRow>().WithMany().HasForeignKey(a => a.AppId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<SilenceRow>(silence =>
        {
            silence.ToTable("alert_silences");
            silence.HasKey(s => new { s.AppId, s.Rule });
            silence.HasOne<AppRow>().WithMany().HasForeignKey(s => s.AppId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<ThresholdRow>(threshold =>
        {
            threshold.ToTable("alert_thresholds");
            threshold.HasKey(t => new { t.AppId, t.Rule });
            threshold.HasOne<AppRow>().WithMany().HasForeignKey(t => t.AppId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
