namespace Slipway.Contracts;

/// <summary>Makes an account.</summary>
/// <param name="Email">The address that signs in, at most 254 characters (RFC 5321).</param>
/// <param name="Password">8 to 256 characters.</param>
public sealed record RegisterRequest(string Email, string Password);

/// <summary>Signs in. 401 where address and password do not fit together, without saying which was wrong.</summary>
public sealed record LoginRequest(string Email, string Password);

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
public sealed record Me(Guid Id, string Email);
