using System.Net;
using System.Text.Json;
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

    /// <summary>How long after one question to the API another page need not ask again; a little less than the pages' own pace.</summary>
    private static readonly TimeSpan AskedLately = TimeSpan.FromSeconds(2.5);

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly CancellationTokenSource ended = new();
    private volatile SessionTokens tokens = tokens;
    private volatile bool signingOut;
    private int asking;
    private long? askedAt;

    public string Id => id;

    public SessionTokens Tokens => tokens;

    /// <summary>When it was last asked for.</summary>
    public DateTimeOffset SeenAt { get; set; }

    /// <summary>Fires when it is signed out or the API has ended it.</summary>
    public CancellationToken Ended => ended.Token;

    /// <summary>Whether it ends because the person signs out, rather than because the API has ended it.</summary>
    public bool SigningOut => signingOut;

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

    /// <summary>
    /// Whether the API still knows the session; true also where that cannot be said. However many pages ask, the API is asked by one of
    /// them at a time; the others hear of the end by <see cref="Ended"/>.
    /// </summary>
    /// <param name="speakWith">Makes a client that speaks with an access token.</param>
    public async Task<bool> IsKnown(Func<string, SlipwayClient> speakWith, TimeProvider clock, CancellationToken cancel)
    {
        if (Interlocked.Exchange(ref asking, 1) == 1)
        {
            return true;
        }

        try
        {
            var current = tokens;
            // That the API does not take an expired token says nothing about the session.
            if ((askedAt is { } before && clock.GetElapsedTime(before) < AskedLately) || current.Expires <= clock.GetUtcNow())
            {
                return true;
            }

            askedAt = clock.GetTimestamp();
            return await IsKnown(speakWith(current.Access), cancel) || current != tokens;
        }
        finally
        {
            Volatile.Write(ref asking, 0);
        }
    }

    public void BeginSigningOut() => signingOut = true;

    public void End() => ended.Cancel();

    public void Dispose()
    {
        gate.Dispose();
        ended.Dispose();
    }

    private static async Task<bool> IsKnown(SlipwayClient api, CancellationToken cancel)
    {
        try
        {
            await api.Me(cancel);
            return true;
        }
        catch (SlipwayApiException e)
        {
            return e.Status is not HttpStatusCode.Unauthorized;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            // Broken off in the middle of an answer: it is asked again soon.
            return true;
        }
    }
}
