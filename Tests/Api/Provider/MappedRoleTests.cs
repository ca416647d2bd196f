using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Provider;

/// <summary>Groups at the provider give roles here, at each sign-in, and take only what they gave.</summary>
public sealed class MappedRoleTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task A_group_gives_a_role_that_goes_with_it_and_what_was_given_by_hand_stays()
    {
        var (shop, desk) = (Names.Project("shop"), Names.Project("desk"));
        var stage = Own(await ProviderStage.Set(Mapping((shop, "devs", "editor"), (shop, "leads", "creator"), (desk, "devs", "viewer"), (Names.Project("never"), "devs", "viewer"))));
        using var creator = await TestUser.Register(stage.Api);
        await creator.Client.CreateProject(new(shop));
        await creator.Client.CreateProject(new(desk));
        var person = stage.Provider.Add(groups: ["devs", "others"]);

        using var user = await stage.SignIn(person);
        Assert.Equal([(desk, Role.Viewer), (shop, Role.Editor)], await Roles(user));
        Assert.Contains((await creator.Client.Collaborators(shop)).Items, c => c.Email == user.Email && c.Mapped);
        var given = (await creator.Client.Audit(shop, new() { Search = "provider.role" })).Items.Single();
        Assert.Equal((user.Email, "provider.role.give", $"{user.Email} editor"), (given.Actor, given.Action, given.Object));

        // A higher one on top, and back again.
        await InGroups(stage, person, "devs", "leads");
        Assert.Equal([(desk, Role.Viewer), (shop, Role.Creator)], await Roles(user));
        await InGroups(stage, person, "devs");
        Assert.Equal([(desk, Role.Viewer), (shop, Role.Editor)], await Roles(user));

        // By hand in the one project; by group alone in the other.
        await creator.Client.PutCollaborator(desk, user.Email, new(Role.Editor));
        await InGroups(stage, person);
        Assert.Equal([(desk, Role.Editor)], await Roles(user));
        Assert.Contains((await creator.Client.Audit(shop, new() { Search = "provider.role.take" })).Items, e => e.Object == user.Email);

        // By hand first, more by group, and what is left without the group.
        await creator.Client.PutCollaborator(shop, user.Email, new(Role.Viewer));
        await InGroups(stage, person, "devs");
        Assert.Equal([(desk, Role.Editor), (shop, Role.Editor)], await Roles(user));
        await InGroups(stage, person);
        Assert.Equal([(desk, Role.Editor), (shop, Role.Viewer)], await Roles(user));

        // Removing somebody works at once; the group lets them in again when they come again.
        await InGroups(stage, person, "devs");
        await creator.Client.RemoveCollaborator(shop, user.Email);
        await user.Client.Project(shop).IsRefused(HttpStatusCode.NotFound);
        await InGroups(stage, person, "devs");
        Assert.Equal(Role.Editor, (await user.Client.Project(shop)).Role);
        await Remove(creator, shop, desk);
    }

    [Fact]
    public async Task A_project_keeps_its_last_creator_and_the_platform_its_last_administrator()
    {
        var shop = Names.Project("last");
        var stage = Own(await ProviderStage.Set(Mapping((shop, "leads", "creator"), ("", "admins", null))));
        using var first = await TestUser.Register(stage.Api);
        await first.Client.CreateProject(new(shop));
        var person = stage.Provider.Add(groups: ["leads", "admins"]);
        using var user = await stage.SignIn(person);
        Assert.True((await user.Client.Me()).Administrator);
        await first.Client.LeaveProject(shop);
        await user.Client.PatchUser((await first.Client.Me()).Id, new(Administrator: false));

        await InGroups(stage, person);
        Assert.Equal(Role.Creator, (await user.Client.Project(shop)).Role);
        Assert.True((await user.Client.Me()).Administrator);
        var kept = (await user.Client.AuditOfAll(new() { Search = "keep" })).Items.Select(e => e.Action).Order();
        Assert.Equal(["provider.administrator.keep", "provider.role.keep"], kept);

        // As soon as there is another one, it goes.
        await user.Client.PutCollaborator(shop, first.Email, new(Role.Creator));
        await user.Client.PatchUser((await first.Client.Me()).Id, new(Administrator: true));
        await InGroups(stage, person);
        Assert.False((await user.Client.Me()).Administrator);
        await user.Client.Project(shop).IsRefused(HttpStatusCode.NotFound);

        // An administrator who was made by hand stays one.
        await first.Client.PatchUser((await user.Client.Me()).Id, new(Administrator: true));
        await InGroups(stage, person, "admins");
        await InGroups(stage, person);
        Assert.True((await user.Client.Me()).Administrator);
        await Remove(first, shop);
    }

    private static Dictionary<string, string?> Mapping(params (string Project, string Group, string? Role)[] roles)
    {
        var settings = new Dictionary<string, string?>();
        foreach (var (index, (project, group, role)) in roles.Index())
        {
            settings[$"Oidc__Roles__{index}__Value"] = group;
            settings[$"Oidc__Roles__{index}__{(role is null ? "Administrator" : "Role")}"] = role ?? "true";
            settings[$"Oidc__Roles__{index}__Project"] = role is null ? null : project;
        }

        return settings;
    }

    // Signs in once more with other groups; the session that there is sees what became of it at once.
    private static async Task InGroups(ProviderStage stage, string person, params string[] groups)
    {
        stage.Provider.People[person] = stage.Provider.People[person] with { Groups = groups };
        (await stage.SignIn(person)).Dispose();
    }

    private static async Task<IEnumerable<(string, Role)>> Roles(TestUser user) => (await user.Client.Projects()).Items.Select(p => (p.Name, p.Role));

    private static async Task Remove(TestUser creator, params string[] projects)
    {
        foreach (var project in projects)
        {
            await creator.Client.DeleteProject(project);
        }
    }
}
