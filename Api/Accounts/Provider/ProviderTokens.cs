using System.IdentityModel.Tokens.Jwt;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Slipway.Api.Accounts.Provider;

/// <summary>
/// Trades a code for tokens at the provider and has them checked: signature, issuer, audience and times by JsonWebTokenHandler, nonce and
/// hashes by OpenIdConnectProtocolValidator.
/// </summary>
sealed class ProviderTokens(IOptions<ProviderOptions> options, ProviderMetadata metadata, IHttpClientFactory clients)
{
    // Only what needs the provider's private key: neither "none" nor anything made with a secret that two share.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };

    /// <summary>Also makes nonces.</summary>
    public static OpenIdConnectProtocolValidator Validator { get; } = new() { RequireStateValidation = false };

    /// <summary>Who the person is that the code was given for.</summary>
    public async Task<ProviderIdentity> Redeem(string code, ProviderRequest request, string redirectUri, CancellationToken cancel)
    {
        var provider = await metadata.Get(anew: false, cancel);
        var answer = await Ask(provider, code, request.Verifier, redirectUri, cancel);
        var (token, claims) = await Check(answer.IdToken, provider, cancel);
        try
        {
            Validator.ValidateTokenResponse(new() { ClientId = options.Value.ClientId, ProtocolMessage = answer, ValidatedIdToken = token, Nonce = request.Nonce });
        }
        catch (OpenIdConnectProtocolException e)
        {
            throw ProviderException.NotBelieved(options.Value, $"The identity token does not belong to this sign-in: {e.Message}", e);
        }

        var more = ProviderIdentity.IsShort(claims, options.Value) && provider.UserInfoEndpoint is { Length: > 0 } endpoint
            ? await AskMore(endpoint, answer.AccessToken, token, cancel)
            : (JsonElement?)null;
        return ProviderIdentity.Of(claims, more, options.Value);
    }

    private async Task<OpenIdConnectMessage> Ask(OpenIdConnectConfiguration provider, string code, string verifier, string redirectUri, CancellationToken cancel)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = redirectUri,
            ["code_verifier"] = verifier,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, provider.TokenEndpoint);
        Introduce(request, form, provider.TokenEndpointAuthMethodsSupported);
        request.Content = new FormUrlEncodedContent(form);
        var (status, body) = await Send(request, cancel);
        OpenIdConnectMessage answer;
        try
        {
            answer = new(body);
        }
        catch (Exception e) when (e is ArgumentException or JsonException or InvalidOperationException)
        {
            throw ProviderException.Away(options.Value, $"Its token endpoint answered {status} with something that is no JSON.", e);
        }

        return answer switch
        {
            { Error: "invalid_grant" } => throw ProviderException.BeginAgain("The provider does not take the code (invalid_grant)."),
            { Error.Length: > 0 } => throw ProviderException.NotKnown(options.Value, $"Its token endpoint answered {status} ({answer.Error})."),
            { IdToken.Length: > 0, AccessToken.Length: > 0 } when status < 300 => answer,
            _ => throw ProviderException.Away(options.Value, $"Its token endpoint answered {status} without the tokens."),
        };
    }

    // RFC 6749, 2.3.1. Where a provider says nothing of it, client_secret_basic is what it takes (OpenID Connect Discovery, 3).
    private void Introduce(HttpRequestMessage request, Dictionary<string, string> form, ICollection<string> methods)
    {
        if (options.Value.ClientSecret.Length > 0 && (methods.Count == 0 || methods.Contains("client_secret_basic")))
        {
            var pair = $"{Uri.EscapeDataString(options.Value.ClientId)}:{Uri.EscapeDataString(options.Value.ClientSecret)}";
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
            return;
        }

        form["client_id"] = options.Value.ClientId;
        if (options.Value.ClientSecret.Length > 0)
        {
            form["client_secret"] = options.Value.ClientSecret;
        }
    }

    private async Task<(JwtSecurityToken Token, ClaimsIdentity Claims)> Check(string idToken, OpenIdConnectConfiguration provider, CancellationToken cancel)
    {
        var result = await handler.ValidateTokenAsync(idToken, Parameters(provider));
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            // It has other keys by now.
            result = await handler.ValidateTokenAsync(idToken, Parameters(await metadata.Get(anew: true, cancel)));
        }

        return result.IsValid
            ? (JwtSecurityTokenConverter.Convert((JsonWebToken)result.SecurityToken), result.ClaimsIdentity)
            : throw ProviderException.NotBelieved(options.Value, $"The identity token is not valid: {result.Exception.GetType().Name}.");
    }

    private TokenValidationParameters Parameters(OpenIdConnectConfiguration provider) => new()
    {
        ValidIssuer = provider.Issuer,
        ValidAudience = options.Value.ClientId,
        IssuerSigningKeys = provider.SigningKeys,
        ValidAlgorithms = Algorithms,
        ClockSkew = TimeSpan.FromMinutes(2),
    };

    private async Task<JsonElement> AskMore(string endpoint, string accessToken, JwtSecurityToken token, CancellationToken cancel)
    {
        if (!metadata.IsAllowed(endpoint))
        {
            throw ProviderException.Away(options.Value, "Its user info endpoint is without TLS.");
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, endpoint);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        var (status, body) = await Send(request, cancel);
        if (status != StatusCodes.Status200OK)
        {
            throw ProviderException.Away(options.Value, $"Its user info endpoint answered {status}.");
        }

        try
        {
            // That it is about the same person.
            Validator.ValidateUserInfoResponse(new() { UserInfoEndpointResponse = body, ValidatedIdToken = token });
            return JsonDocument.Parse(body).RootElement;
        }
        catch (Exception e) when (e is OpenIdConnectProtocolException or JsonException)
        {
            throw ProviderException.NotBelieved(options.Value, $"The user info is not that of the identity token: {e.Message}", e);
        }
    }

    private async Task<(int Status, string Body)> Send(HttpRequestMessage request, CancellationToken cancel)
    {
        try
        {
            using var answer = await clients.CreateClient(ProviderMetadata.HttpClient).SendAsync(request, cancel);
            var body = await answer.Content.ReadAsStringAsync(cancel);
            return (int)answer.StatusCode < 500 ? ((int)answer.StatusCode, body) : throw ProviderException.Away(options.Value, $"It answered {(int)answer.StatusCode}.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw ProviderException.Away(options.Value, $"It cannot be reached: {e.GetBaseException().Message}", e);
        }
    }
}
