using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Slipway.Api.Mail;

/// <summary>The platform's mail server.</summary>
public sealed class SmtpServer(IOptions<MailOptions> options)
{
    /// <summary>Whether there is one.</summary>
    public bool IsOn => options.Value.IsOn;

    /// <summary>Hands a message over, and returns what the server answered. Throws as <see cref="IsFailure"/> says where it did not take it.</summary>
    /// <param name="id">The message's own: a server or a reader that has it already may drop it.</param>
    public async Task<string> Send(Guid id, string to, string subject, string text, CancellationToken cancel)
    {
        var settings = options.Value;
        using var message = new MimeMessage
        {
            Subject = subject,
            MessageId = $"{id:N}@slipway",
            Body = new TextPart("plain") { Text = text },
        };
        message.From.Add(MailboxAddress.Parse(settings.From));
        message.To.Add(new MailboxAddress("", to));
        using var smtp = new SmtpClient();
        await smtp.ConnectAsync(settings.Host, settings.Port, settings.Security switch
        {
            MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            MailSecurity.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.None,
        }, cancel);
        if (settings.Username.Length > 0)
        {
            await smtp.AuthenticateAsync(settings.Username, settings.Password, cancel);
        }

        var answer = await smtp.SendAsync(message, cancel);
        try
        {
            await smtp.DisconnectAsync(true, cancel);
        }
        catch (Exception e) when (IsFailure(e) || e is OperationCanceledException)
        {
            // It has the message: that it does not say goodbye changes nothing.
        }

        return answer;
    }

    /// <summary>Whether an exception of <see cref="Send"/> says that the server was not reached or did not take the message.</summary>
    public static bool IsFailure(Exception e) => e is IOException or ProtocolException or CommandException or AuthenticationException or SslHandshakeException
        or System.Net.Sockets.SocketException or ServiceNotConnectedException or NotSupportedException;
}
