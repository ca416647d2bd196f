using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Slipway.Api.Http;
using Slipway.Api.Mail;
using Slipway.Api.Projects;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Notifications;

/// <summary>The ways by which a project tells what happens.</summary>
sealed class Channels(SlipwayDb db, EnvironmentBox box, OutboundHttp outbound, SmtpServer smtp, NotificationSender sender, TimeProvider time)
{
    /// <summary>A page of a project's channels.</summary>
    public async Task<Page<ChannelView>> List(ProjectScope scope, PageParameters page, CancellationToken cancel)
    {
        var rows = db.Channels.AsNoTracking().Where(c => c.ProjectId == scope.Project.Id);
        if (page.SearchPattern is { } pattern)
        {
            rows = rows.Where(c => EF.Functions.ILike(c.Name, pattern));
        }

        var total = await rows.CountAsync(cancel);
        var ordered = page.SortField("name") is "createdAt" ? page.Order(rows, c => c.CreatedAt).ThenBy(c => c.Id) : page.Order(rows, c => c.Name);
        return new(await Views(await ordered.Skip(page.Skip).Take(page.Take).ToListAsync(cancel), cancel), total);
    }

    /// <summary>Makes a channel.</summary>
    public async Task<IResult> Create(ProjectScope scope, CreateChannel request, CancellationToken cancel)
    {
        if (ChannelRules.Check(request) is { Count: > 0 } errors)
        {
            return Problems.Invalid(errors);
        }

        if (Refuse(request.Kind, request.Url) is { } refusal)
        {
            return refusal;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await Creators.Lock(db, scope.Project.Id, cancel) is not { } project)
        {
            return Problems.NotFound($"There is no project '{scope.Project.Name}', or you are not in it.");
        }

        if (await db.Channels.CountAsync(c => c.ProjectId == project.Id, cancel) >= ChannelRules.MostChannels)
        {
            return Problems.Conflict($"A project has at most {ChannelRules.MostChannels} channels.", "Delete one that is not needed any more.");
        }

        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var row = new ChannelRow
        {
            Id = id,
            ProjectId = project.Id,
            Name = request.Name.Trim(),
            Kind = request.Kind,
            Events = Names(request.Events),
            Target = TargetOf(request.Chat ?? request.Address, request.Url),
            Secret = box.SealSecret(id, new() { BotToken = request.BotToken, Url = request.Url, Secret = request.Secret }),
            Enabled = true,
            CreatedAt = now,
        };
        db.Channels.Add(row);
        return await Save(row, transaction, cancel) ?? TypedResults.Created($"/api/projects/{project.Name}/notifications/channels/{id}", (await Views([row], cancel))[0]);
    }

    /// <summary>Changes a channel. Secrets that are not given again stay.</summary>
    public async Task<IResult> Patch(ProjectScope scope, Guid id, PatchChannel patch, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var row = await db.Channels.FromSql($"SELECT * FROM notification_channels WHERE id = {id} AND project_id = {scope.Project.Id} FOR UPDATE").SingleOrDefaultAsync(cancel);
        if (row is null)
        {
            return NoSuchChannel();
        }

        if (ChannelRules.Check(row.Kind, patch) is { Count: > 0 } errors)
        {
            return Problems.Invalid(errors);
        }

        if (Refuse(row.Kind, patch.Url) is { } refusal)
        {
            return refusal;
        }

        row.Name = patch.Name?.Trim() ?? row.Name;
        row.Events = patch.Events is null ? row.Events : Names(patch.Events);
        row.Enabled = patch.Enabled ?? row.Enabled;
        if ((patch.Chat ?? patch.Address ?? patch.Url) is not null)
        {
            row.Target = TargetOf(patch.Chat ?? patch.Address, patch.Url);
        }

        if ((patch.BotToken ?? patch.Url ?? patch.Secret) is not null)
        {
            var old = box.OpenSecret(id, row.Secret);
            row.Secret = box.SealSecret(id, new() { BotToken = patch.BotToken ?? old.BotToken, Url = patch.Url ?? old.Url, Secret = patch.Secret ?? old.Secret });
        }

        return await Save(row, transaction, cancel) ?? TypedResults.Ok((await Views([row], cancel))[0]);
    }

    /// <summary>Deletes a channel, and what it has not told yet.</summary>
    public async Task<IResult> Delete(ProjectScope scope, Guid id, CancellationToken cancel) =>
        await db.Channels.Where(c => c.Id == id && c.ProjectId == scope.Project.Id).ExecuteDeleteAsync(cancel) == 0 ? NoSuchChannel() : TypedResults.NoContent();

    /// <summary>Sends a test message, and says what the other side answered.</summary>
    public async Task<IResult> Test(ProjectScope scope, Guid id, CancellationToken cancel)
    {
        if (await db.Channels.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id && c.ProjectId == scope.Project.Id, cancel) is not { } row)
        {
            return NoSuchChannel();
        }

        var now = time.GetUtcNow();
        var outcome = await sender.Try(row.Kind, row.Id, row.Target, row.Secret, new(Guid.CreateVersion7(now), null, "test", scope.Project.Name, null, null,
            $"A test from {scope.Project.Name}", $"{scope.User.Email} wanted to see whether '{row.Name}' works. It does.", now, sender.Link(scope.Project.Name, null)));
        return TypedResults.Ok(new ChannelTest(outcome.Delivered, outcome.Answer));
    }

    internal static ProblemHttpResult NoSuchChannel() => Problems.NotFound("There is no such channel in this project.");

    private ProblemHttpResult? Refuse(ChannelKind kind, string? url) =>
        kind is ChannelKind.Email && !smtp.IsOn ? Problems.BadField("kind", "This platform sends no e-mail: the operator has not set a mail server.")
        : url is not null && outbound.Explain(new(url)) is { } wrong ? Problems.BadField("url", wrong)
        : null;

    private async Task<IResult?> Save(ChannelRow row, Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction, CancellationToken cancel)
    {
        try
        {
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
            return null;
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return Problems.Conflict($"The project has a channel '{row.Name}' already.", "Choose another name.");
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation } || e is DbUpdateConcurrencyException)
        {
            return NoSuchChannel();
        }
    }

    private async Task<IReadOnlyList<ChannelView>> Views(IReadOnlyList<ChannelRow> rows, CancellationToken cancel)
    {
        var ids = rows.Select(r => r.Id).ToList();
        var counts = await db.Deliveries.Where(d => ids.Contains(d.ChannelId) && d.State != DeliveryState.Sent).GroupBy(d => new { d.ChannelId, d.State })
            .Select(g => new { g.Key.ChannelId, g.Key.State, Count = g.Count(), Oldest = g.Min(d => d.Id) }).ToListAsync(cancel);
        var oldest = counts.Where(c => c.State is DeliveryState.Waiting).Select(c => c.Oldest).ToList();
        var troubles = await db.Deliveries.Where(d => oldest.Contains(d.Id)).ToDictionaryAsync(d => d.ChannelId, d => d.Error, cancel);
        int Count(Guid channel, DeliveryState state) => counts.SingleOrDefault(c => c.ChannelId == channel && c.State == state)?.Count ?? 0;
        return [.. rows.Select(r => new ChannelView(r.Id, r.Name, r.Kind, [.. r.Events.Select(Enum.Parse<NotifiedEvent>)], r.Target, r.Enabled, r.CreatedAt,
            Count(r.Id, DeliveryState.Waiting), Count(r.Id, DeliveryState.Dead), r.LastSentAt, troubles.GetValueOrDefault(r.Id)))];
    }

    private static string[] Names(IReadOnlyList<NotifiedEvent> events) => [.. events.Order().Select(e => e.ToString())];

    // Of an address only the host: the rest can be a secret, as it is with Slack.
    private static string TargetOf(string? plain, string? url) => plain ?? new Uri(url!).Authority;
}
