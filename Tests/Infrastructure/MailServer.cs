using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MimeKit;

namespace Slipway.Tests.Infrastructure;

/// <summary>A mail server on this machine that takes everything and sends nothing on: SMTP as in RFC 5321, without extensions.</summary>
sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly ConcurrentQueue<MimeMessage> received = new();
    private readonly Task accepting;

    public MailServer()
    {
        listener.Start();
        accepting = Accept();
    }

    /// <summary>While true, every message is answered with "try again later".</summary>
    public bool IsBusy { get; set; }

    /// <summary>The settings of an API process that sends here.</summary>
    public Dictionary<string, string?> Settings => new()
    {
        ["Smtp__Host"] = "127.0.0.1",
        ["Smtp__Port"] = $"{((IPEndPoint)listener.LocalEndpoint).Port}",
        ["Smtp__Security"] = "None",
        ["Smtp__From"] = "Slipway <slipway@example.com>",
    };

    public IReadOnlyList<MimeMessage> Received => [.. received];

    /// <summary>The newest message to this address whose subject has this in it.</summary>
    public Task<MimeMessage> Message(string to, string subject) => Wait.For($"the message '{subject}' to {to}",
        _ => Task.FromResult(received.LastOrDefault(m => IsTo(m, to) && m.Subject?.Contains(subject, StringComparison.Ordinal) is true)!), found => found is not null,
        describe: _ => $"{received.Count} other messages");

    /// <summary>Whether a message is to this address.</summary>
    public static bool IsTo(MimeMessage message, string address) => message.To.Mailboxes.Any(t => t.Address == address);

    /// <summary>The code in a message's link.</summary>
    public static string Code(MimeMessage message)
    {
        var text = message.TextBody ?? "";
        var begin = text.IndexOf("?code=", StringComparison.Ordinal) + "?code=".Length;
        return text[begin..].Split(' ', '\r', '\n')[0];
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Stop();
        await accepting;
        end.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (!end.IsCancellationRequested)
            {
                _ = Serve(await listener.AcceptTcpClientAsync(end.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task Serve(TcpClient client)
    {
        using var _ = client;
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        await using var writer = new StreamWriter(client.GetStream(), Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
        try
        {
            await writer.WriteLineAsync("220 test");
            while (await reader.ReadLineAsync(end.Token) is { } line)
            {
                switch (line.Split(' ')[0].ToUpperInvariant())
                {
                    case "DATA" when IsBusy:
                        await writer.WriteLineAsync("451 busy");
                        break;
                    case "DATA":
                        await writer.WriteLineAsync("354 go on");
                        await Take(reader);
                        await writer.WriteLineAsync("250 taken");
                        break;
                    case "QUIT":
                        await writer.WriteLineAsync("221 bye");
                        return;
                    default:
                        await writer.WriteLineAsync("250 ok");
                        break;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client has gone, or the test is over.
        }
    }

    private async Task Take(StreamReader reader)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(end.Token) is { } line and not ".")
        {
            // A line that begins with a dot has been given another one (RFC 5321, 4.5.2).
            text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        }

        received.Enqueue(await MimeMessage.LoadAsync(new MemoryStream(Encoding.Latin1.GetBytes(text.ToString()))));
    }
}
