using System.Collections.Concurrent;

namespace Slipway.Web.Session;

/// <summary>
/// The sessions of this portal process, by portal session id. It is a cache of what the cookies hold: after a restart, or on another
/// replica, a session is seeded again by the next request's cookie.
/// </summary>
sealed class PortalSessions(TimeProvider clock) : BackgroundService
{
    // Longer than any browser stays quiet with a page open (it reports every two minutes), shorter than forever.
    private static readonly TimeSpan Forget = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, PortalSession> sessions = new();

    /// <summary>The session, if this process knows it.</summary>
    public PortalSession? Find(string id)
    {
        if (!sessions.TryGetValue(id, out var session))
        {
            return null;
        }

        session.SeenAt = clock.GetUtcNow();
        return session;
    }

    /// <summary>The session of a cookie, with the newer of its own and the cookie's tokens.</summary>
    public PortalSession Seed(string id, SessionTokens tokens)
    {
        var session = sessions.GetOrAdd(id, static (id, tokens) => new(id, tokens), tokens);
        session.SeenAt = clock.GetUtcNow();
        session.Adopt(tokens);
        return session;
    }

    /// <summary>The person signs out: the page with the form is on its way already, and is not to be sent elsewhere.</summary>
    public void SigningOut(string id) => Find(id)?.BeginSigningOut();

    /// <summary>Ends a session here; open pages of it notice.</summary>
    public void End(string id)
    {
        // Not disposed: a page may be looking at it. Nothing in it outlives its last reader.
        if (sessions.TryRemove(id, out var session))
        {
            session.End();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(10), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var (id, session) in sessions)
            {
                if (clock.GetUtcNow() - session.SeenAt > Forget)
                {
                    End(id);
                }
            }
        }
    }
}
