using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api;

public sealed class BadRequestTests(Platform platform) : PlatformTest(platform)
{
    private const int Requests = 4000;

    // Request i is made from (i, Seed) alone: what a failure names can be made again by itself.
    private const ulong Seed = 20_240_607;

    [Fact]
    public async Task None_of_thousands_of_bad_requests_gets_a_5xx_and_every_refusal_is_a_problem()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("bad");
        await user.Client.CreateApp(project, Small("shop") with { Stopped = true });
        var requests = BadRequests.Around(project, "shop");
        var wrong = new ConcurrentQueue<string>();
        var statuses = new ConcurrentDictionary<int, int>();

        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, cancel) =>
        {
            var made = requests.Generate(new PCG((uint)i, Seed), null, out _);
            using var answer = await Send(user.Http, made, cancel);
            if (answer is null)
            {
                return;
            }

            statuses.AddOrUpdate((int)answer.StatusCode, 1, (_, count) => count + 1);
            if (await WhatIsWrong(made, answer, cancel) is { } words)
            {
                wrong.Enqueue($"request {i} of seed {Seed}: {words}\n    {made}");
            }
        });

        await DeleteProjects(user);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", statuses.OrderBy(s => s.Key).Select(s => $"{s.Value} x {s.Key}")));
        Assert.True(wrong.IsEmpty, $"{wrong.Count} of {Requests} answers are wrong:\n{string.Join('\n', wrong.Take(20))}");
        Assert.True(statuses.Values.Sum() > 3000, "Fewer than 3,000 requests could be sent at all.");
        await user.Client.Me();
    }

    [Theory]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("GET\r\n\r\n")]
    [InlineData("GET /api/me HTTP/1.1\r\n\r\n")]
    [InlineData("GET /api/me HTTP/1.1\r\nHost: \x01\r\n\r\n")]
    [InlineData("GET /api/%zz/%2 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /api/projects/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET http://[::1/api HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("POST /api/account/login HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n{}")]
    [InlineData("POST /api/account/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ")]
    [InlineData("POST /api/account/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n")]
    [InlineData("POST /api/account/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: nonsense\r\n\r\n")]
    [InlineData("G\0T / HTTP/1.1\r\nHost: x\r\n\r\n")]
    public async Task Bytes_that_are_hardly_HTTP_get_a_4xx(string bytes)
    {
        var api = await Platform.Api();
        using var client = new TcpClient();
        await client.ConnectAsync(api.Address.Host, api.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes));
        client.Client.Shutdown(SocketShutdown.Send);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var status = await reader.ReadLineAsync(patience.Token);
        // A connection that ends without an answer is a refusal, too.
        Assert.True(status is null || status.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), status);
        using var http = api.Http();
        Assert.Equal("Healthy", await http.GetStringAsync("/alive"));
    }

    private static async Task<HttpResponseMessage?> Send(HttpClient http, MadeUp made, CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(new(made.Method), new Uri(http.BaseAddress + made.Path.TrimStart('/'),
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
            if (made.Body is not null)
            {
                request.Content = new ByteArrayContent(made.Body);
                request.Content.Headers.TryAddWithoutValidation("Content-Type", made.ContentType);
            }

            if (made.Path.Contains("logout", StringComparison.Ordinal))
            {
                request.Headers.Authorization = new("Bearer", "nobody");
            }

            foreach (var (name, value) in made.Headers)
            {
                if (!request.Headers.TryAddWithoutValidation(name, value))
                {
                    request.Content?.Headers.TryAddWithoutValidation(name, value);
                }
            }

            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        }
        catch (Exception e) when (e is UriFormatException or FormatException or InvalidOperationException
            || e is HttpRequestException { HttpRequestError: not (HttpRequestError.ConnectionError or HttpRequestError.ResponseEnded) })
        {
            // What the sending side refuses to send says nothing about the API.
            return null;
        }
    }

    private static async Task<string?> WhatIsWrong(MadeUp made, HttpResponseMessage answer, CancellationToken cancel)
    {
        if ((int)answer.StatusCode < 400)
        {
            // Logs and events that are followed never end; what is right is not read.
            return null;
        }

        var body = await answer.Content.ReadAsStringAsync(cancel);
        return (int)answer.StatusCode >= 500 ? $"{(int)answer.StatusCode} {body}"
            : made.Method is "HEAD" || body.Length == 0 && answer.Headers.ConnectionClose is true ? null
            : Answers.WhatIsWrongAsProblem(answer, body);
    }

    private static async Task DeleteProjects(TestUser user)
    {
        // Some of the made-up names are names.
        foreach (var project in (await user.Client.Projects(new() { Limit = PageQuery.MaxLimit })).Items.Where(p => p.AppCount == 0))
        {
            await user.Client.DeleteProject(project.Name);
        }
    }
}
