using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>The cluster did not answer, or answered that it cannot at the moment: what was asked for may or may not have happened.</summary>
/// <param name="mayHaveArrived">Whether the request may have reached it all the same.</param>
internal sealed class ClusterUnreachableException(string message, bool mayHaveArrived, Exception? inner = null) : Exception(message, inner)
{
    public bool MayHaveArrived { get; } = mayHaveArrived;
}

/// <summary>What the cluster answered about an object.</summary>
/// <param name="Status">2xx: <paramref name="Body"/> is the object. Else it is a <c>Status</c> that says why not.</param>
internal sealed record ObjectAnswer(HttpStatusCode Status, string Body)
{
    private JsonNode? json;

    public bool Ok => (int)Status is >= 200 and < 300;

    public JsonNode Json => json ??= Parsed(Body);

    public string Uid => (string)Json["metadata"]!["uid"]!;

    /// <summary>The machine-readable reason of a refusal, such as <c>AlreadyExists</c>.</summary>
    public string Reason => Text("reason");

    /// <summary>The refusal in the cluster's words.</summary>
    public string Message => Text("message") is { Length: > 0 } message ? message : $"The cluster answered {(int)Status}.";

    private string Text(string member) => Json is JsonObject o && o[member] is JsonValue v && v.TryGetValue<string>(out var text) ? text : "";

    private static JsonNode Parsed(string body)
    {
        try
        {
            return JsonNode.Parse(body) ?? new JsonObject();
        }
        catch (System.Text.Json.JsonException)
        {
            // From something between us and the API server.
            return new JsonObject { ["message"] = body.Length > 500 ? body[..500] : body };
        }
    }
}

/// <summary>
/// Reads and writes single objects of any kind. Every answer of the cluster is returned, also refusals; that there was none is a
/// <see cref="ClusterUnreachableException"/>. Requests share the connections of <see cref="ClusterConnection"/>.
/// </summary>
public sealed class ClusterObjects(ClusterConnection connection)
{
    /// <summary>The name under which the cluster records who set a field.</summary>
    public const string FieldManager = "slipway";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    internal Task<ObjectAnswer> Create(IKubernetesObject<V1ObjectMeta> item, CancellationToken cancel) =>
        Send(HttpMethod.Post, $"{ObjectAddress.Of(item).Collection}?fieldManager={FieldManager}", Serialize(item), "application/json", cancel);

    /// <summary>
    /// Server-side apply, to the object with this uid and to no other: the cluster refuses with 409 where there is none, and where the
    /// name belongs to another one.
    /// </summary>
    internal Task<ObjectAnswer> Apply(IKubernetesObject<V1ObjectMeta> item, string uid, CancellationToken cancel)
    {
        var body = JsonNode.Parse(Serialize(item))!;
        body["metadata"]!["uid"] = uid;
        return Send(HttpMethod.Patch, $"{ObjectAddress.Of(item).Path}?fieldManager={FieldManager}&force=true", body.ToJsonString(), "application/apply-patch+yaml", cancel);
    }

    /// <summary>A JSON merge patch (RFC 7396).</summary>
    internal Task<ObjectAnswer> Merge(ObjectAddress address, JsonNode patch, CancellationToken cancel) =>
        Send(HttpMethod.Patch, $"{address.Path}?fieldManager={FieldManager}", patch.ToJsonString(), "application/merge-patch+json", cancel);

    /// <summary>Writes an object as a whole. It carries the version that it replaces: 409 where that is not the newest any more.</summary>
    internal Task<ObjectAnswer> Replace(ObjectAddress address, JsonNode whole, CancellationToken cancel) =>
        Send(HttpMethod.Put, $"{address.Path}?fieldManager={FieldManager}", whole.ToJsonString(), "application/json", cancel);

    internal Task<ObjectAnswer> Get(ObjectAddress address, CancellationToken cancel) => Send(HttpMethod.Get, address.Path, null, "", cancel);

    internal Task<ObjectAnswer> List(string collection, string labelSelector, CancellationToken cancel) =>
        Send(HttpMethod.Get, $"{collection}?labelSelector={Uri.EscapeDataString(labelSelector)}", null, "", cancel);

    /// <summary>Deletes the object with this uid and no other: 409 where the name belongs to another one. What it owns goes after it.</summary>
    internal Task<ObjectAnswer> Delete(ObjectAddress address, string uid, CancellationToken cancel)
    {
        var options = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "DeleteOptions",
            ["propagationPolicy"] = "Background",
            ["preconditions"] = new JsonObject { ["uid"] = uid },
        };
        return Send(HttpMethod.Delete, address.Path, options.ToJsonString(), "application/json", cancel);
    }

    private static string Serialize(IKubernetesObject<V1ObjectMeta> item) => KubernetesJson.Serialize((object)item);

    private async Task<ObjectAnswer> Send(HttpMethod method, string path, string? body, string mediaType, CancellationToken cancel)
    {
        var client = (Kubernetes)connection.Client;
        using var request = new HttpRequestMessage(method, new Uri(client.BaseUri, path)) { Version = HttpVersion.Version20 };
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Timeout);
        try
        {
            if (client.Credentials is { } credentials)
            {
                await credentials.ProcessHttpRequestAsync(request, deadline.Token);
            }

            using var response = await client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            var answer = new ObjectAnswer(response.StatusCode, await response.Content.ReadAsStringAsync(deadline.Token));
            return (int)answer.Status is 429 or >= 500
                ? throw new ClusterUnreachableException($"The cluster cannot answer at the moment ({(int)answer.Status}): {answer.Message}", mayHaveArrived: true)
                : answer;
        }
        catch (HttpRequestException e)
        {
            throw new ClusterUnreachableException($"The cluster at {client.BaseUri} cannot be reached: {e.Message}", e.HttpRequestError is not
                (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError), e);
        }
        catch (IOException e)
        {
            throw new ClusterUnreachableException($"The connection to the cluster at {client.BaseUri} broke: {e.Message}", mayHaveArrived: true, e);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new ClusterUnreachableException($"The cluster at {client.BaseUri} did not answer in time.", mayHaveArrived: true, e);
        }
    }
}
