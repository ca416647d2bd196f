using Microsoft.EntityFrameworkCore;
using Slipway.Api.Accounts;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Notifications;

/// <summary>The routes under /api/projects/{project}/notifications.</summary>
static class NotificationEndpoints
{
    private const string NotANumber = "There is no such message that was given up in this project.";

    public static void MapNotifications(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/projects/{project}/notifications").WithTags("Notifications");
        group.MapGet("channels", List).Needs(Permission.ManageNotifications).WithSummary("The ways by which the project tells what happens").Produces<Page<ChannelView>>();
        group.MapPost("channels", Create).Needs(Permission.ManageNotifications).Audited("channel.create").WithSummary("Make a channel: Telegram, e-mail, webhook or Slack")
            .Produces<ChannelView>(StatusCodes.Status201Created).ProducesProblem(400).ProducesProblem(409);
        group.MapPatch("channels/{channel}", Patch).Needs(Permission.ManageNotifications).Audited("channel.change").WithSummary("Change a channel; secrets that are not given again stay")
            .Produces<ChannelView>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        group.MapDelete("channels/{channel}", Delete).Needs(Permission.ManageNotifications).Audited("channel.delete").WithSummary("Delete a channel, and what it has not told yet")
            .Produces(204).ProducesProblem(404);
        group.MapPost("channels/{channel}/test", Test).Needs(Permission.ManageNotifications).Audited("channel.test").RequireRateLimiting(AccountLimits.PerAddress)
            .WithSummary("Send a test message, and say what the other side answered").Produces<ChannelTest>().ProducesProblem(404);
        group.MapGet("deliveries", Deliveries).Needs(Permission.ManageNotifications)
            .WithSummary("The messages that wait, were sent, or (unless asked otherwise) were given up, newest first").Produces<Page<DeliveryView>>();
        group.MapPost("deliveries/{delivery}/retry", Retry).Needs(Permission.ManageNotifications).Audited("delivery.retry").WithSummary("Try a message again that was given up")
            .Produces<DeliveryView>().ProducesProblem(404);
        group.MapDelete("deliveries/{delivery}", Discard).Needs(Permission.ManageNotifications).Audited("delivery.discard").WithSummary("Throw away a message that was given up")
            .Produces(204).ProducesProblem(404);
    }

    static async Task<IResult> List([AsParameters] PageParameters page, ProjectScope scope, Channels channels, CancellationToken cancel) =>
        page.Refuse("name", "createdAt") is { } refusal ? refusal : TypedResults.Ok(await channels.List(scope, page, cancel));

    static Task<IResult> Create(CreateChannel request, ProjectScope scope, Channels channels, CancellationToken cancel) => channels.Create(scope, request, cancel);

    static async Task<IResult> Patch(string channel, PatchChannel patch, ProjectScope scope, Channels channels, CancellationToken cancel) =>
        Guid.TryParse(channel, out var id) ? await channels.Patch(scope, id, patch, cancel) : Channels.NoSuchChannel();

    static async Task<IResult> Delete(string channel, ProjectScope scope, Channels channels, CancellationToken cancel) =>
        Guid.TryParse(channel, out var id) ? await channels.Delete(scope, id, cancel) : Channels.NoSuchChannel();

    static async Task<IResult> Test(string channel, ProjectScope scope, Channels channels, CancellationToken cancel) =>
        Guid.TryParse(channel, out var id) ? await channels.Test(scope, id, cancel) : Channels.NoSuchChannel();

    static async Task<IResult> Deliveries(string? state, [AsParameters] PageParameters page, ProjectScope scope, SlipwayDb db, CancellationToken cancel)
    {
        if (page.Refuse("at") is { } refusal)
        {
            return refusal;
        }

        var wanted = DeliveryState.Dead;
        if (state is not null && (!Enum.TryParse(state, ignoreCase: true, out wanted) || !Enum.GetNames<DeliveryState>().Contains(state, StringComparer.OrdinalIgnoreCase)))
        {
            return Problems.BadField("state", "A state is waiting, sent or dead.");
        }

        var rows = Views(db, scope, db.Deliveries.Where(d => d.State == wanted));
        if (page.SearchPattern is { } pattern)
        {
            rows = rows.Where(d => EF.Functions.ILike(d.Title, pattern));
        }

        var total = await rows.CountAsync(cancel);
        var ordered = page.Sort is "at" ? rows.OrderBy(d => d.Id) : rows.OrderByDescending(d => d.Id);
        return TypedResults.Ok(new Page<DeliveryView>([.. (await ordered.Skip(page.Skip).Take(page.Take).ToListAsync(cancel)).Select(d => d.View)], total));
    }

    static async Task<IResult> Retry(string delivery, ProjectScope scope, SlipwayDb db, NotificationSignal signal, CancellationToken cancel)
    {
        if (!long.TryParse(delivery, out var id))
        {
            return Problems.NotFound(NotANumber);
        }

        // It keeps its id, and with it its place: before what waits.
        var changed = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE notification_deliveries d SET state = 'Waiting', due_at = now(), asked_at = now(), ended_at = NULL
            FROM notification_channels c WHERE d.id = {id} AND d.state = 'Dead' AND c.id = d.channel_id AND c.project_id = {scope.Project.Id}
            """, cancel);
        if (changed == 0)
        {
            return Problems.NotFound(NotANumber);
        }

        signal.Set();
        return await Views(db, scope, db.Deliveries.Where(d => d.Id == id)).FirstOrDefaultAsync(cancel) is { } row ? TypedResults.Ok(row.View) : Problems.NotFound(NotANumber);
    }

    static async Task<IResult> Discard(string delivery, ProjectScope scope, SlipwayDb db, CancellationToken cancel) =>
        long.TryParse(delivery, out var id) && await db.Deliveries.Where(d => d.Id == id && d.State == DeliveryState.Dead
            && db.Channels.Any(c => c.Id == d.ChannelId && c.ProjectId == scope.Project.Id)).ExecuteDeleteAsync(cancel) > 0
            ? TypedResults.NoContent() : Problems.NotFound(NotANumber);

    private static IQueryable<Row> Views(SlipwayDb db, ProjectScope scope, IQueryable<DeliveryRow> deliveries) =>
        from delivery in deliveries.AsNoTracking()
        join channel in db.Channels on delivery.ChannelId equals channel.Id
        join note in db.Notifications on delivery.NotificationId equals note.Id
        where channel.ProjectId == scope.Project.Id
        select new Row
        {
            Id = delivery.Id,
            Title = note.Title,
            View = new(delivery.Id, channel.Name, note.Event, note.App, note.Title, note.At, delivery.State, delivery.Attempts,
                delivery.State == DeliveryState.Waiting ? delivery.DueAt : null, delivery.Error),
        };

    private sealed class Row
    {
        public long Id { get; init; }

        public required string Title { get; init; }

        public required DeliveryView View { get; init; }
    }
}
