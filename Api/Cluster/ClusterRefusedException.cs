using System.Net;
using System.Text.Json;

namespace Slipway.Api.Cluster;

/// <summary>The cluster answered a request with an error.</summary>
public sealed class ClusterRefusedException : Exception
{
    public ClusterRefusedException(HttpStatusCode status, string body)
        : base($"The cluster answered {(int)status}: {Explain(body)}") =>
        Status = status;

    /// <summary>The answer's status code.</summary>
    public HttpStatusCode Status { get; }

    // https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
    private static string Explain(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind is JsonValueKind.Object && json.RootElement.TryGetProperty("message", out var message)
                && message.ValueKind is JsonValueKind.String)
            {
                return message.GetString()!;
            }
        }
        catch (JsonException)
        {
            // Not from the API server itself: the text is all there is.
        }

        return body.Length > 500 ? body[..500] : body;
    }
}
