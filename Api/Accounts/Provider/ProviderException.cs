using Slipway.Api.Http;

namespace Slipway.Api.Accounts.Provider;

/// <summary>Signing in with the provider does not go on. Its message is for the log; <see cref="Answer"/> is for the person.</summary>
sealed class ProviderException(string message, IResult answer, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>A sentence about what to do now.</summary>
    public IResult Answer { get; } = answer;

    /// <summary>The provider does not answer, or not with what it should.</summary>
    public static ProviderException Away(ProviderOptions options, string reason, Exception? inner = null) => new(reason,
        Problems.Unavailable($"{Capital(options.DisplayName)} does not answer as it should just now.", "Try again in a moment. If it stays so, tell the administrator of the platform.", TimeSpan.FromSeconds(15)), inner);

    /// <summary>The provider does not know this platform, or its secret.</summary>
    public static ProviderException NotKnown(ProviderOptions options, string reason) => new(reason,
        Problems.Unavailable($"{Capital(options.DisplayName)} does not accept this platform.", "Tell its administrator: the settings Oidc:ClientId and Oidc:ClientSecret may be wrong.", TimeSpan.FromMinutes(1)));

    /// <summary>What came back is too old, was used already, or does not belong to what was begun.</summary>
    public static ProviderException BeginAgain(string reason, Exception? inner = null) => new(reason,
        Problems.BadRequest("This sign-in took too long, was used already, or was begun elsewhere.", "Begin again."), inner);

    /// <summary>What the provider says of the person cannot be believed.</summary>
    public static ProviderException NotBelieved(ProviderOptions options, string reason, Exception? inner = null) => new(reason,
        Problems.Forbidden($"What {options.DisplayName} says of you cannot be verified.", "Begin again. If it stays so, tell the administrator of the platform."), inner);

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
