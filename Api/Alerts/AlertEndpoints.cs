using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Slipway.Api.Accounts;
using Slipway.Api.Apps;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Alerts;

/// <summary>The routes about alerts.</summary>
static class AlertEndpoints
{
    public static void MapAlerts(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/alerts/webhook", Take).ForAlertmanager().Audited("alerts.take").WithTags("Alerts").Accepts<object>("application/json")
            .WithSummary("What Alertmanager tells: its webhook, with the setting Alerts:Token as bearer token").Produces(204).ProducesProblem(400).ProducesProblem(401).ProducesProblem(404);
        routes.MapGet("/api/alerts", OfMine).ForUsers(tokensNeed: Permission.ViewProject).WithTags("Alerts").WithSummary("What is in trouble now in all that you can see").Produces<Page<AlertView>>();
        routes.MapGet("/api/admin/alerts", OfPlatform).ForAdministrators().WithTags("Administration").WithSummary("The platform's own alerts, open ones first").Produces<Page<AlertView>>();
        routes.MapGet("/api/projects/{project}/alerts", OfProject).Needs(Permission.ViewProject).WithTags("Alerts").WithSummary("The project's alerts, open ones first").Produces<Page<AlertView>>();

        var app = routes.MapGroup("/api/projects/{project}/apps/{app}").WithTags("Alerts");
        app.MapGet("alerts", OfApp).Needs(Permission.ViewProject).WithSummary("The app's alerts, open ones first").Produces<Page<AlertView>>();
        app.MapGet("alert-rules", Rules).Needs(Permission.ViewProject).WithSummary("The rules as they stand for the app").Produces<IReadOnlyList<AlertRuleView>>();
        app.MapPut("alert-rules/{rule}/silence", Silence).Needs(Permission.ManageAlerts).Audited("alert.silence").WithSummary("Tell nobody of this rule's alerts for a time").Produces<AlertRuleView>().ProducesProblem(400);
        app.MapDelete("alert-rules/{rule}/silence", EndSilence).Needs(Permission.ManageAlerts).Audited("alert.unsilence").WithSummary("End a silence").Produces<AlertRuleView>();
        app.MapPut("alert-rules/{rule}/threshold", SetThreshold).Needs(Permission.ManageAlerts).Audited("alert.threshold").WithSummary("Change what the rule is raised at").Produces<AlertRuleView>().ProducesProblem(400);
        app.MapDelete("alert-rules/{rule}/threshold", ResetThreshold).Needs(Permission.ManageAlerts).Audited("alert.threshold").WithSummary("Give the rule its own threshold back").Produces<AlertRuleView>();
    }

    static async Task<IResult> Take(HttpContext http, IOptions<AlertOptions> options, AlertIntake intake, CancellationToken cancel)
    {
        if (options.Value.Token.Length == 0)
        {
            return Problems.NotFound("This platform takes no alerts: the setting Alerts:Token is empty.");
        }

        if (!IsToken(http.Request.Headers.Authorization.ToString(), options.Value.Token))
        {
            return Problems.Unauthorized("This is for the platform's Alertmanager, with the setting Alerts:Token as bearer token.");
        }

        if (await AlertmanagerMessage.Read(http.Request.Body, cancel) is not { } message)
        {
            return Problems.BadRequest("This is no message of Alertmanager's webhook, version 4.");
        }

        await intake.Take(message, cancel);
        return TypedResults.NoContent();
    }

    static async Task<IResult> OfMine([AsParameters] PageParameters page, CurrentUser user, AlertQueries alerts, CancellationToken cancel) =>
        page.Refuse("since") is { } refusal ? refusal : TypedResults.Ok(await alerts.OpenFor(user, page, cancel));

    static async Task<IResult> OfPlatform([AsParameters] PageParameters page, bool? open, SlipwayDb db, AlertQueries alerts, CancellationToken cancel) =>
        page.Refuse("since") is { } refusal ? refusal : TypedResults.Ok(await alerts.Page(db.Alerts.Where(a => a.ProjectId == null), page, open, cancel));

    static async Task<IResult> OfProject([AsParameters] PageParameters page, bool? open, ProjectScope scope, SlipwayDb db, AlertQueries alerts, CancellationToken cancel) =>
        page.Refuse("since") is { } refusal ? refusal : TypedResults.Ok(await alerts.Page(db.Alerts.Where(a => a.ProjectId == scope.Project.Id), page, open, cancel));

    static async Task<IResult> OfApp(string app, [AsParameters] PageParameters page, bool? open, ProjectScope scope, SlipwayDb db, AlertQueries alerts, CancellationToken cancel) =>
        page.Refuse("since") is { } refusal ? refusal
        : await AppLookup.Find(db, scope.Project, app, cancel) is { } row ? TypedResults.Ok(await alerts.Page(db.Alerts.Where(a => a.AppId == row.Id), page, open, cancel))
        : Problems.NoSuchApp(app);

    static async Task<IResult> Rules(string app, ProjectScope scope, SlipwayDb db, AlertQueries alerts, CancellationToken cancel) =>
        await AppLookup.Find(db, scope.Project, app, cancel) is { } row ? TypedResults.Ok(await alerts.RulesOf(row.Id, cancel)) : Problems.NoSuchApp(app);

    static Task<IResult> Silence(string app, string rule, PutSilence request, ProjectScope scope, AlertSettings settings, CancellationToken cancel) =>
        settings.Silence(scope, app, rule, request.Until, cancel);

    static Task<IResult> EndSilence(string app, string rule, ProjectScope scope, AlertSettings settings, CancellationToken cancel) => settings.EndSilence(scope, app, rule, cancel);

    static Task<IResult> SetThreshold(string app, string rule, PutThreshold request, ProjectScope scope, AlertSettings settings, CancellationToken cancel) =>
        settings.SetThreshold(scope, app, rule, request.Value, cancel);

    static Task<IResult> ResetThreshold(string app, string rule, ProjectScope scope, AlertSettings settings, CancellationToken cancel) => settings.ResetThreshold(scope, app, rule, cancel);

    // Hashed first, so that not even the length shows in the time that it takes.
    private static bool IsToken(string header, string token) => header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(header["Bearer ".Length..].Trim())), SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
