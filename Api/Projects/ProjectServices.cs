namespace Slipway.Api.Projects;

static class ProjectServices
{
    public static void AddProjects(this WebApplicationBuilder builder)
    {
        builder.Services.AddProjectAccess();
        builder.Services.AddScoped<ProjectService>();
        builder.Services.AddScoped<Collaborators>();
        builder.Services.AddScoped<Invitations>();
        builder.Services.AddSingleton<NamespaceCreation>();
    }
}
