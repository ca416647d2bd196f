using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Slipway.AppHost.Engine.Publishing;

static class HelmPublisher
{
    public static void Publish(IReadOnlyList<IResource> resources, IConfiguration configuration, TextWriter console) => throw new Aspire.Hosting.DistributedApplicationException("not yet");
}
