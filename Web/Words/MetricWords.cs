using System.Globalization;
using Slipway.Contracts;

namespace Slipway.Web.Words;

/// <summary>How metrics are said.</summary>
static class MetricWords
{
    public static string Title(MetricKind kind) => kind switch
    {
        MetricKind.Cpu => "CPU",
        MetricKind.Memory => "Memory",
        MetricKind.NetworkIn => "Network in",
        MetricKind.NetworkOut => "Network out",
        MetricKind.Restarts => "Restarts",
        _ => "Replicas ready",
    };

    /// <summary>What the limit of a chart is called.</summary>
    public static string Limit(MetricKind kind) => kind is MetricKind.Replicas ? "wanted" : "limit";

    public static string Value(MetricUnit unit, double value) => unit switch
    {
        MetricUnit.Cores => Number(value, value < 0.1 ? 3 : 2) + (value is 1 ? " core" : " cores"),
        MetricUnit.Bytes => Bytes(value),
        MetricUnit.BytesPerSecond => $"{Bytes(value)}/s",
        _ => Number(value, 0),
    };

    public static string Percent(double value) => $"{Number(value, value < 1 ? 1 : 0)} %";

    /// <summary>Where the numbers come from, where that is worth a word.</summary>
    public static string? Source(IReadOnlyList<string> sources) =>
        sources is ["resource"] ? "CPU and memory are the kubelet's own measurement: this cluster's container runtime does not label its detailed ones." : null;

    private static string Bytes(double value)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var power = 0;
        while (Math.Abs(value) >= 1024 && power < units.Length - 1)
        {
            value /= 1024;
            power++;
        }

        return $"{Number(value, value < 10 && power > 0 ? 1 : 0)} {units[power]}";
    }

    private static string Number(double value, int digits) => Math.Round(value, digits).ToString(CultureInfo.InvariantCulture);
}
