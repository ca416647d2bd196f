namespace Slipway.Web.Live;

/// <summary>One slow clock for everything on a page that says how long ago something was.</summary>
sealed class Ticker(TimeProvider clock) : IDisposable
{
    private ITimer? timer;

    /// <summary>Every 15 seconds.</summary>
    public event EventHandler? Ticked;

    public DateTimeOffset Now => clock.GetUtcNow();

    public void Start() =>
        timer ??= clock.CreateTimer(_ => Ticked?.Invoke(this, EventArgs.Empty), null, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(15));

    public void Dispose() => timer?.Dispose();
}
