using System.Net;
using System.Net.Http.Headers;
using k8s;
using k8s.Autorest;
using Slipway.Contracts;

namespace Slipway.Tests.Infrastructure;

/// <summary>Removes what a test leaves behind, in the background.</summary>
static class LeftOvers
{
    /// <summary>Deletes projects with their apps through the API; where that has ended already, their namespaces.</summary>
    public static Task Remove(Uri api, AuthenticationHeaderValue? credentials, IReadOnlyList<string> projects) => Task.Run(async () =>
    {
        using var http = new HttpClient { BaseAddress = api, Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Authorization = credentials;
        foreach (var project in projects)
        {
            try
            {
                await Remove(new SlipwayClient(http), project);
            }
            catch (SlipwayApiException e) when (e.Status is HttpStatusCode.NotFound)
            {
                // The test itself was tidy.
            }
            catch (Exception e) when (e is SlipwayApiException or HttpRequestException or OperationCanceledException or TimeoutException)
            {
                await RemoveNamespace(project);
            }
        }
    });

    private static async Task Remove(SlipwayClient client, string project)
    {
        foreach (var app in (await client.Apps(project, new() { Limit = PageQuery.MaxLimit })).Items)
        {
            await client.DeleteApp(project, app.Name);
        }

        await Wait.For("the apps to be gone", async cancel => (await client.Apps(project, new() { Limit = 1 }, cancel)).Total, left => left == 0);
        await client.DeleteProject(project);
    }

    // What is still there after this goes at the end of the run.
    private static async Task RemoveNamespace(string name)
    {
        try
        {
            using var cluster = new Kubernetes(TestCluster.Configuration());
            await cluster.CoreV1.DeleteNamespaceAsync(name);
        }
        catch (Exception e) when (e is HttpOperationException or HttpRequestException or OperationCanceledException or System.Text.Json.JsonException)
        {
            // It is gone, or going.
        }
    }
}
