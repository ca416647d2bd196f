using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Slipway.Api;
using Slipway.Api.Accounts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Access;

/// <summary>An endpoint of the API, as its own data source has it.</summary>
sealed record ApiEndpoint(string Method, string Pattern, EndpointAccess Access)
{
    /// <summary>Everything that the API maps.</summary>
    public static IReadOnlyList<ApiEndpoint> All { get; } = Read();

    public override string ToString() => $"{Method} {Pattern}";

    private static ApiEndpoint[] Read()
    {
        using var app = (IDisposable)ApiApp.Build(
        [
            $"--Encryption:Key={Convert.ToBase64String(Guid.NewGuid().ToByteArray().Concat(Guid.NewGuid().ToByteArray()).ToArray())}",
            "--ConnectionStrings:slipway=Host=127.0.0.1", "--PublicUrl=http://127.0.0.1", $"--Cluster:KubeConfig={TestEnvironment.KubeConfig}",
        ]);
        return
        [
            .. ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
                .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method =>
                    new ApiEndpoint(method, "/" + e.RoutePattern.RawText!.Trim('/'), EndpointAccess.Of(e)!)))
                .OrderBy(e => e.Pattern, StringComparer.Ordinal).ThenBy(e => e.Method, StringComparer.Ordinal),
        ];
    }
}
