namespace Slipway.Api.Mail;

/// <summary>How a connection to the mail server is secured.</summary>
public enum MailSecurity
{
    /// <summary>Not at all: for a server on the same machine.</summary>
    None,

    /// <summary>STARTTLS, required (RFC 3207).</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314).</summary>
    Tls,
}

/// <summary>The settings <c>Smtp:*</c>. Without a host no e-mail is sent, and addresses are not confirmed.</summary>
public sealed record MailOptions
{
    public string Host { get; init; } = "";

    public int Port { get; init; } = 587;

    public string Username { get; init; } = "";

    public string Password { get; init; } = "";

    /// <summary>The sender, such as <c>Slipway &lt;slipway@example.com&gt;</c>.</summary>
    public string From { get; init; } = "";

    public MailSecurity Security { get; init; } = MailSecurity.StartTls;

    /// <summary>Whether e-mail can be sent.</summary>
    public bool IsOn => Host.Length > 0;

    /// <summary>What is wrong with the settings, as a sentence; null where nothing is.</summary>
    public static string? Explain(MailOptions options) => options switch
    {
        { IsOn: false } => null,
        { Port: < 1 or > 65535 } => "The setting Smtp:Port must be 1 to 65535.",
        _ when !MimeKit.MailboxAddress.TryParse(options.From, out _) => "The setting Smtp:From must be the sender's address, such as 'Slipway <slipway@example.com>'.",
        _ => null,
    };
}
