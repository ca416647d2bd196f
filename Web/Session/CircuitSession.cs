using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;

namespace Slipway.Web.Session;

/// <summary>The session of the person who looks at an open page.</summary>
sealed class CircuitSession(
    PortalSessions sessions, ApiClients api, CircuitVisitor visitor, AuthenticationStateProvider authentication, IJSRuntime js,
    NavigationManager navigation, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(20);

    // The tab that signs out is led to the sign-in page by its own form; only the others have to be told.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    // Somebody who is disabled or signed out elsewhere is out of an open page within five seconds.
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource closed = new();
    private CancellationTokenRegistration registration;
    private PortalSession? watched;
    private bool left;

    /// <summary>The current access token; null where the session has ended.</summary>
    public async ValueTask<string?> AccessToken()
    {
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        if (user.FindFirstValue(SessionTokens.SessionClaim) is not { } id || sessions.Find(id) is not { } session)
        {
            return null;
        }

        if (session.Tokens.Expires - clock.GetUtcNow() < Margin)
        {
            // A laptop that slept: the browser refreshes, so that the cookie gets the new tokens too.
            try
            {
                await js.InvokeVoidAsync("slipway.refreshSession");
            }
            catch (Exception e) when (e is JSException or JSDisconnectedException or OperationCanceledException)
            {
                // The old token is tried, and the API says what it thinks of it.
            }
        }

        return session.Tokens.Access;
    }

    /// <summary>Goes to the sign-in page as soon as the session ends, be it in another tab or at the API.</summary>
    public async Task Watch(Func<Action, Task> onPage)
    {
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        if (user.FindFirstValue(SessionTokens.SessionClaim) is { } id && sessions.Find(id) is { } session)
        {
            await registration.DisposeAsync();
            var stop = closed.Token;
            registration = session.Ended.Register(() => _ = LeaveSoon(session, stop));
            if (watched != session)
            {
                watched = session;
                _ = KeepAsking(session, stop);
            }
        }

        async Task LeaveSoon(PortalSession session, CancellationToken stop)
        {
            if (session.SigningOut)
            {
                await Task.Delay(Grace, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (!stop.IsCancellationRequested)
            {
                await onPage(() => GoToSignIn(EndedHere));
            }
        }
    }

    /// <summary>Ends the session, because the API has.</summary>
    public async Task End()
    {
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        if (user.FindFirstValue(SessionTokens.SessionClaim) is { } id)
        {
            sessions.End(id);
        }
    }

    /// <summary>Shows the sign-in page, which leads back here; not where somebody is on the way there by signing out.</summary>
    public void Leave()
    {
        if (watched?.SigningOut is not true)
        {
            GoToSignIn(EndedHere);
        }
    }

    /// <summary>Shows the sign-in page after the account was deleted.</summary>
    public async Task LeaveForGood()
    {
        GoToSignIn("reason=deleted");
        await End();
    }

    public void Dispose()
    {
        registration.Dispose();
        closed.Cancel();
        closed.Dispose();
    }

    private string EndedHere =>
        $"{SessionEndpoints.EndedQuery}&returnUrl={Uri.EscapeDataString("/" + navigation.ToBaseRelativePath(navigation.Uri))}";

    private void GoToSignIn(string query)
    {
        if (!left)
        {
            left = true;
            navigation.NavigateTo($"{SessionEndpoints.SignInPath}?{query}", forceLoad: true);
        }
    }

    private async Task KeepAsking(PortalSession session, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(AskEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                // Has tokens renewed whose time is nearly up.
                await AccessToken();
                if (!await session.IsKnown(access => api.With(visitor.Visitor, access), clock, stop))
                {
                    sessions.End(session.Id);
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The page is closed.
        }
    }
}
