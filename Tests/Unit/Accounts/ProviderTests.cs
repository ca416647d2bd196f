using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Slipway.Api.Accounts.Provider;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Tests.Unit.Accounts;

public sealed class ProviderTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    private static ProviderOptions Right => new() { Authority = "https://login.example.com", ClientId = "slipway" };

    // By hand, mapped before, wanted now; what counts then, and how much of it is mapped.
    [Theory]
    [InlineData(null, null, null, null, null)]
    [InlineData(null, null, Role.Editor, Role.Editor, Role.Editor)]
    [InlineData(null, Role.Editor, null, null, null)]
    [InlineData(null, Role.Creator, Role.Viewer, Role.Viewer, Role.Viewer)]
    [InlineData(Role.Viewer, null, Role.Editor, Role.Editor, Role.Editor)]
    [InlineData(Role.Viewer, Role.Editor, null, Role.Viewer, null)]
    [InlineData(Role.Editor, null, Role.Viewer, Role.Editor, null)]
    [InlineData(Role.Editor, null, Role.Editor, Role.Editor, null)]
    [InlineData(Role.Editor, Role.Creator, Role.Editor, Role.Editor, null)]
    [InlineData(Role.Creator, null, null, Role.Creator, null)]
    public void What_was_given_by_hand_stays_and_the_higher_one_counts(Role? byHand, Role? mapped, Role? wanted, Role? role, Role? mappedThen)
    {
        var then = new RoleParts(byHand, mapped).With(wanted);
        Assert.Equal((role, mappedThen, byHand), (then.Role, then.Mapped, then.ByHand));
    }

    [Fact]
    public void Of_several_groups_the_highest_role_counts_and_names_are_compared_to_the_letter()
    {
        ProviderRole[] roles =
        [
            new() { Value = "devs", Project = "shop", Role = Role.Viewer }, new() { Value = "leads", Project = "shop", Role = Role.Creator },
            new() { Value = "devs", Project = "desk", Role = Role.Editor }, new() { Value = "admins", Administrator = true },
        ];
        var (administrator, projects) = RoleParts.Wanted(roles, new HashSet<string> { "devs", "leads", "Admins" });
        Assert.False(administrator);
        Assert.Equal(new Dictionary<string, Role> { ["shop"] = Role.Creator, ["desk"] = Role.Editor }, projects);
        Assert.True(RoleParts.Wanted(roles, new HashSet<string> { "admins" }) is { Administrator: true, Projects.Count: 0 });
    }

    [Fact]
    public void What_was_begun_opens_for_its_state_while_it_lasts_and_with_the_same_key_alone()
    {
        var (box, other) = (NewBox(), NewBox());
        var request = ProviderRequest.New("nonce", Now);
        var text = request.Seal(box);
        Assert.Equal(request, ProviderRequest.Open(box, text, request.State, Now));
        Assert.Equal(request, ProviderRequest.Open(box, text, request.State, Now.AddMinutes(14.9)));
        Assert.Null(ProviderRequest.Open(box, text, request.State, Now.AddMinutes(15)));
        Assert.Null(ProviderRequest.Open(box, text, request.State + "x", Now));
        Assert.Null(ProviderRequest.Open(box, text, "", Now));
        Assert.Null(ProviderRequest.Open(other, text, request.State, Now));
        Assert.DoesNotContain(request.Verifier, text);
        for (var i = 0; i < text.Length; i += 7)
        {
            Assert.Null(ProviderRequest.Open(box, text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..], request.State, Now));
        }
    }

    [Fact]
    public void Settings_that_are_right_are_and_the_others_say_which_is_wrong()
    {
        Assert.Null(Explain(new()));
        Assert.Null(Explain(Right));
        Assert.Null(Explain(Right with { Authority = "http://127.0.0.1:5000" }));
        Assert.Contains("Oidc:Authority", Explain(new() { Only = true }));
        Assert.Contains("Oidc:Authority", Explain(Right with { Authority = "login.example.com" }));
        Assert.Contains("AllowPlainHttp", Explain(Right with { Authority = "http://login.example.com" }));
        Assert.Null(ProviderOptions.Explain(Right with { Authority = "http://login.example.com" }, allowPlain: true, "https://slipway.example.com"));
        Assert.Contains("PublicUrl", ProviderOptions.Explain(Right, allowPlain: false, ""));
        Assert.Contains("Oidc:ClientId", Explain(Right with { ClientId = "" }));
        Assert.Contains("Oidc:Scopes", Explain(Right with { Scopes = "email" }));
        Assert.Contains("Oidc:SessionHours", Explain(Right with { SessionHours = 0 }));
        Assert.Contains("Oidc:Roles:1:Project", Explain(Right with { Roles = [new() { Value = "a", Administrator = true }, new() { Value = "b", Project = "No Name", Role = Role.Viewer }] }));
        Assert.Contains("Oidc:Roles:0:Role", Explain(Right with { Roles = [new() { Value = "a", Project = "shop" }] }));
        Assert.Contains("Oidc:Roles:0:Value", Explain(Right with { Roles = [new() { Project = "shop", Role = Role.Viewer }] }));
        Assert.Contains("Administrator", Explain(Right with { Roles = [new() { Value = "a", Administrator = true, Project = "shop" }] }));
    }

    private static string? Explain(ProviderOptions options) => ProviderOptions.Explain(options, allowPlain: false, "https://slipway.example.com");

    private static EnvironmentBox NewBox() => new(Options.Create(new EncryptionOptions { Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) }));
}
