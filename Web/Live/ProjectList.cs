using Slipway.Contracts;

namespace Slipway.Web.Live;

/// <summary>The projects of the person who looks, for the navigation; pages that change them say so.</summary>
sealed class ProjectList(SlipwayClient api)
{
    /// <summary>How many the navigation shows; the projects page shows all.</summary>
    public const int Shown = 50;

    public IReadOnlyList<ProjectView> Projects { get; private set; } = [];

    /// <summary>How many there are in all.</summary>
    public int Total { get; private set; }

    public event EventHandler? Changed;

    /// <summary>Asks again. Throws <see cref="SlipwayApiException"/> where the API says no.</summary>
    public async Task Reload(CancellationToken cancel)
    {
        var page = await api.Projects(new() { Limit = Shown }, cancel);
        (Projects, Total) = (page.Items, page.Total);
        Changed?.Invoke(this, EventArgs.Empty);
    }
}
