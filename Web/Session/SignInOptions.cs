using Slipway.Contracts;

namespace Slipway.Web.Session;

/// <summary>How people sign in, as the API says. What it said last stands while it is away; before that, passwords do.</summary>
sealed class SignInOptions(ApiClients api)
{
    private volatile SignInWays last = new(Passwords: true, Provider: null);

    /// <summary>How people sign in now.</summary>
    public async Task<SignInWays> Get(HttpContext? context)
    {
        try
        {
            last = await api.With(context is null ? null : Visitor.Of(context), null).SignInWays(context?.RequestAborted ?? CancellationToken.None);
        }
        catch (Exception e) when (e is SlipwayApiException or HttpRequestException or IOException)
        {
            // Whoever tries to sign in is told that the API is away.
        }

        return last;
    }
}
