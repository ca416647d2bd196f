namespace Slipway.Contracts;

/// <summary>
/// Makes an account. The answer is the same whether or not there is one with this address already: who owns the address learns it by
/// e-mail, or by signing in.
/// </summary>
/// <param name="Email">The address that signs in, at most 254 characters (RFC 5321).</param>
/// <param name="Password">8 to 256 characters.</param>
public sealed record RegisterRequest(string Email, string Password)
{
    /// <summary>The code of an invitation to this address, where there is one: it proves the address.</summary>
    public string? Invitation { get; init; }

    /// <summary>
    /// The setting <c>Accounts:SetupToken</c> of a platform that has no administrator yet: this account becomes it. 400 where it is wrong or there
    /// is an administrator.
    /// </summary>
    public string? SetupToken { get; init; }
}

/// <summary>What comes next after registering.</summary>
/// <param name="ConfirmEmail">Whether the address has to be confirmed, by the code that was sent to it, before it can sign in.</param>
public sealed record Registered(bool ConfirmEmail);

/// <summary>Confirms an address by the code that was sent to it. 400 where the code is wrong, used or older than a day.</summary>
public sealed record ConfirmEmailRequest(string Code);

/// <summary>Asks for a message that helps to get in again: a link to choose a new password, or to confirm the address.</summary>
public sealed record EmailRequest(string Email);

/// <summary>Chooses a new password with a code that was sent by e-mail (good once, for one hour). All sessions end.</summary>
public sealed record ResetPasswordRequest(string Code, string Password);

/// <summary>Changes the password. All other sessions end.</summary>
public sealed record ChangePasswordRequest(string Current, string Password);

/// <summary>
/// Signs in. 401 where address and password do not fit together, without saying which was wrong. Where two-factor is on and
/// <paramref name="Code"/> is missing, 401 with <c>"twoFactor": true</c>.
/// </summary>
/// <param name="Email">The account's address.</param>
/// <param name="Password">Its password.</param>
/// <param name="Code">Six digits of the authenticator app, or one of the recovery codes, which work once each.</param>
public sealed record LoginRequest(string Email, string Password, string? Code = null);

/// <summary>Trades a refresh token, which works once, for new tokens. 401 where it was used, revoked or has expired.</summary>
public sealed record RefreshRequest(string RefreshToken);

/// <summary>What signing in gives.</summary>
/// <param name="AccessToken">For <c>Authorization: Bearer …</c>.</param>
/// <param name="ExpiresIn">Seconds until the access token expires.</param>
/// <param name="RefreshToken">For <see cref="RefreshRequest"/>; works once.</param>
public sealed record TokenResponse(string AccessToken, int ExpiresIn, string RefreshToken)
{
    /// <summary>Always <c>Bearer</c> (RFC 6750).</summary>
    public string TokenType { get; init; } = "Bearer";
}

/// <summary>Who is asking.</summary>
/// <param name="Administrator">Whether they may use everything under <c>/api/admin</c>.</param>
/// <param name="TwoFactor">Whether signing in takes an authenticator's code.</param>
public sealed record Me(Guid Id, string Email, bool Administrator = false, bool TwoFactor = false)
{
    /// <summary>Whether they can sign in with a password, too. Who cannot confirms what is dangerous by having signed in with the provider just now.</summary>
    public bool Password { get; init; } = true;
}

/// <summary>How people sign in on this platform.</summary>
/// <param name="Passwords">Whether with a password; otherwise everything about passwords and second factors answers 403.</param>
/// <param name="Provider">What people know the identity provider as; null where there is none.</param>
public sealed record SignInWays(bool Passwords, string? Provider)
{
    /// <summary>Whether the platform waits for its first administrator to register with the set-up token (<see cref="RegisterRequest.SetupToken"/>).</summary>
    public bool SetupPending { get; init; }
}

/// <summary>The beginning of signing in with the identity provider.</summary>
/// <param name="Address">Where to send the person.</param>
/// <param name="Request">To be kept in their browser, and nowhere else, for <see cref="FinishProviderSignIn"/>; good for a quarter of an hour.</param>
public sealed record ProviderSignInStart(string Address, string Request);

/// <summary>
/// Signs in with what the identity provider sent back. 400 where it is too old, was used already, or does not belong to
/// <paramref name="Request"/>; 403 where the person is not let in; 503 where the provider does not answer.
/// </summary>
/// <param name="Code">The provider's <c>code</c>.</param>
/// <param name="State">The provider's <c>state</c>.</param>
/// <param name="Request">Of <see cref="ProviderSignInStart"/>, as it was kept.</param>
public sealed record FinishProviderSignIn(string Code, string State, string Request)
{
    /// <summary>The provider's <c>iss</c> (RFC 9207), where it sent one.</summary>
    public string? Issuer { get; init; }
}

/// <summary>Confirms something dangerous with the account's password.</summary>
public sealed record PasswordRequest(string Password);

/// <summary>A signed-in device.</summary>
/// <param name="Device">What the browser or program called itself; shortened.</param>
/// <param name="Address">The network address of its last sign-in or refresh.</param>
/// <param name="SeenAt">Its last sign-in or refresh.</param>
/// <param name="Current">Whether it is the one that asks.</param>
public sealed record SessionView(Guid Id, string? Device, string? Address, DateTimeOffset CreatedAt, DateTimeOffset SeenAt, bool Current)
{
    /// <summary>Whether the identity provider began it, rather than a password.</summary>
    public bool ByProvider { get; init; }
}

/// <summary>What an authenticator app needs. Nothing is on until <see cref="EnableTwoFactor"/> proves that it works.</summary>
/// <param name="Key">In base32, to type.</param>
/// <param name="Uri">The same as <c>otpauth://totp/…</c>.</param>
/// <param name="QrCode">The same as an SVG image, to scan.</param>
public sealed record TwoFactorSetup(string Key, string Uri, string QrCode);

/// <summary>Turns two-factor on with the first code that the authenticator app shows.</summary>
public sealed record EnableTwoFactor(string Code);

/// <summary>Ten codes that work once each in place of the authenticator; they are shown this once.</summary>
public sealed record RecoveryCodes(IReadOnlyList<string> Codes);

/// <summary>Makes an access token for a program.</summary>
/// <param name="Name">1 to 64 characters, to know it by.</param>
/// <param name="Role">The most that it may do: never more than its owner may at that moment.</param>
/// <param name="Days">1 to 366 days until it expires.</param>
public sealed record CreateToken(string Name, Role Role, int Days)
{
    /// <summary>The one project that it works in; null: in all of its owner's.</summary>
    public string? Project { get; init; }

    /// <summary>What it may do of what its role may; null: all of it.</summary>
    public IReadOnlyList<Permission>? Actions { get; init; }
}

/// <summary>An access token, without its secret.</summary>
/// <param name="Hint">Its first characters, to tell it from others.</param>
/// <param name="LastUsedAt">To the minute; null: never.</param>
public sealed record TokenView(
    Guid Id, string Name, string Hint, string? Project, Role Role, IReadOnlyList<Permission>? Actions,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? LastUsedAt);

/// <summary>A new access token.</summary>
/// <param name="Secret">For <c>Authorization: Bearer slip_…</c>; shown this once.</param>
public sealed record CreatedToken(TokenView Token, string Secret);
