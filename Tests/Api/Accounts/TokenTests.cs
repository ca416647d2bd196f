using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Accounts;

public sealed class TokenTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task A_new_token_is_shown_once_works_at_once_and_says_when_it_was_used()
    {
        using var owner = await Platform.NewUser();
        var created = await owner.Client.CreateToken(new("deploys from CI", Role.Editor, 30) { Actions = [Permission.DeployApp, Permission.ViewProject] });
        Assert.Matches("^slip_[A-Za-z0-9_-]{43}$", created.Secret);
        Assert.StartsWith(created.Token.Hint, created.Secret, StringComparison.Ordinal);
        Assert.True(created.Token.Hint.Length < 12, created.Token.Hint);
        Assert.InRange(created.Token.ExpiresAt - created.Token.CreatedAt, TimeSpan.FromDays(30), TimeSpan.FromDays(30));

        using (var list = await owner.Send(HttpMethod.Get, "/api/account/tokens"))
        {
            Assert.DoesNotContain(created.Secret[6..], await list.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        var listed = Assert.Single((await owner.Client.Tokens()).Items);
        Assert.Equal(("deploys from CI", Role.Editor, null, null), (listed.Name, listed.Role, listed.Project, listed.LastUsedAt));
        Assert.Equal([Permission.ViewProject, Permission.DeployApp], listed.Actions);

        using var program = owner.Program(await Platform.Api(), created);
        Assert.Equal(owner.Email, (await program.Client.Me()).Email);
        var used = Assert.Single((await owner.Client.Tokens()).Items).LastUsedAt;
        Assert.InRange(used!.Value, DateTimeOffset.UtcNow.AddMinutes(-2), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [Theory]
    [InlineData("""{"name":" ","role":"viewer","days":30}""", "name")]
    [InlineData("""{"name":"x","role":"viewer","days":0}""", "days")]
    [InlineData("""{"name":"x","role":"viewer","days":367}""", "days")]
    [InlineData("""{"name":"x","role":"viewer","days":30,"actions":[]}""", "actions")]
    [InlineData("""{"name":"x","role":"viewer","days":30,"project":"no-such-project"}""", "project")]
    public async Task A_token_that_cannot_be_names_the_field(string body, string field)
    {
        using var owner = await Platform.NewUser();
        using var answer = await owner.Send(HttpMethod.Post, "/api/account/tokens", body);
        await answer.NamesField(field);
        Assert.Equal(0, (await owner.Client.Tokens()).Total);
    }

    [Fact]
    public async Task A_token_may_do_no_more_than_its_role()
    {
        var (owner, project, app) = await Platform.Shared();
        using var viewer = await Program(owner, new("reads", Role.Viewer, 1));
        Assert.Equal(Role.Viewer, (await viewer.Client.Project(project)).Role);
        Assert.Equal(Role.Viewer, Assert.Single((await viewer.Client.Projects(new() { Search = project })).Items).Role);
        var refusal = await viewer.Client.CreateApp(project, Small("more")).IsRefused(HttpStatusCode.Forbidden);
        Assert.Contains("editor", refusal.Message, StringComparison.Ordinal);
        await viewer.Client.StopApp(project, app).IsRefused(HttpStatusCode.Forbidden);
        await viewer.Client.PutCollaborator(project, Names.Email(), new(Role.Viewer)).IsRefused(HttpStatusCode.Forbidden);
        await viewer.Client.CreateProject(new(Names.Project())).IsRefused(HttpStatusCode.Forbidden);

        using var editor = await Program(owner, new("deploys", Role.Editor, 1));
        await editor.Client.StopApp(project, app);
        await editor.Client.Audit(project).IsRefused(HttpStatusCode.Forbidden);
        await editor.Client.DeleteProject(project).IsRefused(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_token_of_one_project_sees_no_other()
    {
        using var owner = await Platform.NewUser();
        var (one, other) = (await owner.NewProject("one"), await owner.NewProject("other"));
        using var program = await Program(owner, new("for one", Role.Creator, 1) { Project = one });
        Assert.Equal(one, Assert.Single((await program.Client.Projects()).Items).Name);
        Assert.Equal(one, (await program.Client.Project(one)).Name);
        await program.Client.CreateApp(one, Small("shop") with { Stopped = true });

        await program.Client.Project(other).IsRefused(HttpStatusCode.NotFound);
        await program.Client.CreateApp(other, Small("shop") with { Stopped = true }).IsRefused(HttpStatusCode.NotFound);
        await program.Client.CreateProject(new(Names.Project())).IsRefused(HttpStatusCode.Forbidden);
        Assert.Equal(0, (await owner.Client.Apps(other)).Total);
    }

    [Fact]
    public async Task A_token_may_do_no_more_than_the_actions_it_was_made_for()
    {
        var (owner, project, app) = await Platform.Shared();
        using var program = await Program(owner, new("looks and restarts", Role.Creator, 1) { Project = project, Actions = [Permission.ViewProject, Permission.RunApp] });
        await program.Client.App(project, app);
        await program.Client.StopApp(project, app);
        var refusals = new (string Action, Task Call)[]
        {
            ("deployApp", program.Client.PatchApp(project, app, new() { Replicas = 2 })),
            ("deleteApp", program.Client.DeleteApp(project, app)),
            ("readAudit", program.Client.Audit(project)),
            ("manageCollaborators", program.Client.RemoveCollaborator(project, owner.Email)),
            ("deleteProject", program.Client.DeleteProject(project)),
            ("readLogs", program.Client.Logs(project, app, new()).ToListAsync().AsTask()),
        };
        foreach (var (action, call) in refusals)
        {
            var refusal = await call.IsRefused(HttpStatusCode.Forbidden);
            Assert.Contains($"'{action}'", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_token_that_is_revoked_or_has_expired_is_refused_at_the_next_request()
    {
        using var owner = await Platform.NewUser();
        var (revoked, expired) = (await owner.Client.CreateToken(new("revoked", Role.Viewer, 1)), await owner.Client.CreateToken(new("expired", Role.Viewer, 1)));
        using var first = owner.Program(await Platform.Api(), revoked);
        using var second = owner.Program(await Platform.Api(), expired);
        await first.Client.Projects();
        await second.Client.Projects();

        using var stranger = await Platform.NewUser();
        await stranger.Client.RevokeToken(revoked.Token.Id).IsRefused(HttpStatusCode.NotFound);
        await first.Client.Projects();
        await owner.Client.RevokeToken(revoked.Token.Id);
        await first.Client.Projects().IsRefused(HttpStatusCode.Unauthorized);
        await owner.Client.RevokeToken(revoked.Token.Id).IsRefused(HttpStatusCode.NotFound);

        Assert.Equal(1, await (await Platform.Database()).Scalar<long>(
            "WITH gone AS (UPDATE access_tokens SET expires_at = now() - interval '1 second' WHERE id = $1 RETURNING 1) SELECT count(*) FROM gone", expired.Token.Id));
        await second.Client.Projects().IsRefused(HttpStatusCode.Unauthorized);
        using var answer = await second.Send(HttpMethod.Get, "/api/me");
        Assert.Contains(answer.Headers.WwwAuthenticate, challenge => challenge.Scheme == "Bearer");
    }

    public static TheoryData<string, string, string?> RoutesForPersons => new()
    {
        { "POST", "/api/account/logout", null },
        { "GET", "/api/account/sessions", null },
        { "DELETE", "/api/account/sessions/019ab000-0000-7000-8000-000000000000", null },
        { "POST", "/api/account/change-password", $$"""{"current":"{{TestUser.Password}}","password":"Another-Horse-8-Staple"}""" },
        { "POST", "/api/account/delete", $$"""{"password":"{{TestUser.Password}}"}""" },
        { "POST", "/api/account/two-factor/setup", $$"""{"password":"{{TestUser.Password}}"}""" },
        { "POST", "/api/account/two-factor/enable", """{"code":"123456"}""" },
        { "POST", "/api/account/two-factor/disable", $$"""{"password":"{{TestUser.Password}}"}""" },
        { "POST", "/api/account/two-factor/recovery-codes", $$"""{"password":"{{TestUser.Password}}"}""" },
        { "GET", "/api/account/tokens", null },
        { "POST", "/api/account/tokens", """{"name":"a child","role":"creator","days":366}""" },
        { "DELETE", "/api/account/tokens/019ab000-0000-7000-8000-000000000000", null },
        { "POST", "/api/account/invitations/accept", """{"code":"x"}""" },
        { "GET", "/api/admin/users", null },
        { "PATCH", "/api/admin/users/019ab000-0000-7000-8000-000000000000", """{"administrator":true}""" },
        { "GET", "/api/admin/projects", null },
        { "PUT", "/api/admin/projects/default/quota", """{"cpu":1,"memoryMiB":null,"pods":null}""" },
        { "GET", "/api/admin/audit", null },
    };

    [Theory]
    [MemberData(nameof(RoutesForPersons))]
    public async Task A_token_is_refused_where_only_its_owner_may_act(string method, string path, string? body)
    {
        using var owner = await Platform.NewUser();
        using var program = await Program(owner, new("a program", Role.Creator, 1));
        using var answer = body is null ? await program.Send(new(method), path) : await program.Send(new(method), path, body);
        var problem = await answer.IsProblem(HttpStatusCode.Forbidden);
        Assert.Contains("access token", problem.Title, StringComparison.Ordinal);
        await owner.SignIn();
    }

    [Fact]
    public async Task A_token_never_has_a_higher_role_than_its_owner_has_now()
    {
        // The first account of all sees every project.
        using var creator = await Platform.NewUser();
        using var owner = await Platform.NewUser();
        var project = await creator.NewProject("falling");
        await creator.Client.PutCollaborator(project, owner.Email, new(Role.Creator));
        using var program = await Program(owner, new("a program", Role.Creator, 1) { Project = project });
        await program.Client.CreateApp(project, Small("shop") with { Stopped = true });
        await program.Client.Audit(project);

        await creator.Client.PutCollaborator(project, owner.Email, new(Role.Editor));
        await program.Client.Audit(project).IsRefused(HttpStatusCode.Forbidden);
        await program.Client.StopApp(project, "shop");
        await creator.Client.PutCollaborator(project, owner.Email, new(Role.Viewer));
        await program.Client.StopApp(project, "shop").IsRefused(HttpStatusCode.Forbidden);
        await program.Client.App(project, "shop");
        await creator.Client.RemoveCollaborator(project, owner.Email);
        await program.Client.App(project, "shop").IsRefused(HttpStatusCode.NotFound);
        Assert.Equal(0, (await program.Client.Projects()).Total);
    }

    private async Task<TestUser> Program(TestUser owner, CreateToken request) => owner.Program(await Platform.Api(), await owner.Client.CreateToken(request));
}
