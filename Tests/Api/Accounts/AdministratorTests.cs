using System.Net;
using k8s;
using k8s.Models;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Accounts;

/// <summary>A platform of its own with its administrator.</summary>
public sealed class AdministratorStage : IAsyncLifetime
{
    internal TestDatabase Database { get; private set; } = null!;

    internal ApiProcess Api { get; private set; } = null!;

    internal TestUser Administrator { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.Create();
        Api = await ApiProcess.Start(Database);
        Administrator = await TestUser.Register(Api);
    }

    public async ValueTask DisposeAsync()
    {
        Administrator?.Dispose();
        if (Api is not null)
        {
            await Api.DisposeAsync();
        }

        if (Database is not null)
        {
            await Database.DisposeAsync();
        }
    }
}

public sealed class AdministratorTests(Platform platform, AdministratorStage stage) : PlatformTest(platform), IClassFixture<AdministratorStage>
{
    private TestUser Administrator => stage.Administrator;

    [Fact]
    public async Task The_first_account_is_the_administrator_s_and_others_are_kept_out()
    {
        using var user = await TestUser.Register(stage.Api);
        Assert.True((await Administrator.Client.Me()).Administrator);
        var me = await user.Client.Me();
        Assert.False(me.Administrator);
        var refusals = new Task[]
        {
            user.Client.Users(), user.Client.AllProjects(), user.Client.AuditOfAll(), user.Client.PatchUser(me.Id, new(Administrator: true)),
            user.Client.PutQuota("default", new(1, null, null)),
        };
        foreach (var call in refusals)
        {
            await call.IsRefused(HttpStatusCode.Forbidden);
        }

        Assert.False((await user.Client.Me()).Administrator);
    }

    [Fact]
    public async Task An_administrator_sees_all_users_as_they_are()
    {
        using var user = await TestUser.Register(stage.Api);
        await user.NewProject("mine");
        await user.Http.FailToSignIn(user.Email, 9);
        Assert.False((await Find(user)).Locked);
        await user.Http.FailToSignIn(user.Email, 1);
        var seen = await Find(user);
        Assert.Equal((user.Email, false, false, false, true, 1), (seen.Email, seen.Administrator, seen.TwoFactor, seen.Disabled, seen.Locked, seen.Projects));
        Assert.Equal((await user.Client.Me()).Id, seen.Id);
        Assert.True((await Find(Administrator)).Administrator);
        Assert.Equal((await Administrator.Client.Users(new() { Limit = 1 })).Total, await stage.Database.Scalar<long>("SELECT count(*) FROM users"));
        using var answer = await Administrator.Send(HttpMethod.Get, "/api/admin/users");
        Assert.DoesNotContain("password", await answer.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_page_of_apps_is_the_same_to_everybody_who_may_see_it()
    {
        using var owner = await TestUser.Register(stage.Api);
        using var stranger = await TestUser.Register(stage.Api);
        using var program = owner.Program(stage.Api, await owner.Client.CreateToken(new("reads", Role.Viewer, 1)));
        var (project, empty) = (await owner.NewProject("page"), await owner.NewProject("empty"));
        foreach (var name in (string[])["cherry", "apple", "banana"])
        {
            await owner.Client.CreateApp(project, Small(name) with { Stopped = true });
        }

        foreach (var who in (TestUser[])[owner, program, Administrator])
        {
            var all = await who.Client.Apps(project);
            Assert.Equal(["apple", "banana", "cherry"], all.Items.Select(a => a.Name));
            Assert.Equal(3, all.Total);
            Assert.All(all.Items, a => Assert.Equal((AppState.Stopped, 1), (a.Status.State, a.Release)));
            var second = await who.Client.Apps(project, new() { Offset = 1, Limit = 1 });
            Assert.Equal(["banana"], second.Items.Select(a => a.Name));
            Assert.Equal(3, second.Total);
            var beyond = await who.Client.Apps(project, new() { Offset = 3 });
            Assert.Equal((0, 3), (beyond.Items.Count, beyond.Total));
            var none = await who.Client.Apps(empty);
            Assert.Equal((0, 0), (none.Items.Count, none.Total));
        }

        await stranger.Client.Apps(project).IsRefused(HttpStatusCode.NotFound);
        await owner.Client.PutCollaborator(project, stranger.Email, new(Role.Viewer));
        Assert.Equal(3, (await stranger.Client.Apps(project)).Total);
        await owner.Client.RemoveCollaborator(project, stranger.Email);
        await stranger.Client.Apps(project).IsRefused(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_administrator_looks_into_every_project_and_changes_none()
    {
        using var owner = await TestUser.Register(stage.Api);
        var project = await owner.NewProject("theirs");
        await owner.Client.CreateApp(project, Small("shop") with { Stopped = true, Environment = new Dictionary<string, string> { ["TOKEN"] = "s3cret-value" } });

        var listed = Assert.Single((await Administrator.Client.AllProjects(new() { Search = project })).Items);
        Assert.Equal((project, 1, 1, null), (listed.Name, listed.Collaborators, listed.Apps, listed.Quota));
        Assert.Equal(Role.Viewer, (await Administrator.Client.Project(project)).Role);
        using (var app = await Administrator.Send(HttpMethod.Get, $"/api/projects/{project}/apps/shop"))
        {
            var text = await app.Content.ReadAsStringAsync();
            Assert.Contains("TOKEN", text, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret-value", text, StringComparison.Ordinal);
        }

        var refusals = new Task[]
        {
            Administrator.Client.CreateApp(project, Small("mine")), Administrator.Client.PatchApp(project, "shop", new() { Replicas = 2 }),
            Administrator.Client.StartApp(project, "shop"), Administrator.Client.DeleteApp(project, "shop"), Administrator.Client.DeleteProject(project),
            Administrator.Client.PutCollaborator(project, Administrator.Email, new(Role.Creator)), Administrator.Client.Audit(project),
        };
        foreach (var call in refusals)
        {
            await call.IsRefused(HttpStatusCode.Forbidden);
        }

        // It is theirs in person only: a token has what its owner was given in the project, which is nothing.
        using var program = Administrator.Program(stage.Api, await Administrator.Client.CreateToken(new("a program", Role.Creator, 1)));
        await program.Client.Project(project).IsRefused(HttpStatusCode.NotFound);
        await program.Client.Users().IsRefused(HttpStatusCode.Forbidden);
        // And to see all is not to be in all.
        Assert.DoesNotContain((await Administrator.Client.Projects(new() { Limit = PageQuery.MaxLimit })).Items, p => p.Name == project);
    }

    [Fact]
    public async Task A_disabled_account_is_out_at_once_and_in_again_when_it_is_enabled()
    {
        using var user = await TestUser.Register(stage.Api);
        using var program = user.Program(stage.Api, await user.Client.CreateToken(new("a program", Role.Creator, 1)));
        await program.Client.Projects();
        var id = (await user.Client.Me()).Id;

        Assert.True((await Administrator.Client.PatchUser(id, new(Disabled: true))).Disabled);
        await user.Client.Me().IsRefused(HttpStatusCode.Unauthorized);
        await program.Client.Projects().IsRefused(HttpStatusCode.Unauthorized);
        await user.Client.Refresh(new(user.Tokens.RefreshToken)).IsRefused(HttpStatusCode.Unauthorized);
        await user.SignIn().IsRefused(HttpStatusCode.Forbidden);
        // That it is disabled is nothing for who does not know its password.
        await user.Client.Login(new(user.Email, SignIns.WrongPassword)).IsRefused(HttpStatusCode.Unauthorized);

        Assert.False((await Administrator.Client.PatchUser(id, new(Disabled: false))).Disabled);
        await user.SignIn();
        await program.Client.Projects();
    }

    [Fact]
    public async Task A_quota_is_what_the_cluster_then_holds_the_project_to()
    {
        using var owner = await TestUser.Register(stage.Api);
        var project = await owner.NewProject("quota");
        await Quota("the platform's quota", cpu: 200, memoryMiB: 1024 * 1024, pods: 1000);

        var view = await Administrator.Client.PutQuota(project, new(2.5m, 512, 7));
        Assert.Equal(new ProjectQuota(2.5m, 512, 7), view.Quota);
        await Quota("its own quota", cpu: 2.5m, memoryMiB: 512, pods: 7);
        await Administrator.Client.PutQuota(project, new(null, null, 3));
        await Quota("a quota of pods alone", cpu: 200, memoryMiB: 1024 * 1024, pods: 3);
        Assert.Null((await Administrator.Client.PutQuota(project, new(null, null, null))).Quota);
        await Quota("the platform's quota again", cpu: 200, memoryMiB: 1024 * 1024, pods: 1000);

        await owner.Client.PutQuota(project, new(1000, null, null)).IsRefused(HttpStatusCode.Forbidden);
        await Administrator.Client.PutQuota("no-such-project", new(1, null, null)).IsRefused(HttpStatusCode.NotFound);
        var wrong = await Administrator.Client.PutQuota(project, new(0, -1, 0)).IsRefused(HttpStatusCode.BadRequest);
        Assert.Equal(["cpu", "memoryMiB", "pods"], wrong.Errors.Keys.Order());

        Task Quota(string what, decimal cpu, long memoryMiB, int pods) => Wait.For(what, async cancel =>
            {
                var hard = (await Cluster.Client.CoreV1.ListNamespacedResourceQuotaAsync(project, cancellationToken: cancel)).Items.SingleOrDefault()?.Spec.Hard;
                return hard is null ? (0, 0, 0) : (Value(hard["requests.cpu"]), Value(hard["requests.memory"]) / (1024 * 1024), Value(hard["pods"]));
            },
            seen => seen == (cpu, memoryMiB, pods), TimeSpan.FromSeconds(30), seen => seen.ToString());

        static decimal Value(ResourceQuantity quantity) => quantity.ToDecimal();
    }

    private async Task<UserView> Find(TestUser user) => Assert.Single((await Administrator.Client.Users(new() { Search = user.Email })).Items);
}
