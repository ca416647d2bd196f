namespace Slipway.AppHost.Publishing;

/// <summary>What a value is, as JSON Schema calls it.</summary>
enum ValueKind
{
    Text,
    Number,
    Flag,

    /// <summary>Names and texts, as many as the operator wants.</summary>
    Map,
}

/// <summary>One thing that an operator can set. values.yaml, its schema and both forms of the manifests come from these alone.</summary>
/// <param name="Path">Such as <c>ingress.host</c>.</param>
/// <param name="Default">A text, a number or a flag; empty for what has to be set.</param>
/// <param name="Comment">One sentence, for values.yaml and the schema.</param>
sealed record ValueDefinition(string Path, ValueKind Kind, object Default, string Comment)
{
    /// <summary>It must not be empty.</summary>
    public bool IsRequired { get; init; }

    /// <summary>It goes into Secrets only.</summary>
    public bool IsSecret { get; init; }

    /// <summary>What a text has to match, as a regular expression of JSON Schema.</summary>
    public string? Pattern { get; init; }

    /// <summary>What <see cref="Pattern"/> means, in words.</summary>
    public string? Shape { get; init; }

    /// <summary>The texts that there are.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The range of a number.</summary>
    public (long Min, long Max)? Range { get; init; }

    /// <summary>
    /// It decides which objects there are. A chart without conditions has the default's; who wants another renders manifests.
    /// </summary>
    public bool ForManifestsOnly { get; init; }
}
