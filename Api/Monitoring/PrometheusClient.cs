using System.Globalization;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Slipway.Contracts;

namespace Slipway.Api.Monitoring;

/// <summary>A series over a window: its labels, and a value for each point; NaN where there is none.</summary>
public sealed record RangeSeries(IReadOnlyDictionary<string, string> Labels, double[] Values);

/// <summary>Prometheus has no answer.</summary>
public sealed class PrometheusException(MetricsProblem problem, string message, Exception? inner = null) : Exception(message, inner)
{
    public MetricsProblem Problem => problem;
}

/// <summary>Asks Prometheus (prometheus.io/docs/prometheus/latest/querying/api).</summary>
public sealed class PrometheusClient(HttpClient http)
{
    /// <summary>The series of an expression over a window.</summary>
    /// <exception cref="PrometheusException">There is no answer; its text is for the people who look at a chart.</exception>
    public async Task<IReadOnlyList<RangeSeries>> Query(PromQl expression, MetricsWindow window, CancellationToken cancel)
    {
        // By POST: an expression may be longer than an address.
        using var question = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["query"] = expression.ToString(),
            ["start"] = window.From.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ["end"] = window.To.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ["step"] = window.Step.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        });
        try
        {
            using var response = await http.PostAsync("api/v1/query_range", question, cancel);
            if (!response.IsSuccessStatusCode)
            {
                throw new PrometheusException(MetricsProblem.Refused, $"Prometheus refuses the question (status {(int)response.StatusCode}).");
            }

            var answer = await response.Content.ReadFromJsonAsync<Answer>(JsonSerializerOptions.Web, cancel);
            return [.. (answer?.Data?.Result ?? []).Select(s => new RangeSeries(s.Metric, Place(s.Values ?? [], window)))];
        }
        catch (Exception e) when (e is TimeoutRejectedException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new PrometheusException(MetricsProblem.Slow, "Prometheus does not answer in time.", e);
        }
        catch (Exception e) when (e is HttpRequestException or BrokenCircuitException or IOException)
        {
            throw new PrometheusException(MetricsProblem.Unreachable, "Prometheus cannot be reached.", e);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new PrometheusException(MetricsProblem.Refused, "What answers at Prometheus:Url is not Prometheus.", e);
        }
    }

    private static double[] Place(IReadOnlyList<Sample> samples, MetricsWindow window)
    {
        var values = new double[window.Points];
        Array.Fill(values, double.NaN);
        var start = window.From.ToUnixTimeSeconds();
        foreach (var sample in samples)
        {
            var index = (int)Math.Round((sample.Time - start) / window.Step.TotalSeconds);
            if (index >= 0 && index < values.Length && double.IsFinite(sample.Value))
            {
                values[index] = sample.Value;
            }
        }

        return values;
    }

    private sealed record Answer(Data? Data);

    private sealed record Data(IReadOnlyList<Series>? Result);

    private sealed record Series(Dictionary<string, string> Metric, IReadOnlyList<Sample>? Values);

    /// <summary>A time (Unix, seconds) and a number as text. An answer has hundreds of thousands of them.</summary>
    [JsonConverter(typeof(SampleReader))]
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Sample(double Time, double Value);

    private sealed class SampleReader : JsonConverter<Sample>
    {
        public override Sample Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType is not JsonTokenType.StartArray || !reader.Read() || !reader.TryGetDouble(out var time)
                || !reader.Read() || reader.TokenType is not JsonTokenType.String)
            {
                throw new JsonException();
            }

            var value = double.TryParse(reader.ValueSpan, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
            return reader.Read() && reader.TokenType is JsonTokenType.EndArray ? new(time, value) : throw new JsonException();
        }

        public override void Write(Utf8JsonWriter writer, Sample value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
