using System.Net;
using Slipway.Contracts;

namespace Slipway.Web.Session;

/// <summary>
/// One browser's session with its current tokens. A refresh token works once, and using it twice ends the session, so all
/// refreshing of one session goes through one gate.
/// </summary>
sealed class PortalSession(string id, SessionTokens tokens) : IDisposable
{
    /// <summary>How long before its end an access token is replaced.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(3);

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly CancellationTokenSource ended = new();
    private volatile SessionTokens tokens = tokens;

    public string Id => id;

    public SessionTokens Tokens => tokens;

    /// <summary>When it was last asked for.</summary>
    public DateTimeOffset SeenAt { get; set; }

    /// <summary>Fires when it is signed out or the API has ended it.</summary>
    public CancellationToken Ended => ended.Token;

    /// <summary>Takes tokens out of a cookie if they are newer, as they are when another replica refreshed last.</summary>
    public void Adopt(SessionTokens others)
    {
        if (others.Expires > tokens.Expires)
        {
            tokens = others;
        }
    }

    /// <summary>Refreshes where little time is left. False where the API has ended the session; true also where it cannot be reached.</summary>
    public async Task<bool> KeepFresh(SlipwayClient api, TimeProvider clock)
    {
        if (tokens.Expires - clock.GetUtcNow() > Margin)
        {
            return true;
        }

        // Not cancelled with the request that happens to carry it: the API would have used up the token, and nobody the new one.
        await gate.WaitAsync(CancellationToken.None);
        try
        {
            if (tokens.Expires - clock.GetUtcNow() <= Margin)
            {
                tokens = SessionTokens.From(await api.Refresh(new(tokens.Refresh), CancellationToken.None), clock.GetUtcNow());
            }

            return true;
        }
        catch (SlipwayApiException e)
        {
            return e.Status is not (HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest);
        }
        finally
        {
            gate.Release();
        }
    }

    public void End() => ended.Cancel();

    public void Dispose()
    {
        gate.Dispose();
        ended.Dispose();
    }
}
