using Npgsql;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Access;

/// <summary>Who did what is written down, and no secret is.</summary>
public sealed class AuditTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task What_people_and_programs_do_in_a_project_is_written_down_with_its_result()
    {
        using var creator = await Platform.NewUser();
        using var viewer = await Platform.NewUser();
        using var stranger = await Platform.NewUser();
        var project = await creator.NewProject("audit");
        await creator.Client.PutCollaborator(project, viewer.Email, new(Role.Viewer));
        using var program = creator.Program(await Platform.Api(), await creator.Client.CreateToken(new("pipeline", Role.Editor, 1)));
        await program.Client.CreateApp(project, Small("shop") with { Stopped = true });
        using (await viewer.Send(HttpMethod.Delete, $"/api/projects/{project}/apps/shop"))
        using (await stranger.Send(HttpMethod.Delete, $"/api/projects/{project}/apps/shop"))
        {
            // Both are refused.
        }

        var entries = (await creator.Client.Audit(project)).Items;

        Assert.Equal(
            [
                (viewer.Email, null, "app.delete", "shop", 403),
                (creator.Email, "pipeline", "app.deploy", "shop", 201),
                (creator.Email, null, "collaborator.put", viewer.Email, 200),
                (creator.Email, null, "project.create", project, 201),
            ],
            entries.Select(e => (e.Actor, e.Token, e.Action, e.Object, e.Status)));
        Assert.All(entries, e => Assert.Equal((project, "127.0.0.1"), (e.Project, e.From)));
        Assert.Single((await creator.Client.Audit(project, new() { Search = "deploy" })).Items);
    }

    [Fact]
    public async Task Nothing_in_the_audit_can_be_changed_or_removed()
    {
        using var user = await Platform.NewUser();
        await user.NewProject("audit");
        var database = await Platform.Database();
        foreach (var sql in (string[])["UPDATE audit SET status = 0", "DELETE FROM audit", "TRUNCATE audit"])
        {
            await using var command = database.Source.CreateCommand(sql);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
        }
    }
}
