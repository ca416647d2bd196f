using System.Text.Json;
using Slipway.Api.Http;
using Slipway.Contracts;

namespace Slipway.Tests.Unit.Http;

/// <summary>The words for a value of the wrong type, from the framework's own messages.</summary>
public sealed class ExpectedValuesTests
{
    [Theory]
    [InlineData(typeof(NotifiedEvent), "\"nothing\"", "one of 'alerts', 'failedDeploys', 'deploys' or 'roleChanges'")]
    [InlineData(typeof(NotifiedEvent[]), "[7]", "one of 'alerts', 'failedDeploys', 'deploys' or 'roleChanges'")]
    [InlineData(typeof(IReadOnlyList<NotifiedEvent>), "{}", "a list")]
    [InlineData(typeof(string[]), "{}", "a list")]
    [InlineData(typeof(Role?), "\"owner\"", "one of 'viewer', 'editor' or 'creator'")]
    [InlineData(typeof(Resources), "7", "an object")]
    [InlineData(typeof(int), "1.5", "a whole number")]
    [InlineData(typeof(int?), "\"1\"", "a whole number")]
    [InlineData(typeof(decimal), "true", "a number")]
    [InlineData(typeof(bool), "1", "true or false")]
    [InlineData(typeof(string), "1", "text")]
    [InlineData(typeof(DateTimeOffset), "\"tomorrow\"", "a time such as")]
    public void A_value_of_the_wrong_type_is_answered_with_what_is_expected(Type type, string json, string expected)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        SlipwayJson.Configure(options);

        var exception = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, type, options));

        Assert.StartsWith(expected, ExpectedValues.Describe(exception.Message), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Failed to bind parameter \"int limit\" from \"x\".", "a whole number")]
    [InlineData("Failed to bind parameter \"Nullable<int> Tail\" from \"x\".", "a whole number")]
    [InlineData("Failed to bind parameter \"bool follow\" from \"yes\".", "true or false")]
    [InlineData("Failed to bind parameter \"AlertSeverity severity\" from \"x\".", "one of ")]
    public void A_parameter_of_the_wrong_type_is_answered_with_what_is_expected(string message, string expected) =>
        Assert.StartsWith(expected, ExpectedValues.Describe(message), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("The JSON value could not be converted to System.Uri. Path: $.x")]
    public void Of_an_unknown_type_nothing_is_said(string message) => Assert.Null(ExpectedValues.Describe(message));
}
