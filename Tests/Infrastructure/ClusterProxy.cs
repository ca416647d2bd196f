using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Slipway.Tests.Infrastructure;

/// <summary>The network between the API and the cluster, which can be broken: connections pass through it byte for byte.</summary>
sealed class ClusterProxy : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Guid, Socket[]> connections = new();
    private readonly CancellationTokenSource ended = new();
    private readonly Uri server = KubeConfigs.Server;
    private readonly int port = ChildProcess.FreePort();
    private volatile TaskCompletionSource flowing = Completed();
    private TcpListener? listener;

    public ClusterProxy()
    {
        KubeConfig = KubeConfigs.Write(new($"https://127.0.0.1:{port}"), credentials: true);
        Listen();
    }

    /// <summary>The path of a kubeconfig that goes through here.</summary>
    public string KubeConfig { get; }

    /// <summary>Refuses new connections and cuts the ones that there are, as a machine does that is down.</summary>
    public void Refuse()
    {
        listener?.Dispose();
        listener = null;
        Cut();
    }

    /// <summary>Accepts connections and passes nothing on, as a network does that loses every packet.</summary>
    public void Hang() => flowing = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Cuts the connections that there are, once.</summary>
    public void Cut()
    {
        foreach (var id in connections.Keys)
        {
            Close(id);
        }
    }

    /// <summary>All is well again.</summary>
    public void Mend()
    {
        flowing.TrySetResult();
        if (listener is null)
        {
            Listen();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        flowing.TrySetCanceled();
        Refuse();
        KubeConfigs.Delete(KubeConfig);
        ended.Dispose();
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private void Listen()
    {
        var opened = listener = new TcpListener(IPAddress.Loopback, port);
        opened.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        opened.Start();
        _ = Accept(opened);
    }

    private async Task Accept(TcpListener from)
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                _ = Serve(await from.AcceptSocketAsync(ended.Token));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task Serve(Socket near)
    {
        var id = Guid.NewGuid();
        var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        connections[id] = [near, far];
        try
        {
            await flowing.Task;
            await far.ConnectAsync(server.Host, server.Port, ended.Token);
            await Task.WhenAny(Pass(near, far), Pass(far, near));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The other side learns of it by the close below.
        }
        finally
        {
            Close(id);
        }
    }

    private async Task Pass(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, ended.Token) is > 0 and var count)
            {
                await flowing.Task;
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), ended.Token);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Either side may leave at any time.
        }
    }

    private void Close(Guid id)
    {
        if (connections.TryRemove(id, out var pair))
        {
            foreach (var socket in pair)
            {
                socket.Dispose();
            }
        }
    }
}
