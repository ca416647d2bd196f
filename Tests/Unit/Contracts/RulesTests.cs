using System.Text.Json;
using Slipway.Contracts;

namespace Slipway.Tests.Unit.Contracts;

public sealed class RulesTests
{
    [Theory]
    [InlineData("demo", true)]
    [InlineData("1st-project", true)]
    [InlineData("", false)]
    [InlineData("Demo", false)]
    [InlineData("-demo", false)]
    [InlineData("demo-", false)]
    [InlineData("de_mo", false)]
    [InlineData("demo\n", false)]
    [InlineData("default", false)]
    [InlineData("kube-system", false)]
    [InlineData("slipway", false)]
    public void A_project_name_is_a_free_dns_label(string name, bool good) => Assert.Equal(good, NameRules.ExplainProject(name) is null);

    [Theory]
    [InlineData(50, true)]
    [InlineData(51, false)]
    public void An_app_name_leaves_room_for_what_is_derived_from_it(int length, bool good) =>
        Assert.Equal(good, NameRules.ExplainApp(new string('a', length)) is null);

    [Theory]
    [InlineData("1shop")]
    [InlineData("Shop")]
    [InlineData("shop.")]
    public void An_app_name_can_be_the_name_of_a_Service(string name) => Assert.NotNull(NameRules.ExplainApp(name));

    [Theory]
    [InlineData("ghcr.io", "ghcr.io")]
    [InlineData(" GHCR.io ", "ghcr.io")]
    [InlineData("index.docker.io", "docker.io")]
    [InlineData("localhost:5000", "localhost:5000")]
    [InlineData("127.0.0.1:5000", "127.0.0.1:5000")]
    [InlineData("https://ghcr.io", null)]
    [InlineData("ghcr.io/team", null)]
    [InlineData("registry", null)]
    [InlineData("ghcr.io:0", null)]
    [InlineData("ghcr.io:65536", null)]
    [InlineData("-a.io", null)]
    [InlineData("", null)]
    [InlineData("a b.io", null)]
    public void A_registry_is_a_host(string written, string? host)
    {
        Assert.Equal(host is null, RegistryRules.ExplainHost(written) is not null);
        Assert.Equal(host ?? RegistryRules.Host(written), RegistryRules.Host(written));
    }

    [Theory]
    [InlineData("nginx", "docker.io")]
    [InlineData("team/shop:1", "docker.io")]
    [InlineData("docker.io/team/shop", "docker.io")]
    [InlineData("index.docker.io/team/shop", "docker.io")]
    [InlineData("shop:1.4", "docker.io")]
    [InlineData("GHCR.io/team/shop:1.4", "ghcr.io")]
    [InlineData("localhost/shop", "localhost")]
    [InlineData("127.0.0.1:5000/sample-http:1", "127.0.0.1:5000")]
    public void An_image_link_says_which_registry_it_is_from(string image, string host) => Assert.Equal(host, RegistryRules.HostOf(image));

    [Theory]
    [InlineData("", "x", "username")]
    [InlineData("a:b", "x", "username")]
    [InlineData("a\n", "x", "username")]
    [InlineData("me", "", "password")]
    [InlineData("me", "\0", "password")]
    [InlineData("_json_key", "{\n \"key\": \"x\"\n}\n", null)]
    public void A_sign_in_is_what_a_registry_can_be_sent(string username, string password, string? field) =>
        Assert.Equal(field is null ? [] : [field], RegistryRules.Check(new() { Username = username, Password = password }).Keys);

    [Fact]
    public void A_password_is_valid_Unicode_of_bounded_length()
    {
        Assert.Equal(["password"], RegistryRules.Check(new() { Username = "me", Password = "\ud800" }).Keys);
        Assert.Equal(["password"], RegistryRules.Check(new() { Username = "me", Password = new string('ü', (RegistryRules.PasswordMaxBytes / 2) + 1) }).Keys);
        Assert.Empty(RegistryRules.Check(new() { Username = "me", Password = new string('ü', RegistryRules.PasswordMaxBytes / 2) }));
    }

    [Theory]
    [InlineData("nginx", true)]
    [InlineData("nginx:1.27", true)]
    [InlineData("ghcr.io/team/shop:1.4", true)]
    [InlineData("127.0.0.1:5000/sample-http:1", true)]
    [InlineData("localhost/x", true)]
    [InlineData("a/b@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", true)]
    [InlineData("https://ghcr.io/team/shop", false)]
    [InlineData("Nginx", false)]
    [InlineData("nginx:", false)]
    [InlineData("nginx latest", false)]
    [InlineData("nginx@sha256:short", false)]
    [InlineData("../x", false)]
    public void An_image_link_is_what_docker_pull_takes(string image, bool good) => Assert.Equal(good, AppRules.ExplainImage(image) is null);

    [Theory]
    [InlineData("A", "x", true)]
    [InlineData("a.b-c_D1", "x", true)]
    [InlineData("1A", "x", false)]
    [InlineData("A B", "x", false)]
    [InlineData("..A", "x", false)]
    [InlineData("A", "nul\0", false)]
    [InlineData("A", "$(PATH) \"'\n😀", true)]
    public void A_variable_is_one_that_a_process_can_be_given(string name, string value, bool good) =>
        Assert.Equal(good, AppRules.ExplainVariable(name, value) is null);

    // An attribute cannot hold such a text.
    [Fact]
    public void A_variable_is_valid_Unicode() => Assert.NotNull(AppRules.ExplainVariable("A", "lone \ud800 surrogate"));

    [Fact]
    public void Each_wrong_field_is_named_with_a_sentence()
    {
        var errors = AppRules.Check(new CreateApp
        {
            Name = "Shop",
            Image = "",
            Port = 0,
            Replicas = 101,
            Resources = new(0.0001m, 1),
            Arguments = ["\0"],
            Environment = new Dictionary<string, string> { ["1"] = "x", ["BIG"] = new('x', AppRules.MaxValueBytes + 1) },
        });

        Assert.Equal(["arguments[0]", "environment.1", "environment.BIG", "image", "name", "port", "replicas", "resources.cpu", "resources.memoryMiB"],
            errors.Keys.Order(StringComparer.Ordinal));
        Assert.All(errors.Values.SelectMany(e => e), sentence => Assert.EndsWith(".", sentence, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}", false, null)]
    [InlineData("""{"port":null}""", true, null)]
    [InlineData("""{"port":80}""", true, 80)]
    public void A_patch_tells_left_out_from_null(string json, bool set, int? value)
    {
        var patch = JsonSerializer.Deserialize<PatchApp>(json, SlipwayJson.Options)!;

        Assert.Equal(set, patch.Port.IsSet);
        Assert.Equal(set ? value : 7, patch.Port.Or(7));
        Assert.Equal(json, JsonSerializer.Serialize(patch, SlipwayJson.Options));
    }
}
