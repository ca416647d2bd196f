namespace Slipway.Api.Registries;

static class RegistryServices
{
    public static void AddRegistries(this WebApplicationBuilder builder) => builder.Services.AddScoped<ProjectRegistries>();
}
