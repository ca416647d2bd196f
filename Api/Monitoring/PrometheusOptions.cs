namespace Slipway.Api.Monitoring;

/// <summary>The settings <c>Prometheus:*</c>.</summary>
public sealed record PrometheusOptions
{
    /// <summary>Where the API reaches Prometheus; without it there are no charts.</summary>
    public string? Url { get; init; }

    /// <summary>Where people reach it, for links; as <see cref="Url"/> unless set.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>A bearer token for it, where it wants one.</summary>
    public string? Token { get; init; }

    /// <summary>How long an answer may take, in seconds.</summary>
    public double TimeoutSeconds { get; init; } = 8;

    /// <summary>What is wrong with the settings, as a sentence; null where nothing is.</summary>
    public static string? Explain(PrometheusOptions options) => options switch
    {
        _ when !IsAddress(options.Url) => $"The setting Prometheus:Url is '{options.Url}'; it must be an address such as 'http://prometheus.monitoring:9090'.",
        _ when !IsAddress(options.PublicUrl) => $"The setting Prometheus:PublicUrl is '{options.PublicUrl}'; it must be an address such as 'https://prometheus.example.com'.",
        { TimeoutSeconds: not (>= 0.5 and <= 60) } => "The setting Prometheus:TimeoutSeconds must be 0.5 to 60.",
        _ => null,
    };

    /// <summary>Whether it is an http(s) address, or nothing.</summary>
    internal static bool IsAddress(string? address) =>
        string.IsNullOrEmpty(address) || (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https");
}

/// <summary>The settings <c>Grafana:*</c>.</summary>
public sealed record GrafanaOptions
{
    /// <summary>Where people reach the Grafana that has the dashboards of deploy/grafana; without it there are no links to it.</summary>
    public string? Url { get; init; }

    /// <summary>What is wrong with the settings, as a sentence; null where nothing is.</summary>
    public static string? Explain(GrafanaOptions options) => PrometheusOptions.IsAddress(options.Url)
        ? null
        : $"The setting Grafana:Url is '{options.Url}'; it must be an address such as 'https://grafana.example.com'.";
}
