using Slipway.Api.Cluster.Rendering;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Tests.Unit.Rendering;

/// <summary>A small web app, to be varied with <c>with</c>.</summary>
static class Inputs
{
    public static AppSpec Spec { get; } = new()
    {
        Image = "ghcr.io/team/shop:1.4",
        Port = 8080,
        Replicas = 1,
        Resources = new(0.5m, 256),
    };

    public static RenderSettings Settings { get; } = new(new(), new(), new(), PolicyV1: true, PreStopSleep: false);

    public static RenderInput App { get; } = new()
    {
        AppId = Guid.Parse("01a2046d-2963-7e76-8a88-3363f091b18b"),
        Project = "demo",
        App = "shop",
        Release = 7,
        Spec = Spec,
        Environment = new Dictionary<string, string>(),
        Stopped = false,
        RestartedAt = null,
        Settings = Settings,
    };

    public static RenderInput With(Func<AppSpec, AppSpec> change) => App with { Spec = change(Spec) };

    public static RenderInput With(ExposureOptions exposure) => App with { Settings = Settings with { Exposure = exposure } };

    public static T? Find<T>(RenderInput input)
        where T : class => AppRenderer.Render(input).OfType<T>().SingleOrDefault();
}
