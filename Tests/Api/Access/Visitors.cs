using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Access;

/// <summary>Somebody, or some program, that tries every endpoint.</summary>
/// <param name="Role">What they are in the project; null: nothing.</param>
/// <param name="IsPerson">Whether they are signed in rather than coming with an access token.</param>
/// <param name="IsKnown">Whether the API knows them at all.</param>
sealed record Visitor(string Name, HttpClient Http, Role? Role, bool IsPerson = true, bool IsKnown = true)
{
    public bool IsAdministrator { get; init; }

    /// <summary>The permissions that an access token is cut down to; null: all of its role.</summary>
    public IReadOnlyList<Permission>? Actions { get; init; }

    /// <summary>Signs in again, and into the project again, where an endpoint has ended that.</summary>
    public Func<Task> Restore { get; init; } = () => Task.CompletedTask;
}

/// <summary>A project, and everybody who could want something of it.</summary>
sealed class Visitors : IDisposable
{
    private readonly List<IDisposable> own = [];

    public required string Project { get; init; }

    public required string Elsewhere { get; init; }

    public required TestUser Creator { get; init; }

    public IReadOnlyList<Visitor> All { get; private set; } = [];

    public static async Task<Visitors> Gather(ApiProcess api, TestDatabase database)
    {
        // E-mail is on in this process, so that an address has to be confirmed; nobody reads the messages here.
        var people = new Dictionary<string, TestUser>();
        foreach (var name in (string[])["administrator", "creator", "editor", "viewer", "stranger", "disabled", "locked"])
        {
            people[name] = await TestUser.Register(api, user => Execute(database, "UPDATE users SET email_confirmed = true WHERE email = $1", user.Email));
        }

        var creator = people["creator"];
        var visitors = new Visitors { Creator = creator, Project = await creator.NewProject("matrix"), Elsewhere = await creator.NewProject("elsewhere") };
        visitors.own.AddRange(people.Values);
        await creator.Client.CreateApp(visitors.Project, PlatformTest.Small("shop") with { Stopped = true });
        foreach (var (name, role) in (IEnumerable<(string, Role)>)[("editor", Role.Editor), ("viewer", Role.Viewer), ("disabled", Role.Creator)])
        {
            await creator.Client.PutCollaborator(visitors.Project, people[name].Email, new(role));
        }

        var disabled = (await people["administrator"].Client.Users(new() { Search = people["disabled"].Email })).Items.Single();
        await people["administrator"].Client.PatchUser(disabled.Id, new(Disabled: true));
        Visitor Person(string name, Role? role) => new(name, people[name].Http, role)
        {
            Restore = async () =>
            {
                await people[name].SignIn();
                if (role is { } theirs and not Role.Creator)
                {
                    await creator.Client.PutCollaborator(visitors.Project, people[name].Email, new(theirs));
                }
            },
        };
        visitors.All =
        [
            new("nobody", api.Http(), null, IsKnown: false),
            new("unconfirmed", await NotLetIn(api, HttpStatusCode.Forbidden), null, IsKnown: false),
            new("locked", await LockedOut(api, people["locked"]), null, IsKnown: false),
            new("disabled", people["disabled"].Http, null, IsKnown: false),
            Person("stranger", null),
            Person("viewer", Role.Viewer),
            Person("editor", Role.Editor),
            Person("creator", Role.Creator),
            // Who administers the platform sees every project.
            new("administrator", people["administrator"].Http, Role.Viewer) { IsAdministrator = true, Restore = people["administrator"].SignIn },
            .. await Tokens(api, database, visitors),
        ];
        return visitors;
    }

    public void Dispose() => own.ForEach(o => o.Dispose());

    private static async Task<IReadOnlyList<Visitor>> Tokens(ApiProcess api, TestDatabase database, Visitors visitors)
    {
        async Task<HttpClient> Token(CreateToken request)
        {
            var http = api.Http();
            http.DefaultRequestHeaders.Authorization = new("Bearer", (await visitors.Creator.Client.CreateToken(request)).Secret);
            return http;
        }

        var expired = await Token(new("expired", Role.Creator, 1));
        await Execute(database, "UPDATE access_tokens SET expires_at = now() - interval '1 second' WHERE name = $1", "expired");
        var revoked = await Token(new("revoked", Role.Creator, 1));
        await visitors.Creator.Client.RevokeToken((await visitors.Creator.Client.Tokens(new() { Search = "revoked" })).Items.Single().Id);
        return
        [
            new("token of a viewer", await Token(new("viewer", Role.Viewer, 1)), Role.Viewer, IsPerson: false),
            new("token of an editor", await Token(new("editor", Role.Editor, 1)), Role.Editor, IsPerson: false),
            new("token of a creator", await Token(new("creator", Role.Creator, 1) { Project = visitors.Project }), Role.Creator, IsPerson: false),
            new("token for logs only", await Token(new("logs", Role.Creator, 1) { Actions = [Permission.ReadLogs] }), Role.Creator, IsPerson: false) { Actions = [Permission.ReadLogs] },
            new("token for elsewhere", await Token(new("elsewhere", Role.Creator, 1) { Project = visitors.Elsewhere }), null, IsPerson: false),
            new("expired token", expired, null, IsPerson: false, IsKnown: false),
            new("revoked token", revoked, null, IsPerson: false, IsKnown: false),
        ];
    }

    private static async Task<HttpClient> NotLetIn(ApiProcess api, HttpStatusCode status)
    {
        var http = api.Http();
        var (client, email) = (new SlipwayClient(http), Names.Email());
        Assert.True((await client.Register(new(email, TestUser.Password))).ConfirmEmail);
        Assert.Equal(status, (await Assert.ThrowsAsync<SlipwayApiException>(() => client.Login(new(email, TestUser.Password)))).Status);
        return http;
    }

    private static async Task<HttpClient> LockedOut(ApiProcess api, TestUser user)
    {
        var http = api.Http();
        var client = new SlipwayClient(http);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await Assert.ThrowsAsync<SlipwayApiException>(() => client.Login(new(user.Email, "not the password")))).Status);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await Assert.ThrowsAsync<SlipwayApiException>(() => client.Login(new(user.Email, TestUser.Password)))).Status);
        return http;
    }

    private static async Task Execute(TestDatabase database, string sql, string value)
    {
        await using var command = database.Source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}
