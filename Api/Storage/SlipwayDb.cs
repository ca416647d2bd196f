using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Slipway.Contracts;

namespace Slipway.Api.Storage;

/// <summary>The truth of what is wanted.</summary>
public sealed class SlipwayDb(DbContextOptions<SlipwayDb> options) : IdentityUserContext<User, Guid>(options)
{
    public DbSet<SessionRow> Sessions => Set<SessionRow>();

    public DbSet<ProjectRow> Projects => Set<ProjectRow>();

    public DbSet<CollaboratorRow> Collaborators => Set<CollaboratorRow>();

    public DbSet<InvitationRow> Invitations => Set<InvitationRow>();

    public DbSet<AccessTokenRow> AccessTokens => Set<AccessTokenRow>();

    public DbSet<AccountCodeRow> AccountCodes => Set<AccountCodeRow>();

    public DbSet<SignInAttemptsRow> SignInAttempts => Set<SignInAttemptsRow>();

    public DbSet<MailRow> Mails => Set<MailRow>();

    public DbSet<AuditRow> Audit => Set<AuditRow>();

    public DbSet<AppRow> Apps => Set<AppRow>();

    public DbSet<ReleaseRow> Releases => Set<ReleaseRow>();

    public DbSet<TimelineRow> Timeline => Set<TimelineRow>();

    public DbSet<WorkItemRow> WorkItems => Set<WorkItemRow>();

    public DbSet<RegistryRow> Registries => Set<RegistryRow>();

    public DbSet<OwnedObjectRow> OwnedObjects => Set<OwnedObjectRow>();

    public DbSet<ChannelRow> Channels => Set<ChannelRow>();

    public DbSet<NotificationRow> Notifications => Set<NotificationRow>();

    public DbSet<DeliveryRow> Deliveries => Set<DeliveryRow>();

    public DbSet<CrashRow> Crashes => Set<CrashRow>();

    public DbSet<AlertRow> Alerts => Set<AlertRow>();

    public DbSet<SilenceRow> Silences => Set<SilenceRow>();

    public DbSet<ThresholdRow> Thresholds => Set<ThresholdRow>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<User>().ToTable("users");
        builder.Entity<IdentityUserClaim<Guid>>().ToTable("user_claims");
        builder.Entity<IdentityUserLogin<Guid>>().ToTable("user_logins");
        builder.Entity<IdentityUserToken<Guid>>().ToTable("user_tokens");

        builder.Entity<SessionRow>(session =>
        {
            session.HasIndex(s => s.RefreshHash).IsUnique();
            session.HasIndex(s => s.UserId);
            session.Property(s => s.Device).HasMaxLength(200);
            session.Property(s => s.Address).HasMaxLength(64);
            session.HasOne<User>().WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<ProjectRow>(project =>
        {
            project.HasIndex(p => p.Name).IsUnique();
            project.Property(p => p.Name).HasMaxLength(NameRules.ProjectMaxLength).UseCollation("C");
            project.Property(p => p.Quota).HasColumnType("jsonb").HasConversion(
                quota => JsonSerializer.Serialize(quota, JsonSerializerOptions.Web),
                json => JsonSerializer.Deserialize<ProjectQuota>(json, JsonSerializerOptions.Web));
        });
        builder.Entity<CollaboratorRow>(collaborator =>
        {
            collaborator.HasKey(c => new { c.ProjectId, c.UserId });
            collaborator.HasIndex(c => c.UserId);
            collaborator.Property(c => c.Role).HasConversion<string>().HasMaxLength(16);
            collaborator.Property(c => c.MappedRole).HasConversion<string>().HasMaxLength(16);
            collaborator.Property(c => c.HandRole).HasConversion<string>().HasMaxLength(16);
            collaborator.HasOne<ProjectRow>().WithMany().HasForeignKey(c => c.ProjectId).OnDelete(DeleteBehavior.Cascade);
            collaborator.HasOne<User>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        AddAccounts(builder);
        builder.Entity<AppRow>(app =>
        {
            app.HasIndex(a => new { a.ProjectId, a.Name }).IsUnique();
            app.Property(a => a.Name).HasMaxLength(NameRules.AppMaxLength).UseCollation("C");
            // A project with apps is not deleted: no cascade here.
            app.HasOne<ProjectRow>().WithMany().HasForeignKey(a => a.ProjectId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<ReleaseRow>(release =>
        {
            release.HasKey(r => new { r.AppId, r.Number });
            release.Property(r => r.Spec).HasColumnType("jsonb").HasConversion(
                spec => JsonSerializer.Serialize(spec, JsonSerializerOptions.Web), json => JsonSerializer.Deserialize<AppSpec>(json, JsonSerializerOptions.Web)!);
            release.HasOne<AppRow>().WithMany().HasForeignKey(r => r.AppId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<TimelineRow>(entry =>
        {
            entry.ToTable("timeline");
            entry.HasIndex(t => new { t.AppId, t.Id });
            entry.HasIndex(t => new { t.AppId, t.Key }).IsUnique();
            entry.Property(t => t.Kind).HasConversion<string>().HasMaxLength(16);
            entry.Property(t => t.Key).HasMaxLength(200);
            entry.HasOne<AppRow>().WithMany().HasForeignKey(t => t.AppId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<WorkItemRow>(item =>
        {
            item.HasKey(w => new { w.Target, w.TargetId });
            item.Property(w => w.Target).HasConversion<string>().HasMaxLength(16);
            item.HasIndex(w => w.DueAt);
        });
        builder.Entity<RegistryRow>(registry =>
        {
            registry.HasIndex(r => new { r.ProjectId, r.Host }).IsUnique();
            registry.Property(r => r.Host).HasMaxLength(259).UseCollation("C");
            registry.HasOne<ProjectRow>().WithMany().HasForeignKey(r => r.ProjectId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<OwnedObjectRow>().HasKey(o => new { o.OwnerId, o.Kind, o.Name });
        builder.AddAlerts();
    }

    private static void AddAccounts(ModelBuilder builder)
    {
        builder.Entity<InvitationRow>(invitation =>
        {
            invitation.HasIndex(i => new { i.ProjectId, i.NormalizedEmail }).IsUnique();
            invitation.HasIndex(i => i.Hash).IsUnique();
            invitation.Property(i => i.Role).HasConversion<string>().HasMaxLength(16);
            invitation.HasOne<ProjectRow>().WithMany().HasForeignKey(i => i.ProjectId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<AccessTokenRow>(token =>
        {
            token.HasIndex(t => t.Hash).IsUnique();
            token.HasIndex(t => t.UserId);
            token.Property(t => t.Role).HasConversion<string>().HasMaxLength(16);
            token.Property(t => t.Actions).HasConversion(
                actions => string.Join(',', actions!),
                text => text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<Permission>).ToList(),
                new ValueComparer<IReadOnlyList<Permission>>((a, b) => a!.SequenceEqual(b!), all => all.Count, all => all.ToList()));
            token.HasOne<User>().WithMany().HasForeignKey(t => t.UserId).OnDelete(DeleteBehavior.Cascade);
            token.HasOne<ProjectRow>().WithMany().HasForeignKey(t => t.ProjectId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<AccountCodeRow>(code =>
        {
            code.HasIndex(c => c.Hash).IsUnique();
            code.Property(c => c.Purpose).HasConversion<string>().HasMaxLength(16);
            code.HasOne<User>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<SignInAttemptsRow>().HasKey(a => a.EmailHash);
        builder.Entity<MailRow>().HasIndex(m => m.DueAt);
        builder.Entity<AuditRow>(entry =>
        {
            // No foreign keys: what happened outlives whom and what it happened to.
            entry.ToTable("audit");
            entry.HasIndex(a => new { a.ProjectId, a.Id });
            entry.Property(a => a.Action).HasMaxLength(64);
        });
    }
}
