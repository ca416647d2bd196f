using Microsoft.Extensions.Options;

namespace Slipway.Api.Http;

/// <summary>Checks settings at start: a wrong one stops the process with a sentence.</summary>
/// <param name="explain">What is wrong, as a sentence; null where nothing is.</param>
sealed class Sentence<T>(Func<T, string?> explain) : IValidateOptions<T>
    where T : class
{
    public ValidateOptionsResult Validate(string? name, T options) =>
        explain(options) is { } wrong ? ValidateOptionsResult.Fail(wrong) : ValidateOptionsResult.Success;
}
