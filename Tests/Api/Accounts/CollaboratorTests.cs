using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Accounts;

public sealed class CollaboratorTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task Somebody_with_an_account_is_in_at_once_changes_role_and_goes()
    {
        using var creator = await Platform.NewUser();
        using var person = await Platform.NewUser();
        var project = await creator.NewProject("people");
        var added = await creator.Client.PutCollaborator(project, person.Email.ToUpperInvariant(), new(Role.Viewer) { Version = 0 });
        Assert.Equal((person.Email, Role.Viewer, false, null, null, 1), (added.Email, added.Role, added.Invited, added.ExpiresAt, added.InvitationCode, added.Version));
        Assert.Equal(Role.Viewer, (await person.Client.Project(project)).Role);

        var changed = await creator.Client.PutCollaborator(project, person.Email, new(Role.Editor) { Version = added.Version });
        Assert.Equal((Role.Editor, 2), (changed.Role, changed.Version));
        Assert.Equal(added.Since, changed.Since, TimeSpan.FromMilliseconds(1));
        Assert.Equal(Role.Editor, (await person.Client.Project(project)).Role);
        Assert.Equal(new[] { (creator.Email, Role.Creator), (person.Email, Role.Editor) }.Order(),
            (await person.Client.Collaborators(project)).Items.Select(c => (c.Email, c.Role)).Order());

        await creator.Client.RemoveCollaborator(project, person.Email);
        await person.Client.Project(project).IsRefused(HttpStatusCode.NotFound);
        await creator.Client.RemoveCollaborator(project, person.Email).IsRefused(HttpStatusCode.NotFound);
        await creator.Client.PutCollaborator(project, "no address", new(Role.Viewer)).IsRefused(HttpStatusCode.BadRequest);
        Assert.Equal(creator.Email, Assert.Single((await creator.Client.Collaborators(project)).Items).Email);
    }

    [Fact]
    public async Task A_change_that_is_based_on_an_older_version_is_a_409_that_tells_what_is_so_now()
    {
        using var creator = await Platform.NewUser();
        using var person = await Platform.NewUser();
        var project = await creator.NewProject("versions");
        await creator.Client.PutCollaborator(project, person.Email, new(Role.Viewer) { Version = 1 }).IsRefused(HttpStatusCode.Conflict);
        var first = await creator.Client.PutCollaborator(project, person.Email, new(Role.Viewer));
        await creator.Client.PutCollaborator(project, person.Email, new(Role.Creator) { Version = 0 }).IsRefused(HttpStatusCode.Conflict);

        var attempts = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => creator.SendJson(HttpMethod.Put, Path(project, person.Email),
            new PutCollaborator(i % 2 == 0 ? Role.Editor : Role.Creator) { Version = first.Version })));
        Assert.Equal(1, attempts.Count(a => a.StatusCode is HttpStatusCode.OK));
        Assert.Equal(7, attempts.Count(a => a.StatusCode is HttpStatusCode.Conflict));

        var now = Assert.Single((await creator.Client.Collaborators(project)).Items, c => c.Email == person.Email);
        var outdated = await creator.Client.PutCollaborator(project, person.Email, new(Role.Viewer) { Version = first.Version }).IsRefused(HttpStatusCode.Conflict);
        Assert.Contains(now.Role.ToString().ToLowerInvariant(), outdated.Message, StringComparison.Ordinal);
        Assert.Equal(now.Role, (await person.Client.Project(project)).Role);
        await creator.Client.PutCollaborator(project, person.Email, new(Role.Viewer) { Version = now.Version });
    }

    // What each permission is needed for, and what answers who has it.
    private static readonly (Permission Permission, string Method, string Path, string? Body, HttpStatusCode Answer)[] Endpoints =
    [
        (Permission.ViewProject, "GET", "", null, HttpStatusCode.OK),
        (Permission.ViewProject, "GET", "/apps", null, HttpStatusCode.OK),
        (Permission.ViewProject, "GET", "/apps/shop/releases", null, HttpStatusCode.OK),
        (Permission.ViewProject, "GET", "/collaborators", null, HttpStatusCode.OK),
        (Permission.ReadLogs, "GET", "/apps/shop/logs", null, HttpStatusCode.OK),
        (Permission.DeployApp, "POST", "/apps", """{"name":"Not A Name","image":"nginx"}""", HttpStatusCode.BadRequest),
        (Permission.DeployApp, "PATCH", "/apps/shop", """{"replicas":1}""", HttpStatusCode.OK),
        (Permission.DeployApp, "POST", "/apps/shop/releases/1/rollback", null, HttpStatusCode.OK),
        (Permission.RunApp, "POST", "/apps/shop/stop", null, HttpStatusCode.OK),
        (Permission.DeleteApp, "DELETE", "/apps/none", null, HttpStatusCode.NotFound),
        (Permission.ViewProject, "GET", "/alerts", null, HttpStatusCode.OK),
        (Permission.ManageAlerts, "DELETE", "/apps/shop/alert-rules/AppDown/silence", null, HttpStatusCode.OK),
        (Permission.ManageNotifications, "GET", "/notifications/channels", null, HttpStatusCode.OK),
        (Permission.ManageRegistries, "GET", "/registries", null, HttpStatusCode.OK),
        (Permission.ManageCollaborators, "PUT", "/collaborators/somebody%40example.com", """{"role":"viewer"}""", HttpStatusCode.OK),
        (Permission.ManageCollaborators, "DELETE", "/collaborators/somebody%40example.com", null, HttpStatusCode.NoContent),
        (Permission.ReadAudit, "GET", "/audit", null, HttpStatusCode.OK),
        (Permission.DeleteProject, "DELETE", "", null, HttpStatusCode.BadRequest),
    ];

    [Fact]
    public async Task Every_role_may_do_what_the_table_says_and_a_stranger_nothing()
    {
        Assert.Equal(Enum.GetValues<Permission>(), Endpoints.Select(e => e.Permission).Distinct().Order());
        using var creator = await Platform.NewUser();
        using var person = await Platform.NewUser();
        var project = await creator.NewProject("roles");
        await creator.Client.CreateApp(project, Small("shop") with { Stopped = true });
        var wrong = new List<string>();
        foreach (var role in (Role?[])[null, .. Enum.GetValues<Role>()])
        {
            if (role is { } given)
            {
                await creator.Client.PutCollaborator(project, person.Email, new(given));
            }

            foreach (var (permission, method, path, body, answer) in Endpoints)
            {
                using var answered = body is null ? await person.Send(new(method), $"/api/projects/{project}{path}") : await person.Send(new(method), $"/api/projects/{project}{path}", body);
                var expected = role is null ? HttpStatusCode.NotFound : role.Value.May(permission) ? answer : HttpStatusCode.Forbidden;
                if (answered.StatusCode != expected)
                {
                    wrong.Add($"{role?.ToString() ?? "A stranger"}: {method} {path} is {(int)answered.StatusCode} and not {(int)expected}: {await answered.Content.ReadAsStringAsync()}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task The_last_creator_can_neither_leave_nor_be_demoted_nor_removed()
    {
        using var creator = await Platform.NewUser();
        using var other = await Platform.NewUser();
        var project = await creator.NewProject("last");
        await creator.Client.PutCollaborator(project, other.Email, new(Role.Editor));
        await creator.Client.LeaveProject(project).IsRefused(HttpStatusCode.Conflict);
        await creator.Client.RemoveCollaborator(project, creator.Email).IsRefused(HttpStatusCode.Conflict);
        await creator.Client.PutCollaborator(project, creator.Email, new(Role.Editor)).IsRefused(HttpStatusCode.Conflict);
        Assert.Equal(Role.Creator, (await creator.Client.Project(project)).Role);

        await creator.Client.PutCollaborator(project, other.Email, new(Role.Creator));
        await other.Client.PutCollaborator(project, creator.Email, new(Role.Viewer));
        await other.Client.LeaveProject(project).IsRefused(HttpStatusCode.Conflict);
        await creator.Client.LeaveProject(project);
        Assert.Equal(other.Email, Assert.Single((await other.Client.Collaborators(project)).Items).Email);
        await other.Client.DeleteProject(project);
    }

    [Fact]
    public async Task Fifty_changes_at_the_same_time_leave_a_project_with_a_creator_and_no_half_done_change()
    {
        var (people, project) = await SixCreators();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i =>
        {
            var (actor, target) = (people[i % 6], people[(i * 7 + i / 6 + 1) % 6]);
            var role = (Role)(i % 5 % 3);
            return i % 3 == 0 ? actor.Send(HttpMethod.Delete, Path(project, target.Email)) : actor.SendJson(HttpMethod.Put, Path(project, target.Email), new PutCollaborator(role));
        }));
        Assert.All(answers, a => Assert.Contains(a.StatusCode,
            (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.Forbidden, HttpStatusCode.NotFound, HttpStatusCode.Conflict]));
        Assert.Contains(answers, a => a.IsSuccessStatusCode);

        var roles = new Dictionary<TestUser, Role?>();
        foreach (var person in people)
        {
            using var seen = await person.Send(HttpMethod.Get, $"/api/projects/{project}");
            roles[person] = seen.StatusCode is HttpStatusCode.NotFound ? null : (await person.Client.Project(project)).Role;
        }

        var creator = roles.First(r => r.Value is Role.Creator).Key;
        Assert.Equal(
            roles.Where(r => r.Value is not null).Select(r => (r.Key.Email, r.Value!.Value, false)).Order(),
            (await creator.Client.Collaborators(project)).Items.Select(c => (c.Email, c.Role, c.Invited)).Order());
        await creator.Client.DeleteProject(project);
    }

    [Fact]
    public async Task Of_six_creators_who_leave_at_the_same_time_one_has_to_stay()
    {
        var (people, project) = await SixCreators();
        var answers = await Task.WhenAll(people.Select(p => p.Send(HttpMethod.Post, $"/api/projects/{project}/leave")));
        Assert.Equal(5, answers.Count(a => a.StatusCode is HttpStatusCode.NoContent));
        var last = people[Array.FindIndex(answers, a => a.StatusCode is HttpStatusCode.Conflict)];
        Assert.Equal(last.Email, Assert.Single((await last.Client.Collaborators(project)).Items).Email);
        await last.Client.DeleteProject(project);
    }

    private async Task<(IReadOnlyList<TestUser> People, string Project)> SixCreators()
    {
        // The first account of all sees every project: it is none of the six.
        using var first = await Platform.NewUser();
        var people = new List<TestUser>();
        for (var i = 0; i < 6; i++)
        {
            people.Add(await Platform.NewUser());
        }

        var project = await people[0].NewProject("creators");
        foreach (var other in people.Skip(1))
        {
            await people[0].Client.PutCollaborator(project, other.Email, new(Role.Creator));
        }

        return (people, project);
    }

    private static string Path(string project, string email) => $"/api/projects/{project}/collaborators/{Uri.EscapeDataString(email)}";
}
