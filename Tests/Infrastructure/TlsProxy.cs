using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Slipway.Tests.Infrastructure;

/// <summary>A real nginx that ends TLS in front of portal and API, as the shipped Ingress does: <c>/api</c> and <c>/openapi</c> lead to the API.</summary>
sealed class TlsProxy : IAsyncDisposable
{
    /// <summary>The public name; it leads to this machine in the tests' browser.</summary>
    public const string Host = "slipway.example.org";

    private readonly ChildProcess process;
    private readonly string directory;

    private TlsProxy(ChildProcess process, string folder, int port)
    {
        this.process = process;
        directory = folder;
        Port = port;
    }

    public int Port { get; }

    /// <summary>What people open.</summary>
    public Uri Address => AddressAt(Port);

    public static Uri AddressAt(int port) => new($"https://{Host}:{port}");

    /// <param name="port">Where it listens.</param>
    /// <param name="portal">What it passes to, as is <paramref name="api"/>.</param>
    /// <param name="headers">What it says to them; the usual headers unless given.</param>
    public static async Task<TlsProxy> Start(int port, Uri portal, Uri api, string? headers = null)
    {
        var folder = Directory.CreateTempSubdirectory("slipway-nginx-").FullName;
        await WriteCertificate(folder);
        headers ??= """
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $http_host;
            """;
        await File.WriteAllTextAsync(Path.Combine(folder, "nginx.conf"), $$"""
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            error_log stderr;
            events {}
            http {
              access_log off;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              map $http_upgrade $connection_upgrade { default upgrade; '' close; }
              server {
                listen 127.0.0.1:{{port}} ssl;
                ssl_certificate {{folder}}/certificate.pem;
                ssl_certificate_key {{folder}}/key.pem;
                proxy_http_version 1.1;
                proxy_buffering off;
                proxy_set_header Upgrade $http_upgrade;
                proxy_set_header Connection $connection_upgrade;
                {{headers}}
                location / { proxy_pass {{portal.ToString().TrimEnd('/')}}; }
                location /api { proxy_pass {{api.ToString().TrimEnd('/')}}; }
                location /openapi { proxy_pass {{api.ToString().TrimEnd('/')}}; }
              }
            }
            """);
        var proxy = new TlsProxy(ChildProcess.Start("nginx", ["nginx", "-c", $"{folder}/nginx.conf", "-p", folder], new Dictionary<string, string?>()), folder, port);
        await Wait.Until("nginx to listen", async cancel =>
        {
            using var client = new System.Net.Sockets.TcpClient();
            try
            {
                await client.ConnectAsync("127.0.0.1", port, cancel);
                return true;
            }
            catch (System.Net.Sockets.SocketException e)
            {
                return proxy.process.HasExited ? throw new InvalidOperationException($"nginx has ended:\n{proxy.process.Log}", e) : false;
            }
        });
        return proxy;
    }

    /// <summary>A client that comes through the proxy and takes its certificate.</summary>
    public HttpClient Http() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        SslOptions = new() { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == $"CN={Host}" },
        ConnectCallback = async (_, cancel) =>
        {
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            await socket.ConnectAsync("127.0.0.1", Port, cancel);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = Address };

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private static async Task WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(Path.Combine(folder, "certificate.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }
}
