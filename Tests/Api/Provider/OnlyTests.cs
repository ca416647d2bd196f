using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Provider;

/// <summary>Where the provider is the only way in, nothing else is.</summary>
public sealed class OnlyTests(Platform platform) : PlatformTest(platform)
{
    private static readonly (string Path, object Body)[] AboutPasswords =
    [
        ("register", new RegisterRequest("a@example.com", TestUser.Password)), ("login", new LoginRequest("a@example.com", TestUser.Password)),
        ("forgot-password", new EmailRequest("a@example.com")), ("reset-password", new ResetPasswordRequest("code", TestUser.Password)),
        ("change-password", new ChangePasswordRequest(TestUser.Password, "another password")), ("two-factor/setup", new PasswordRequest(TestUser.Password)),
        ("two-factor/enable", new EnableTwoFactor("123456")), ("two-factor/disable", new PasswordRequest(TestUser.Password)), ("two-factor/recovery-codes", new PasswordRequest(TestUser.Password)),
    ];

    [Fact]
    public async Task Passwords_are_off_everywhere_and_access_tokens_and_invitations_work()
    {
        var stage = Own(await ProviderStage.Set());
        // From before: a password, a session that it began, and an access token.
        using var before = await TestUser.Register(stage.Api);
        var project = await before.NewProject("only");
        var token = await before.Client.CreateToken(new("pipeline", Role.Editor, 1));
        var email = Names.Email();
        var invitation = (await before.Client.PutCollaborator(project, email, new(Role.Editor))).InvitationCode!;
        var only = Own(await stage.Another(("Oidc__Only", "true")));

        Assert.Equal(new SignInWays(Passwords: false, Provider: ProviderHost.Name), await stage.Nobody(only).SignInWays());
        using var there = before.At(only);
        foreach (var (path, body) in AboutPasswords)
        {
            using var answer = await there.SendJson(HttpMethod.Post, $"/api/account/{path}", body);
            var problem = await answer.IsProblem(HttpStatusCode.Forbidden);
            Assert.Equal(("Passwords are off on this platform.", $"Sign in with {ProviderHost.Name}."), (problem.Title, problem.Detail));
        }

        await stage.Nobody(only).Refresh(new(before.Tokens.RefreshToken)).IsRefused(HttpStatusCode.Unauthorized);

        using var program = before.Program(only, token);
        Assert.Equal(project, (await program.Client.Projects()).Items.Single().Name);

        using var guest = await stage.SignIn(stage.Provider.Add(email), only);
        Assert.Equal((project, Role.Editor), await guest.Client.AcceptInvitation(new(invitation)) is var view ? (view.Name, view.Role) : default);
        Assert.False((await guest.Client.Me()).Password);
        await guest.Client.Refresh(new(guest.Tokens.RefreshToken));

        // Its owner comes back through the provider once an administrator, here itself, has vouched for the address.
        using var again = await TestUserOf(stage, before);
        await again.Client.PatchUser((await again.Client.Me()).Id, new(Confirmed: true));
        using var owner = await stage.SignIn(stage.Provider.Add(before.Email), only);
        Assert.Equal((await again.Client.Me()).Id, (await owner.Client.Me()).Id);
    }

    [Fact]
    public async Task A_session_of_the_provider_s_ends_when_it_is_time_to_ask_it_again()
    {
        var stage = Own(await ProviderStage.Set(new Dictionary<string, string?> { ["Oidc__SessionHours"] = "2" }));
        using var user = await stage.SignIn(stage.Provider.Add());
        var left = await stage.Database.Scalar<TimeSpan>("SELECT max(expires_at) - now() FROM sessions");
        Assert.InRange(left, TimeSpan.FromMinutes(118), TimeSpan.FromMinutes(120));
        var fresh = await user.Client.Refresh(new(user.Tokens.RefreshToken));
        Assert.True(await stage.Database.Scalar<bool>("SELECT expires_at = ends_at FROM sessions"));
        await stage.Database.Scalar<int>("WITH aged AS (UPDATE sessions SET ends_at = now(), expires_at = now() RETURNING 1) SELECT count(*)::int FROM aged");
        await user.Client.Refresh(new(fresh.RefreshToken)).IsRefused(HttpStatusCode.Unauthorized);
    }

    private static async Task<TestUser> TestUserOf(ProviderStage stage, TestUser user) =>
        TestUser.With(stage.Api, user.Email, await stage.Nobody().Login(new(user.Email, TestUser.Password)));
}
