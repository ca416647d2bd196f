using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Access;

/// <summary>A guess tells nobody how near it was: neither by its answer nor by the time that the answer takes.</summary>
[Collection(nameof(GuessingTests))]
public sealed class GuessingTests(Platform platform) : PlatformTest(platform)
{
    private const int Rounds = 150;

    [Fact]
    public async Task A_guessed_access_token_takes_as_long_whether_none_half_or_all_but_the_last_of_it_is_right()
    {
        using var user = await Platform.NewUser();
        var secret = (await user.Client.CreateToken(new("guess", Role.Viewer, 1))).Secret;
        await IsStoredAsHashOnly("access_tokens", secret);
        using var http = (await Platform.Api()).Http();

        await TakesAsLong(secret, "slip_".Length, async guess =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/me");
            request.Headers.Authorization = new("Bearer", guess);
            using var answer = await http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            return await answer.Content.ReadAsStringAsync();
        });
    }

    [Fact]
    public async Task A_guessed_invitation_takes_as_long_whether_none_half_or_all_but_the_last_of_it_is_right()
    {
        using var creator = await Platform.NewUser();
        using var guesser = await Platform.NewUser();
        var code = (await creator.Client.PutCollaborator(await creator.NewProject("guess"), Names.Email(), new(Role.Viewer))).InvitationCode!;
        await IsStoredAsHashOnly("invitations", code);

        await TakesAsLong(code, 0, async guess =>
        {
            using var answer = await guesser.SendJson(HttpMethod.Post, "/api/account/invitations/accept", new AcceptInvitation(guess));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            return await answer.Content.ReadAsStringAsync();
        });
    }

    /// <summary>What is looked up is a hash, and that of a guess that is nearly right is nowhere near.</summary>
    private async Task IsStoredAsHashOnly(string table, string secret)
    {
        var database = await Platform.Database();
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
        Assert.Equal(1, await database.Scalar<long>($"SELECT count(*) FROM {table} WHERE hash = $1", hash));
        Assert.Equal(0, await database.Scalar<long>($"SELECT count(*) FROM {table} t WHERE t::text LIKE '%' || $1 || '%'", secret[^20..]));
        var near = SHA256.HashData(Encoding.UTF8.GetBytes(LastChanged(secret)));
        Assert.True(hash.Zip(near).Count(pair => pair.First == pair.Second) < 8);
    }

    private static async Task TakesAsLong(string secret, int prefix, Func<string, Task<string>> tryIt)
    {
        string[] guesses = [Wrong(secret, prefix), Wrong(secret, (prefix + secret.Length) / 2), LastChanged(secret)];
        var times = guesses.Select(_ => new List<double>()).ToArray();
        string? said = null;
        // In turns, so that whatever else the machine does strikes all of them.
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < guesses.Length; i++)
            {
                var clock = Stopwatch.GetTimestamp();
                var answer = await tryIt(guesses[i]);
                times[i].Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
                Assert.Equal(said ??= answer, answer);
            }
        }

        var medians = times.Select(t => t.Order().ElementAt(Rounds / 2)).ToArray();
        // A comparison that goes byte by byte is told by nanoseconds, which nobody sees here; a different way through the code by far more.
        Assert.True(medians.Max() < medians.Min() * 1.5 + 1, $"Medians in milliseconds: {string.Join(", ", medians.Select(m => $"{m:0.00}"))}");
    }

    private static string Wrong(string secret, int from) => secret[..from] + new string([.. secret[from..].Select(Other)]);

    private static string LastChanged(string secret) => Wrong(secret, secret.Length - 1);

    private static char Other(char c) => c == 'A' ? 'B' : 'A';
}
