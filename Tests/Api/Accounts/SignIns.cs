using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Accounts;

/// <summary>Sign-ins whose answers are looked at, whatever they are.</summary>
static class SignIns
{
    public const string WrongPassword = "not the password";

    /// <summary>Tries to sign in.</summary>
    /// <param name="forwardedFor">What a proxy would say of where the request comes from.</param>
    public static async Task<HttpResponseMessage> SignIn(this HttpClient http, string email, string password, string? code = null, string? forwardedFor = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/account/login")
        {
            Content = JsonContent.Create(new LoginRequest(email, password, code), options: SlipwayJson.Options),
        };
        if (forwardedFor is not null)
        {
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        }

        return await http.SendAsync(request);
    }

    /// <summary>Fails <paramref name="times"/> times with a wrong password, one after the other.</summary>
    public static async Task FailToSignIn(this HttpClient http, string email, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var answer = await http.SignIn(email, WrongPassword);
            await answer.IsProblem(HttpStatusCode.Unauthorized);
        }
    }

    /// <summary>Fails unless the answer is a 429 that says for how long, and returns that.</summary>
    public static async Task<TimeSpan> IsTooMany(this HttpResponseMessage answer)
    {
        await answer.IsProblem(HttpStatusCode.TooManyRequests);
        var wait = answer.Headers.RetryAfter?.Delta;
        Assert.True(wait > TimeSpan.Zero, $"Retry-After is '{answer.Headers.RetryAfter}'");
        return wait.Value;
    }

    /// <summary>A client whose connections come from this address of this machine.</summary>
    public static HttpClient From(string address, ApiProcess api) => new(new SocketsHttpHandler
    {
        UseCookies = false,
        ConnectCallback = async (context, cancel) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                await socket.ConnectAsync(context.DnsEndPoint, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    { BaseAddress = api.Address };
}
