using System.Net;
using Slipway.Contracts;

namespace Slipway.Web.Session;

/// <summary>
/// Between an open page and the API: attaches the current access token and the visitor's address, notices a session that has ended and an API that is away.
/// Made per page rather than by the client factory, whose handlers live outside the page's scope.
/// </summary>
sealed class CircuitApiHandler(CircuitSession session, CircuitVisitor visitor, ApiReachability reachability) : DelegatingHandler
{
    public static SlipwayClient CreateClient(IServiceProvider page)
    {
        var handler = page.GetRequiredService<CircuitApiHandler>();
        handler.InnerHandler ??= page.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(Portal.ApiClient);
        return new(new HttpClient(handler, disposeHandler: false) { BaseAddress = Portal.ApiAddress, Timeout = Timeout.InfiniteTimeSpan });
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (await session.AccessToken() is not { } token)
        {
            session.Leave();
            return new(HttpStatusCode.Unauthorized) { RequestMessage = request };
        }

        request.Headers.Authorization = new("Bearer", token);
        visitor.Visitor?.Introduce(request.Headers);
        var response = await SendInTime(request, cancellationToken);
        if (response.StatusCode is HttpStatusCode.Unauthorized)
        {
            await session.End();
            session.Leave();
        }

        // A proxy in front of an API that is away answers in its stead, though not with a problem of the API's kind.
        if (response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
            && response.Content.Headers.ContentType?.MediaType is not "application/problem+json")
        {
            reachability.Lost();
        }
        else
        {
            reachability.Found();
        }

        return response;
    }

    // The client's own timeout could not be told here from somebody leaving the page.
    private async Task<HttpResponseMessage> SendInTime(HttpRequestMessage request, CancellationToken cancel)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limited.CancelAfter(Portal.ApiTimeout);
        try
        {
            return await base.SendAsync(request, limited.Token);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            reachability.Lost();
            throw e as HttpRequestException ?? new HttpRequestException("The API did not answer in time.", e);
        }
    }
}
