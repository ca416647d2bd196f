using Slipway.Contracts;

namespace Slipway.Api.Accounts.Provider;

/// <summary>What a value of the provider's claim gives: a role in a project, or the administration of the platform.</summary>
public sealed record ProviderRole
{
    /// <summary>The claim's value, such as a group's name; compared to the letter.</summary>
    public string Value { get; init; } = "";

    /// <summary>The project's name; it need not be there yet.</summary>
    public string Project { get; init; } = "";

    /// <summary>The role in it.</summary>
    public Role? Role { get; init; }

    /// <summary>Whether it makes an administrator of the platform instead.</summary>
    public bool Administrator { get; init; }

    internal string? Explain(int index) => this switch
    {
        { Value: "" } => $"The setting Oidc:Roles:{index}:Value is missing: the value of the claim, such as a group's name.",
        { Administrator: true } when Project.Length > 0 || Role is not null => $"The setting Oidc:Roles:{index} has Administrator=true; it cannot also have a Project or a Role.",
        { Administrator: true } => null,
        { Role: null } => $"The setting Oidc:Roles:{index}:Role is missing: viewer, editor or creator.",
        _ when NameRules.ExplainProject(Project) is { } wrong => $"The setting Oidc:Roles:{index}:Project is no project's name. {wrong}",
        _ => null,
    };
}

/// <summary>The settings <c>Oidc:*</c>. Without an authority people sign in with passwords only.</summary>
public sealed record ProviderOptions
{
    /// <summary>The provider's issuer address, below which its <c>.well-known/openid-configuration</c> is.</summary>
    public string Authority { get; init; } = "";

    public string ClientId { get; init; } = "";

    /// <summary>Empty for a client that is registered as public; PKCE is used either way.</summary>
    public string ClientSecret { get; init; } = "";

    /// <summary>What people know the provider as: it is on the button.</summary>
    public string DisplayName { get; init; } = "single sign-on";

    /// <summary>Separated by blanks.</summary>
    public string Scopes { get; init; } = "openid profile email";

    /// <summary>The claim that <see cref="Roles"/> are about.</summary>
    public string RoleClaim { get; init; } = "groups";

    public IReadOnlyList<ProviderRole> Roles { get; init; } = [];

    /// <summary>Whether the provider is the only way in: nothing that takes a password works then.</summary>
    public bool Only { get; init; }

    /// <summary>For a provider that says nothing of <c>email_verified</c> and whose addresses are nevertheless its people's own.</summary>
    public bool TrustEmail { get; init; }

    /// <summary>After how many hours a session that the provider began ends, so that the provider is asked again.</summary>
    public int SessionHours { get; init; } = 24;

    /// <summary>Whether there is a provider.</summary>
    public bool IsOn => Authority.Length > 0;

    /// <summary>Whether passwords work.</summary>
    public bool Passwords => !(IsOn && Only);

    /// <summary>What is wrong with the settings, as a sentence; null where nothing is.</summary>
    /// <param name="allowPlain">Whether the provider may be reached without TLS: everywhere but in production.</param>
    /// <param name="publicUrl">The setting <c>PublicUrl</c>: people come back there.</param>
    public static string? Explain(ProviderOptions options, bool allowPlain, string publicUrl) => options switch
    {
        { IsOn: false, ClientId: "", Only: false, Roles.Count: 0 } => null,
        { IsOn: false } => "The setting Oidc:Authority is missing: the address of the identity provider, such as 'https://login.example.com'. Without it the other Oidc settings mean nothing.",
        _ when !Uri.TryCreate(options.Authority, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Query.Length > 0 || url.Fragment.Length > 0 =>
            "The setting Oidc:Authority must be the address of the identity provider, such as 'https://login.example.com'.",
        _ when new Uri(options.Authority) is { Scheme: "http", IsLoopback: false } && !allowPlain =>
            $"The setting Oidc:Authority is '{options.Authority}': who is signed in would cross the network in clear. Use https://, or set AllowPlainHttp=true where the network itself is encrypted.",
        { ClientId: "" } => "The setting Oidc:ClientId is missing: what the identity provider knows this platform as.",
        _ when !options.Scopes.Split(' ').Contains("openid") => "The setting Oidc:Scopes must have 'openid' in it.",
        { SessionHours: < 1 or > 8760 } => "The setting Oidc:SessionHours must be 1 to 8760.",
        { DisplayName: "" } or { DisplayName.Length: > 60 } => "The setting Oidc:DisplayName must have 1 to 60 characters.",
        { RoleClaim: "" } => "The setting Oidc:RoleClaim must name a claim, such as 'groups'.",
        _ when publicUrl.Length == 0 => "The setting PublicUrl is missing: the identity provider sends people back there.",
        _ => options.Roles.Select((role, index) => role.Explain(index)).FirstOrDefault(wrong => wrong is not null),
    };
}
