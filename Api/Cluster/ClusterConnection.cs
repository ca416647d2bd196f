using System.Net.Sockets;
using System.Text.RegularExpressions;
using k8s;
using k8s.Autorest;
using k8s.Exceptions;
using Microsoft.Extensions.Options;

namespace Slipway.Api.Cluster;

/// <summary>
/// The one client of the cluster. Making it reads the credentials and asks nothing of the cluster, which may not be there yet; connections
/// are pooled, pinged while in use, and made anew when they break.
/// </summary>
public sealed partial class ClusterConnection : IDisposable
{
    private readonly Kubernetes client;
    private readonly CallCounter calls = new();
    private volatile ClusterTraits? traits;

    public ClusterConnection(IOptions<ClusterOptions> options)
    {
        var configuration = Configure(options.Value);
        configuration.HttpClientTimeout = options.Value.Timeout;
        configuration.FirstMessageHandlerSetup = handler =>
        {
            handler.ConnectTimeout = TimeSpan.FromSeconds(5);
            handler.ConnectCallback = Connect;
            // A connection whose other end is gone without a word is noticed after 15 s, whatever runs over it.
            handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
            handler.KeepAlivePingDelay = TimeSpan.FromSeconds(10);
            handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(5);
            // The API server takes 250 requests at once on a connection; followed logs can be more.
            handler.EnableMultipleHttp2Connections = true;
            handler.PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2);
        };
        client = new Kubernetes(configuration, calls);
    }

    /// <summary>The typed client. Its calls throw <see cref="HttpOperationException"/> for an answer that is an error.</summary>
    public IKubernetes Client => client;

    /// <summary>The cluster's address.</summary>
    public Uri Address => client.BaseUri;

    /// <summary>How many requests have been sent to the cluster since the start, watches and logs included.</summary>
    public long Calls => calls.Count;

    /// <summary>
    /// What the cluster offers; asked once. Throws like any call where the cluster does not answer, and asks again the next time.
    /// </summary>
    public async Task<ClusterTraits> Traits(CancellationToken cancel)
    {
        if (traits is { } known)
        {
            return known;
        }

        var version = await client.Version.GetCodeAsync(cancel);
        var groups = await client.Apis.GetAPIVersionsAsync(cancel);
        return traits = new ClusterTraits(Number(version.Major), Number(version.Minor),
            groups.Groups.SelectMany(g => g.Versions).Select(v => v.GroupVersion).ToHashSet());
    }

    /// <summary>
    /// Sends a GET and returns when the answer's headers are there; the body is the caller's to read and dispose of, without a time limit.
    /// Throws <see cref="ClusterRefusedException"/> for an answer that is an error and <see cref="TimeoutException"/> where none comes in time.
    /// </summary>
    /// <param name="path">Below the cluster's address, without a leading slash, with its query.</param>
    public async Task<HttpResponseMessage> Open(string path, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(client.BaseUri, path)) { Version = new(2, 0) };
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(client.HttpClientTimeout);
        try
        {
            if (client.Credentials is { } credentials)
            {
                await credentials.ProcessHttpRequestAsync(request, deadline.Token);
            }

            var response = await client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                throw new ClusterRefusedException(response.StatusCode, await response.Content.ReadAsStringAsync(deadline.Token));
            }
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"The cluster at {client.BaseUri} did not answer within {client.HttpClientTimeout.TotalSeconds:0} s.", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    // Version numbers of hosted clusters read like "20+".
    private static int Number(string text) => int.TryParse(Digits().Match(text).Value, out var number) ? number : 0;

    [GeneratedRegex("^[0-9]+")]
    private static partial Regex Digits();

    private static KubernetesClientConfiguration Configure(ClusterOptions options)
    {
        try
        {
            if (options.KubeConfig.Length == 0 && KubernetesClientConfiguration.IsInCluster())
            {
                return KubernetesClientConfiguration.InClusterConfig();
            }

            return KubernetesClientConfiguration.BuildConfigFromConfigFile(options.KubeConfig.Length > 0 ? options.KubeConfig : null);
        }
        catch (Exception e) when (e is KubeConfigException or IOException or UnauthorizedAccessException or YamlDotNet.Core.YamlException)
        {
            throw new InvalidOperationException(
                $"There is no cluster to run apps on: {e.Message} Name a kubeconfig file in the setting Cluster:KubeConfig or the variable KUBECONFIG.", e);
        }
    }

    private static async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // For servers or proxies that speak HTTP/1.1, where there are no pings.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 15);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await socket.ConnectAsync(context.DnsEndPoint, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class CallCounter : DelegatingHandler
    {
        private long count;

        public long Count => Interlocked.Read(ref count);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref count);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
