using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Slipway.Api.Storage;
using Slipway.Contracts;
using Slipway.ServiceDefaults;

namespace Slipway.Api.Accounts.Provider;

/// <summary>
/// Signing in with an identity provider by OpenID Connect's authorization code flow, with PKCE, state and nonce. The portal leads people
/// there and back; what is said between API and provider, secret and tokens with it, no browser sees.
/// </summary>
sealed class IdentityProvider(IOptions<ProviderOptions> options, ProviderMetadata metadata, ProviderTokens tokens, EnvironmentBox box, IOptions<PublicAddress> address, TimeProvider time)
{
    /// <summary>The page of the portal that people come back to; a provider takes no other.</summary>
    public const string ReturnPath = "/sign-in/callback";

    private string RedirectUri => address.Value.Link(ReturnPath);

    /// <summary>Where to go to sign in, and what to keep meanwhile.</summary>
    public async Task<ProviderSignInStart> Begin(CancellationToken cancel)
    {
        var provider = await metadata.Get(anew: false, cancel);
        var request = ProviderRequest.New(ProviderTokens.Validator.GenerateNonce(), time.GetUtcNow());
        var message = new OpenIdConnectMessage
        {
            IssuerAddress = provider.AuthorizationEndpoint,
            EnableTelemetryParameters = false,
            ClientId = options.Value.ClientId,
            RedirectUri = RedirectUri,
            ResponseType = OpenIdConnectResponseType.Code,
            Scope = options.Value.Scopes,
            State = request.State,
            Nonce = request.Nonce,
        };
        message.SetParameter("code_challenge", request.Challenge);
        message.SetParameter("code_challenge_method", "S256");
        return new(message.CreateAuthenticationRequestUrl(), request.Seal(box));
    }

    /// <summary>Who came back.</summary>
    public async Task<ProviderIdentity> Finish(FinishProviderSignIn finish, CancellationToken cancel)
    {
        var request = ProviderRequest.Open(box, finish.Request, finish.State, time.GetUtcNow()) ?? throw ProviderException.BeginAgain("What was begun is not what came back.");
        // RFC 9207: an answer of another provider.
        if (finish.Issuer is { } issuer && issuer != (await metadata.Get(anew: false, cancel)).Issuer)
        {
            throw ProviderException.BeginAgain("The answer names another provider.");
        }

        return await tokens.Redeem(finish.Code, request, RedirectUri, cancel);
    }
}
