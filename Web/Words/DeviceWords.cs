namespace Slipway.Web.Words;

/// <summary>What a browser calls itself, as people call it.</summary>
static class DeviceWords
{
    // The more special name first: they all call themselves by the older ones too.
    private static readonly (string Mark, string Name)[] Programs =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("Vivaldi", "Vivaldi"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"),
    ];

    private static readonly (string Mark, string Name)[] Systems =
    [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
    ];

    /// <summary>Such as "Firefox on Linux"; what is not known is said as it is.</summary>
    public static string Say(string? userAgent)
    {
        if (string.IsNullOrWhiteSpace(userAgent))
        {
            return "Unknown device";
        }

        return (Find(Programs, userAgent), Find(Systems, userAgent)) switch
        {
            ({ } program, { } system) => $"{program} on {system}",
            ({ } program, null) => program,
            _ => userAgent.Length > 60 ? userAgent[..60] + "…" : userAgent,
        };
    }

    private static string? Find((string Mark, string Name)[] names, string userAgent) =>
        names.FirstOrDefault(n => userAgent.Contains(n.Mark, StringComparison.Ordinal)).Name;
}
