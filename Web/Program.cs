using Slipway.ServiceDefaults;
using Slipway.Web;
using Slipway.Web.Components;
using Slipway.Web.Session;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddTrustedProxies();
builder.AddPublicAddress();
builder.AddPortal();

var app = builder.Build();
app.UseTrustedProxies();
app.UseExceptionHandler("/error", createScopeForErrors: true);
app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
app.UseSecurityHeaders();
app.UseHttpsOnly();
app.UseAuthentication();
app.UseAuthorization();
app.UseCircuitGuard();
app.UseAntiforgery();

app.MapStaticAssets();
app.MapDefaultEndpoints();
app.MapMetrics();
app.MapSession();
app.MapLogDownload();
app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
app.Run();
