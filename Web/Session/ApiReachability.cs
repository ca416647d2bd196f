namespace Slipway.Web.Session;

/// <summary>Whether the API answers, as far as this page has seen.</summary>
sealed class ApiReachability
{
    /// <summary>Whether the last call got through.</summary>
    public bool Reachable { get; private set; } = true;

    /// <summary>It was lost or found.</summary>
    public event EventHandler? Changed;

    public void Lost() => Set(false);

    public void Found() => Set(true);

    private void Set(bool reachable)
    {
        if (Reachable != reachable)
        {
            Reachable = reachable;
            Changed?.Invoke(this, EventArgs.Empty);
        }
    }
}
