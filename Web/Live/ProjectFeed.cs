using System.Net;
using System.Text.Json;
using Slipway.Contracts;

namespace Slipway.Web.Live;

/// <summary>
/// A page's view of a project's event stream: open, then list, then apply changes, and from the start again when it breaks.
/// Changes are handed over in batches, newest of each app only, so that a thousand apps that move at once are a few renders.
/// </summary>
/// <param name="api">The client of the person who looks.</param>
/// <param name="opened">The stream is open: list now, and nothing is missed.</param>
/// <param name="changed">What has changed since the last batch, by app.</param>
/// <param name="live">Whether the stream is open, whenever that changes.</param>
sealed class ProjectFeed(
    SlipwayClient api, Func<Task> opened, Func<IReadOnlyDictionary<string, AppView?>, Task> changed, Func<bool, Task> live)
{
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(150);

    /// <summary>Follows until it is cancelled, or until the API says that there is no such project (false).</summary>
    public async Task<bool> Follow(string project, CancellationToken cancel)
    {
        var backoff = new Backoff();
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await FollowOnce(project, () => backoff.Reset(), cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return true;
            }
            catch (SlipwayApiException e) when (e.Status is HttpStatusCode.NotFound or HttpStatusCode.Unauthorized)
            {
                return false;
            }
            catch (Exception e) when (e is SlipwayApiException or IOException or HttpRequestException or JsonException or OperationCanceledException)
            {
                // An API that goes away is shown, and looked for again.
            }

            await live(false);
            await Task.Delay(backoff.Next(), cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return true;
    }

    private async Task FollowOnce(string project, Action reset, CancellationToken cancel)
    {
        var batch = new Dictionary<string, AppView?>();
        var flush = Task.CompletedTask;
        await foreach (var change in api.Changes(project, cancel))
        {
            if (change is null)
            {
                await opened();
                await live(true);
                reset();
                continue;
            }

            lock (batch)
            {
                batch[change.Name] = change.App;
            }

            if (flush.IsCompleted)
            {
                await flush;
                flush = Flush();
            }
        }

        async Task Flush()
        {
            await Task.Delay(BatchTime, cancel);
            Dictionary<string, AppView?> taken;
            lock (batch)
            {
                taken = new(batch);
                batch.Clear();
            }

            await changed(taken);
        }
    }
}
