using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Journeys;

/// <summary>Which pages of the portal are for everybody.</summary>
public sealed class PageAccessTests(Platform platform) : PlatformTest(platform)
{
    private static readonly string[] ForEverybody =
        ["/confirm-email", "/error", "/forgot-password", "/invitation", "/not-found", "/register", "/reset-password", "/sign-in"];

    [Fact]
    public async Task Who_is_not_signed_in_is_sent_to_sign_in_by_every_page_that_is_not_for_everybody()
    {
        var web = Own(await WebProcess.Start(await Platform.Api()));
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = web.Address };
        var pages = typeof(Slipway.Web.Components.Routes).Assembly.GetTypes()
            .SelectMany(type => type.GetCustomAttributes<RouteAttribute>().Select(route => (route.Template, Open: type.GetCustomAttribute<AllowAnonymousAttribute>() is not null))).ToList();
        Assert.Equal(ForEverybody, pages.Where(p => p.Open).Select(p => p.Template).Order(StringComparer.Ordinal));
        foreach (var (template, _) in pages.Where(p => !p.Open))
        {
            using var answer = await http.GetAsync(template.Replace("{Project}", "demo", StringComparison.Ordinal).Replace("{Name}", "shop", StringComparison.Ordinal));
            Assert.True(answer.StatusCode is HttpStatusCode.Redirect && answer.Headers.Location?.ToString().Contains("/sign-in", StringComparison.Ordinal) is true,
                $"{template}: {answer.StatusCode} {answer.Headers.Location}");
        }
    }
}
