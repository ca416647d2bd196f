using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;
using Slipway.Tests.Unit.Monitoring;

namespace Slipway.Tests.Cluster.Monitoring;

/// <summary>What people are told when there are no numbers, and what they cannot get by any question.</summary>
[Collection(nameof(MetricsTests))]
public sealed class MetricsTroubleTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task Without_Prometheus_the_answer_says_so()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("bare");
        await user.Client.CreateApp(project, Small("shop") with { Stopped = true });
        foreach (var view in new[] { await user.Client.Metrics(project, "shop"), await user.Client.Metrics(project) })
        {
            Assert.Equal((MetricsProblem.NotConfigured, null), (view.Trouble!.Problem, view.Trouble.Since));
            Assert.Equal(Enum.GetValues<MetricKind>(), view.Charts.Select(c => c.Kind));
        }

        Assert.Empty((await user.Client.Links(project, "shop")).Links);
    }

    [Fact]
    public async Task A_Prometheus_that_hangs_or_is_gone_is_told_apart_with_since_when()
    {
        var stage = await MetricsStage.Set(Own);
        var project = await stage.User.NewProject("away");
        await stage.User.Client.CreateApp(project, Small("shop") with { Stopped = true });
        Assert.Null((await stage.User.Client.Metrics(project, "shop")).Trouble);

        var before = DateTimeOffset.UtcNow;
        await Signal(stage.Monitoring.Id, "STOP");
        var slow = await Wait.For("a slow Prometheus", cancel => stage.User.Client.Metrics(project, "shop", null, cancel), v => v.Trouble is not null);
        Assert.Equal(MetricsProblem.Slow, slow.Trouble!.Problem);
        Assert.InRange(slow.Trouble.Since!.Value, before, DateTimeOffset.UtcNow);

        await Signal(stage.Monitoring.Id, "CONT");
        await Wait.For("Prometheus to answer again", cancel => stage.User.Client.Metrics(project, "shop", null, cancel), v => v.Trouble is null);

        await stage.Monitoring.Kill();
        var gone = await Wait.For("a Prometheus that is gone", cancel => stage.User.Client.Metrics(project, "shop", null, cancel), v => v.Trouble is not null);
        Assert.Equal(MetricsProblem.Unreachable, gone.Trouble!.Problem);
        Assert.True(gone.Trouble.Since > slow.Trouble.Since);
        // All else of the app is as it was.
        Assert.Equal(AppState.Stopped, (await stage.User.Client.App(project, "shop")).Status.State);
    }

    [Fact]
    public async Task Nobody_gets_numbers_of_another_project_by_any_parameter()
    {
        var stage = await MetricsStage.Set(Own);
        var (theirs, mine) = (await stage.User.NewProject("theirs"), await stage.User.NewProject("mine"));
        await stage.User.Client.CreateApp(theirs, Small("secret-app"));
        await stage.User.Client.CreateApp(mine, Small("shop") with { Stopped = true });
        await AppIs(stage.User.Client, theirs, "secret-app", AppState.Running);
        await Wait.Until("numbers of it", async cancel => (await stage.Monitoring.Query($$"""slipway:app_memory_bytes{project="{{theirs}}"}""", cancel)).Count > 0);
        using var viewer = await TestUser.Register(stage.Api);
        await stage.User.Client.PutCollaborator(mine, viewer.Email, new(Role.Viewer));

        string[] texts =
        [
            .. PromQlTests.Injections.Select(row => row.Data), theirs, "secret-app", $"shop\"}} or {{project=\"{theirs}", $"../{theirs}", $"{mine}\",project=\"{theirs}",
            $"shop\"}} or slipway:app_memory_bytes{{project=\"{theirs}\"}} #", $"1h]) or slipway:app_memory_bytes{{project=\"{theirs}\"}}[1h", "1h offset 1d", $"..%2f{theirs}",
        ];
        foreach (var text in texts)
        {
            var escaped = Uri.EscapeDataString(string.Concat(text.EnumerateRunes()));
            foreach (var path in new[]
                     {
                         $"/api/projects/{mine}/apps/{escaped}/metrics", $"/api/projects/{escaped}/apps/secret-app/metrics", $"/api/projects/{escaped}/metrics",
                         $"/api/projects/{mine}/apps/shop/metrics?range={escaped}", $"/api/projects/{mine}/metrics?step={escaped}", $"/api/projects/{mine}/metrics?top={escaped}",
                         $"/api/projects/{mine}/apps/shop/metrics?project={escaped}&app={escaped}&query={escaped}&match[]={escaped}", $"/api/projects/{mine}/apps/{escaped}/links",
                         $"/api/projects/{mine}/apps/shop/links?app={escaped}&project={escaped}",
                     })
            {
                using var answer = await viewer.Send(HttpMethod.Get, path);
                var body = await answer.Content.ReadAsStringAsync();
                Assert.True((int)answer.StatusCode < 500, $"{path}: {(int)answer.StatusCode}");
                if (answer.StatusCode is HttpStatusCode.OK)
                {
                    Assert.False(body.Contains("secret-app", StringComparison.Ordinal) || body.Contains(theirs, StringComparison.Ordinal), $"{path}: {body}");
                }
            }

            // And what the expression would be if such a name ever got there: Prometheus takes it, and finds nothing.
            var expression = Slipway.Api.Monitoring.MetricExpressions.Of(MetricKind.Memory, text, text, TimeSpan.FromSeconds(60)).ToString();
            Assert.Empty(text is "secret-app" || text == theirs ? [] : await stage.Monitoring.Query(expression));
        }
    }

    [Theory]
    [InlineData("range", "1y")]
    [InlineData("range", "1m")]
    [InlineData("step", "1s")]
    [InlineData("step", "nonsense")]
    public async Task A_bad_range_or_step_is_refused_by_name(string field, string value)
    {
        var (owner, project, app) = await Platform.Shared();
        foreach (var path in new[] { $"/api/projects/{project}/metrics", $"/api/projects/{project}/apps/{app}/metrics" })
        {
            using var answer = await owner.Send(HttpMethod.Get, $"{path}?{field}={value}");
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonObject>())!["errors"]![field]);
        }
    }

    private static async Task Signal(int process, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process}"]);
        await kill.WaitForExitAsync();
    }
}
