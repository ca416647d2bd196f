namespace Slipway.Api.Accounts;

/// <summary>The settings <c>Accounts:*</c>.</summary>
public sealed record AccountOptions
{
    private const int MinSetupToken = 32, MaxSetupToken = 512;

    /// <summary>The address of the account that is made an administrator when it registers; empty: the first account is.</summary>
    public string Administrator { get; init; } = "";

    /// <summary>
    /// While it is set, only who registers with it becomes the first administrator, and only as long as there is none; empty: the other rules hold.
    /// </summary>
    public string SetupToken { get; init; } = "";

    /// <summary>How often a minute one network address may register, sign in, or ask for a message.</summary>
    public int AttemptsPerAddress { get; init; } = 60;

    /// <summary>How many messages a quarter of an hour one account may be sent, and how often an address may register.</summary>
    public int MessagesPerAccount { get; init; } = 5;

    /// <summary>After how many wrong passwords or codes in a row an account is locked.</summary>
    public int LockAfter { get; init; } = 10;

    /// <summary>For how long, in minutes.</summary>
    public int LockMinutes { get; init; } = 5;

    /// <summary>What is wrong with the settings, as a sentence; null where nothing is.</summary>
    public static string? Explain(AccountOptions options) => options switch
    {
        { AttemptsPerAddress: < 1 } => "The setting Accounts:AttemptsPerAddress must be at least 1.",
        { MessagesPerAccount: < 1 } => "The setting Accounts:MessagesPerAccount must be at least 1.",
        { LockAfter: < 1 } or { LockMinutes: < 1 } => "The settings Accounts:LockAfter and Accounts:LockMinutes must be at least 1.",
        { SetupToken.Length: > 0 and < MinSetupToken or > MaxSetupToken } =>
            $"The setting Accounts:SetupToken must have {MinSetupToken} to {MaxSetupToken} characters: whoever guesses it administers the platform. 'openssl rand -hex 32' makes one.",
        _ => null,
    };
}
