using Microsoft.AspNetCore.Components.Server.Circuits;

namespace Slipway.Web.Session;

/// <summary>
/// Remembers whose browser an open page is in. It is read while the page connects: what the page does later is part of no request
/// (learn.microsoft.com/aspnet/core/blazor/components/httpcontext).
/// </summary>
sealed class CircuitVisitor : CircuitHandler
{
    private readonly IHttpContextAccessor accessor;

    public CircuitVisitor(IHttpContextAccessor accessor)
    {
        this.accessor = accessor;
        Look();
    }

    /// <summary>Null where the connection does not say, as with long polling.</summary>
    public Visitor? Visitor { get; private set; }

    /// <summary>A page that comes back may come from another network.</summary>
    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        Look();
        return Task.CompletedTask;
    }

    private void Look()
    {
        if (accessor.HttpContext is { } context)
        {
            Visitor = Visitor.Of(context);
        }
    }
}
