using Slipway.Contracts;

namespace Slipway.Web.Live;

/// <summary>Asks the API for something again and again while a part of a page is shown. Dispose to end.</summary>
/// <param name="ask">Asks, and shows the answer.</param>
/// <param name="every">How long to wait in between.</param>
sealed class Poll(Func<CancellationToken, Task> ask, TimeSpan every) : IDisposable
{
    private readonly CancellationTokenSource end = new();

    /// <summary>Begins; the first answer is there when it returns, if there is one.</summary>
    /// <param name="dispatch">Runs on the part's own context.</param>
    public async Task Start(Func<Func<Task>, Task> dispatch)
    {
        await Ask();
        _ = Run(dispatch, end.Token);
    }

    public void Dispose()
    {
        end.Cancel();
        end.Dispose();
    }

    private async Task Run(Func<Func<Task>, Task> dispatch, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await Task.Delay(every, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!cancel.IsCancellationRequested)
            {
                await dispatch(Ask);
            }
        }
    }

    private async Task Ask()
    {
        try
        {
            await ask(end.Token);
        }
        catch (Exception e) when (e is SlipwayApiException or OperationCanceledException or ObjectDisposedException)
        {
            // The next round asks again; the banner says when the API is away.
        }
    }
}
