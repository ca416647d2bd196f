using System.Globalization;
using System.Text;
using Slipway.Contracts;
using Slipway.Web.Session;

namespace Slipway.Web;

/// <summary>An app's log as a text file.</summary>
static class LogDownload
{
    public static void MapLogDownload(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/projects/{project}/apps/{app}/log.txt", Download).RequireAuthorization();

    private static async Task Download(
        HttpContext context, ApiClients api, string project, string app, string? pod, bool previous, CancellationToken cancel)
    {
        var query = new LogQuery { Tail = LogQuery.MaxTail, Pod = pod, Previous = previous };
        await using var lines = api.For(context).Logs(project, app, query, cancel).GetAsyncEnumerator(cancel);
        try
        {
            // The first line before the headers, so that a refusal can still be answered as one.
            var any = await lines.MoveNextAsync();
            context.Response.ContentType = "text/plain; charset=utf-8";
            context.Response.Headers.ContentDisposition = $"attachment; filename=\"{project}-{app}.log\"";
            await using var writer = new StreamWriter(context.Response.Body, new UTF8Encoding(false));
            for (; any; any = await lines.MoveNextAsync())
            {
                var at = lines.Current.At?.ToString("O", CultureInfo.InvariantCulture);
                await writer.WriteLineAsync($"{at} {lines.Current.Pod} {lines.Current.Text}".AsMemory(), cancel);
            }
        }
        catch (SlipwayApiException e) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = (int)e.Status;
        }
    }
}
