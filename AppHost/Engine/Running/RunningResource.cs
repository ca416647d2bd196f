using Aspire.Hosting.ApplicationModel;

namespace Slipway.AppHost.Engine.Running;

/// <summary>
/// A resource of the model while the application runs: it can be started, watched and stopped. Starting returns at once; the
/// work goes on in <see cref="RunAsync"/> until it ends by itself or is stopped.
/// </summary>
abstract class RunningResource(IResource resource, string kind, TimeProvider time) : IAsyncDisposable
{
    readonly Lock _lock = new();
    readonly SemaphoreSlim _control = new(1, 1);
    ResourceSnapshot _snapshot = new(resource.Name, kind);
    TaskCompletionSource _changed = NewSignal();
    CancellationTokenSource? _stop;
    Task _run = Task.CompletedTask;

    public IResource Resource { get; } = resource;

    public string Name => Resource.Name;

    public TimeProvider Time { get; } = time;

    public LogBuffer Log { get; } = new(time);

    /// <summary>Called with every change: before, after.</summary>
    public Action<ResourceSnapshot, ResourceSnapshot>? Changed { get; set; }

    public ResourceSnapshot Snapshot
    {
        get
        {
            lock (_lock)
            {
                return _snapshot;
            }
        }
    }

    /// <summary>What it was started with, for people; empty before the first start.</summary>
    public virtual IReadOnlyList<EnvironmentVariable> Environment => [];

    /// <summary>Addresses for people.</summary>
    public virtual IReadOnlyList<string> Urls => [];

    /// <summary>False for what has no process of its own.</summary>
    public virtual bool CanBeControlled => true;

    /// <summary>Does the resource's work until it ends or <paramref name="stop"/> is cancelled, and has stopped everything when it returns.</summary>
    protected abstract Task RunAsync(CancellationToken stop);

    /// <summary>Starts it unless it is started.</summary>
    public async Task StartAsync()
    {
        await _control.WaitAsync();
        try
        {
            if (_run.IsCompleted)
            {
                _stop?.Dispose();
                _stop = new CancellationTokenSource();
                _run = Task.Run(() => RunGuardedAsync(_stop.Token), CancellationToken.None);
            }
        }
        finally
        {
            _control.Release();
        }
    }

    /// <summary>Stops it; returns when nothing of it is left.</summary>
    public async Task StopAsync()
    {
        await _control.WaitAsync();
        try
        {
            if (_stop is not null)
            {
                await _stop.CancelAsync();
            }

            await _run;
        }
        finally
        {
            _control.Release();
        }
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        Update(s => s with { Restarts = s.Restarts + 1 });
        await StartAsync();
    }

    /// <summary>Ends it at once, without a grace period.</summary>
    public virtual Task KillAsync() => Task.CompletedTask;

    /// <summary>Waits until the snapshot is as wanted.</summary>
    public async Task<ResourceSnapshot> WaitUntilAsync(Func<ResourceSnapshot, bool> wanted, CancellationToken cancel)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (wanted(_snapshot))
                {
                    return _snapshot;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancel);
        }
    }

    protected void Update(Func<ResourceSnapshot, ResourceSnapshot> change)
    {
        ResourceSnapshot before, after;
        TaskCompletionSource changed;
        lock (_lock)
        {
            before = _snapshot;
            after = _snapshot = change(before);
            if (after == before)
            {
                return;
            }

            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
        Changed?.Invoke(before, after);
    }

    async Task RunGuardedAsync(CancellationToken stop)
    {
        try
        {
            await RunAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Update(s => s with { State = ResourceState.Stopped, Health = ResourceHealth.None, Pid = null, Reason = null });
        }
        catch (Exception e)
        {
            Log.Add(e.Message, LogSource.Engine);
            Update(s => s with { State = ResourceState.Failed, Health = ResourceHealth.None, Pid = null, Reason = e.Message });
        }
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop?.Dispose();
        _control.Dispose();
        GC.SuppressFinalize(this);
    }
}
