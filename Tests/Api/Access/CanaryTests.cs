using System.Diagnostics;
using Npgsql;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;
using Slipway.Tests.Journeys;
using Slipway.Web.Components;

namespace Slipway.Tests.Api.Access;

/// <summary>What is secret is found nowhere after it was entered.</summary>
public sealed class CanaryTests(Platform platform, Browser browser) : PlatformTest(platform), IClassFixture<Browser>
{
    [Fact]
    public async Task Secrets_are_in_no_answer_no_page_no_trace_no_log_line_and_no_dump_of_the_database()
    {
        var database = Own(await TestDatabase.Create());
        var telemetry = Own(await OtlpSink.Start());
        var api = Own(await ApiProcess.Start(database, settings: telemetry.Settings));
        var web = Own(await WebProcess.Start(api, settings: telemetry.Settings));
        using var user = await TestUser.Register(api);
        var canary = $"canary{Guid.NewGuid():N}";
        var project = await user.NewProject("canary");
        await user.Client.CreateApp(project, Small("shop") with { Stopped = true, Environment = new Dictionary<string, string> { ["KEY"] = canary } });
        await user.Client.PatchApp(project, "shop", new() { Environment = new Dictionary<string, string?> { ["KEY"] = canary + "2" } });
        await user.Client.ChangePassword(new(TestUser.Password, canary + "password"));
        var token = (await user.Client.CreateToken(new("ci", Role.Editor, 1))).Secret;
        await user.Client.CreateChannel(project, new()
        {
            Name = "hook",
            Kind = ChannelKind.Webhook,
            Events = [NotifiedEvent.RoleChanges],
            Url = $"https://hooks.invalid/{canary}",
            Secret = canary + "key",
        });
        await user.Client.PutRegistry(project, "registry.invalid", new() { Username = "ci", Password = canary + "registry" });
        var invitation = (await user.Client.PutCollaborator(project, Names.Email(), new(Role.Viewer))).InvitationCode!;
        var setup = await user.Client.SetUpTwoFactor(new(canary + "password"));
        // Wrong in every way that a person gets wrong.
        await Assert.ThrowsAsync<SlipwayApiException>(() => user.Client.Login(new(user.Email, canary + "wrong")));
        using (await user.Send(HttpMethod.Post, $"/api/projects/{project}/apps", $$$"""{"name":"x","environment":{"KEY":{{{canary}}} } }"""))
        using (await user.SendJson(HttpMethod.Put, $"/api/projects/{project}/registries/no-host", new { username = "a:b", password = canary }))
        using (await user.SendJson(HttpMethod.Post, $"/api/projects/{project}/apps", new { name = "UPPER", image = "::", environment = new Dictionary<string, string> { ["bad name"] = canary } }))
        {
            // All are refused, and logged as whatever they are.
        }

        string[] secrets = [canary, token, invitation, setup.Key, user.Tokens.RefreshToken.Split('.')[1], TestUser.Password];
        foreach (var path in (string[])["/api/me", "/api/projects", $"/api/projects/{project}", $"/api/projects/{project}/apps", $"/api/projects/{project}/apps/shop", $"/api/projects/{project}/apps/shop/releases",
            $"/api/projects/{project}/apps/shop/events", $"/api/projects/{project}/apps/shop/pods", $"/api/projects/{project}/collaborators", $"/api/projects/{project}/audit",
            $"/api/projects/{project}/notifications/channels", $"/api/projects/{project}/notifications/deliveries",
            $"/api/projects/{project}/registries", "/api/account/tokens", "/api/account/sessions", "/api/admin/users", "/api/admin/projects", "/api/admin/audit"])
        {
            using var answer = await user.Send(HttpMethod.Get, path);
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
            HasNone(secrets, await answer.Content.ReadAsStringAsync(), path);
        }

        await EveryPage(web, user, canary + "password", project, html => HasNone(secrets, html, "a page"));
        await Wait.Until("the last traces", _ => Task.FromResult(telemetry.Text("/v1/traces").Contains("/api/projects/{project}/apps", StringComparison.Ordinal) && telemetry.Text("/v1/logs").Length > 0));
        HasNone(secrets, telemetry.Text("/v1/traces"), "a trace");
        HasNone(secrets, telemetry.Text("/v1/logs"), "an exported log line");
        HasNone(secrets, telemetry.Text("/v1/metrics"), "a metric");
        HasNone(secrets, web.Log, "the portal's log");
        HasNone(secrets, api.Log, "the log");
        HasNone(secrets, await Dump(database), "the dump of the database");
    }

    // As they are in the browser, with what is typed into their fields.
    private async Task EveryPage(WebProcess web, TestUser creator, string password, string project, Action<string> check)
    {
        await using var visitor = await browser.Open(new(1280, 800, Dark: false), web.Address);
        await visitor.Open("/sign-in");
        await visitor.Type("sign-in-email", creator.Email);
        await visitor.Type("sign-in-password", password);
        await visitor.Click("sign-in-submit");
        await visitor.Part("user-menu").WaitForAsync();
        var person = new PageVisitor("the creator", visitor, Role.Creator) { IsAdministrator = true };
        foreach (var path in PortalPlace.All.Select(p => p.Template.Replace("{Project}", project, StringComparison.Ordinal).Replace("{Name}", "shop", StringComparison.Ordinal))
            .SelectMany(p => p.EndsWith("/shop", StringComparison.Ordinal) ? [p, $"{p}?tab=settings", $"{p}?tab=releases", $"{p}?tab=logs"] : (string[])[p]))
        {
            Assert.Equal(Sight.Page, await person.See(path, Sight.Page));
            check(await visitor.Page.EvaluateAsync<string>("() => document.documentElement.outerHTML + [...document.querySelectorAll('input, textarea')].map(i => i.value).join()"));
        }
    }

    private static void HasNone(IEnumerable<string> secrets, string text, string where) =>
        Assert.All(secrets, secret => Assert.False(text.Contains(secret, StringComparison.Ordinal), $"A secret is in {where}."));

    private static async Task<string> Dump(TestDatabase database)
    {
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var start = new ProcessStartInfo("pg_dump", ["-h", connection.Host!, "-p", $"{connection.Port}", "-U", connection.Username!, "-d", connection.Database!]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["PGPASSWORD"] = connection.Password;
        using var dump = Process.Start(start)!;
        var text = await dump.StandardOutput.ReadToEndAsync();
        await dump.WaitForExitAsync();
        Assert.Equal(0, dump.ExitCode);
        Assert.Contains("audit", text);
        return text;
    }
}
