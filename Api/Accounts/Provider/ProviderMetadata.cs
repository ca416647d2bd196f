using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Slipway.Api.Accounts.Provider;

/// <summary>Where the provider's endpoints are and what it signs with: its discovery document, kept and asked for again now and then.</summary>
sealed class ProviderMetadata(IOptions<ProviderOptions> options, IHttpClientFactory clients) : IDocumentRetriever
{
    /// <summary>The name of the HTTP client that reaches the provider.</summary>
    public const string HttpClient = "identity provider";

    private ConfigurationManager<OpenIdConnectConfiguration>? kept;

    /// <summary>Whether the provider is reached by TLS: then all its endpoints have to be.</summary>
    public bool NeedsTls => options.Value.Authority.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>The provider's own description of itself.</summary>
    /// <param name="anew">Whether what is kept will not do: the provider signs with a key that is not in it.</param>
    public async Task<OpenIdConnectConfiguration> Get(bool anew, CancellationToken cancel)
    {
        try
        {
            var manager = anew || kept is null ? kept = Manager() : kept;
            var found = await manager.GetConfigurationAsync(cancel);
            return found is { AuthorizationEndpoint.Length: > 0, TokenEndpoint.Length: > 0, Issuer.Length: > 0 } && IsAllowed(found.AuthorizationEndpoint) && IsAllowed(found.TokenEndpoint)
                ? found
                : throw ProviderException.Away(options.Value, "Its discovery document lacks an endpoint, or has one without TLS.");
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or HttpRequestException or ArgumentException or System.Text.Json.JsonException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            // One that has failed waits before it asks again; the next person should not have to.
            kept = null;
            throw ProviderException.Away(options.Value, $"Its discovery document cannot be read: {e.GetBaseException().Message}", e);
        }
    }

    /// <summary>Whether an endpoint may be used.</summary>
    public bool IsAllowed(string endpoint) => Uri.TryCreate(endpoint, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && (url.Scheme is "https" || !NeedsTls);

    Task<string> IDocumentRetriever.GetDocumentAsync(string address, CancellationToken cancel) =>
        new HttpDocumentRetriever(clients.CreateClient(HttpClient)) { RequireHttps = NeedsTls }.GetDocumentAsync(address, cancel);

    private ConfigurationManager<OpenIdConnectConfiguration> Manager() =>
        new($"{options.Value.Authority.TrimEnd('/')}/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(), this);
}
