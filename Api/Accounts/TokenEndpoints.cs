using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Accounts;

/// <summary>The routes under /api/account/tokens: access tokens for programs.</summary>
static class TokenEndpoints
{
    private const int MaxTokens = 100, MaxDays = 366, HintLength = 9;

    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        var tokens = routes.MapGroup("/api/account/tokens").WithTags("Access tokens");
        tokens.MapGet("", List).ForPersons().WithSummary("Your access tokens");
        tokens.MapPost("", Create).ForPersons().Audited("token.create").WithSummary("Make an access token; its secret is shown this once");
        tokens.MapDelete("{token}", Revoke).ForPersons().Audited("token.revoke").WithSummary("Revoke an access token at once");
    }

    static async Task<Results<Ok<Page<TokenView>>, ProblemHttpResult>> List(
        [AsParameters] PageParameters page, CurrentUser user, SlipwayDb db, CancellationToken cancel)
    {
        if (page.Refuse("createdAt", "name") is { } refusal)
        {
            return refusal;
        }

        var mine = db.AccessTokens.Where(t => t.UserId == user.Id);
        if (page.SearchPattern is { } pattern)
        {
            mine = mine.Where(t => EF.Functions.ILike(t.Name, pattern));
        }

        var total = await mine.CountAsync(cancel);
        var ordered = page.SortField("createdAt") is "name" ? page.Order(mine, t => t.Name) : page.Order(mine, t => t.CreatedAt);
        var rows = await ordered.AsNoTracking().Skip(page.Skip).Take(page.Take)
            .Select(t => new { Token = t, Project = db.Projects.Where(p => p.Id == t.ProjectId).Select(p => p.Name).FirstOrDefault() }).ToListAsync(cancel);
        return TypedResults.Ok(new Page<TokenView>([.. rows.Select(r => View(r.Token, r.Project))], total));
    }

    static async Task<Results<Created<CreatedToken>, ProblemHttpResult>> Create(
        CreateToken request, CurrentUser user, SlipwayDb db, TimeProvider time, CancellationToken cancel)
    {
        var errors = new Dictionary<string, string[]>();
        if (request.Name.Trim() is not { Length: >= 1 and <= 64 } name || !AppRules.IsText(name))
        {
            errors["name"] = ["A name has 1 to 64 characters."];
        }

        if (request.Days is < 1 or > MaxDays)
        {
            errors["days"] = [$"An access token lives for 1 to {MaxDays} days."];
        }

        if (request.Actions is { Count: 0 })
        {
            errors["actions"] = ["Name at least one action, or leave the field out for all of them."];
        }

        ProjectScope? scope = null;
        if (request.Project is { } project && (scope = await ProjectAccess.Find(db, project, user, cancel)) is null)
        {
            errors["project"] = [$"There is no project '{Problems.Shown(project)}', or you are not in it."];
        }

        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        if (await db.AccessTokens.CountAsync(t => t.UserId == user.Id, cancel) >= MaxTokens)
        {
            return Problems.Conflict($"You have {MaxTokens} access tokens.", "Revoke some that are not used any more.");
        }

        var now = time.GetUtcNow();
        var secret = AccessTokens.Prefix + Secrets.New();
        var row = new AccessTokenRow
        {
            Id = Guid.CreateVersion7(now),
            UserId = user.Id,
            Name = request.Name.Trim(),
            Hash = Secrets.Hash(secret),
            Hint = secret[..HintLength],
            ProjectId = scope?.Project.Id,
            Role = request.Role,
            Actions = request.Actions?.Distinct().Order().ToList(),
            CreatedAt = now,
            ExpiresAt = now.AddDays(request.Days),
        };
        db.AccessTokens.Add(row);
        await db.SaveChangesAsync(cancel);
        return TypedResults.Created($"/api/account/tokens/{row.Id}", new CreatedToken(View(row, scope?.Project.Name), secret));
    }

    static async Task<Results<NoContent, ProblemHttpResult>> Revoke(string token, CurrentUser user, SlipwayDb db, CancellationToken cancel) =>
        Guid.TryParse(token, out var id) && await db.AccessTokens.Where(t => t.Id == id && t.UserId == user.Id).ExecuteDeleteAsync(cancel) > 0
            ? TypedResults.NoContent()
            : Problems.NotFound("You have no such access token.");

    private static TokenView View(AccessTokenRow token, string? project) =>
        new(token.Id, token.Name, token.Hint, project, token.Role, token.Actions, token.CreatedAt, token.ExpiresAt, token.LastUsedAt);
}
