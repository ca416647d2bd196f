using Microsoft.AspNetCore.Diagnostics;

namespace Slipway.Web.Session;

/// <summary>
/// Lets nobody open or take up a live page (the hub <c>/_blazor</c>) who is not signed in: the pages that are for everybody are plain ones
/// that need none.
/// </summary>
static class CircuitGuard
{
    private static readonly PathString Hub = "/_blazor", Negotiate = "/_blazor/negotiate";

    public static void UseCircuitGuard(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.User.Identity?.IsAuthenticated is true || !(context.Request.Path == Hub || context.Request.Path == Negotiate))
        {
            return next(context);
        }

        SayUnauthorized(context);
        return Task.CompletedTask;
    });

    /// <summary>Answers 401 and nothing else: who asks is a program, which has no use for a page.</summary>
    public static void SayUnauthorized(HttpContext context)
    {
        if (context.Features.Get<IStatusCodePagesFeature>() is { } pages)
        {
            pages.Enabled = false;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
    }
}
