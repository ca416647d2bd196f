using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Npgsql;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.AppHost;

/// <summary>The whole model by Aspire's own test host: PostgreSQL, API and portal, and an app deployed through them.</summary>
public sealed class ModelTests
{
    [Fact]
    public async Task An_app_is_deployed_through_the_whole_model()
    {
        var home = Directory.CreateTempSubdirectory("slipway-home-");
        try
        {
            var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
                [$"--SLIPWAY_HOME={home.FullName}", "--kubeconfig", TestEnvironment.KubeConfig, "--Ports:Portal=0", "--Ports:Api=0", "--Ports:Postgres=0", "--Ports:Dashboard=0", "--Ports:DashboardOtlp=0"]);
            await using var app = await builder.BuildAsync();
            await app.StartAsync();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
            await app.ResourceNotifications.WaitForResourceHealthyAsync("web", patience.Token);

            using var portal = app.CreateHttpClient("web");
            Assert.Contains("Sign in", await portal.GetStringAsync("/sign-in", patience.Token), StringComparison.Ordinal);

            using var http = app.CreateHttpClient("api");
            var client = new SlipwayClient(http);
            var email = Names.Email();
            await client.Register(new(email, TestUser.Password));
            http.DefaultRequestHeaders.Authorization = new("Bearer", (await client.Login(new(email, TestUser.Password))).AccessToken);
            var project = Names.Project("model");
            await client.CreateProject(new(project));
            await client.CreateApp(project, PlatformTest.Small("hello"));
            await PlatformTest.AppIs(client, project, "hello", AppState.Running);

            await using var database = NpgsqlDataSource.Create((await app.GetConnectionStringAsync("postgres", patience.Token))!);
            await using var count = database.CreateCommand("SELECT count(*) FROM apps");
            Assert.Equal(1L, await count.ExecuteScalarAsync(patience.Token));

            await client.DeleteApp(project, "hello");
            await PlatformTest.AppIsGone(client, project, "hello");
            await client.DeleteProject(project);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }
}
