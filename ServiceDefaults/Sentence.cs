using Microsoft.Extensions.Options;

namespace Slipway.ServiceDefaults;

/// <summary>Checks settings at start: a wrong one stops the process with a sentence.</summary>
/// <param name="explain">What is wrong, as a sentence; null where nothing is.</param>
public sealed class Sentence<T>(Func<T, string?> explain) : IValidateOptions<T>
    where T : class
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, T options) =>
        explain(options) is { } wrong ? ValidateOptionsResult.Fail(wrong) : ValidateOptionsResult.Success;
}
