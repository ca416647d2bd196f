namespace Slipway.Contracts;

/// <summary>One page of a list.</summary>
/// <param name="Items">The items from <c>offset</c> on, at most <c>limit</c> of them.</param>
/// <param name="Total">How many there are in all pages together.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, int Total);

/// <summary>Which page of a list is wanted, and in which order.</summary>
public sealed record PageQuery
{
    /// <summary>The most items one page holds.</summary>
    public const int MaxLimit = 500;

    /// <summary>How many items to pass over, from 0.</summary>
    public int Offset { get; init; }

    /// <summary>How many items at most, 1 to <see cref="MaxLimit"/>.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>A field's name, with a leading <c>-</c> for descending order; null for the list's own order.</summary>
    public string? Sort { get; init; }

    /// <summary>Only items whose name contains this text, in any case.</summary>
    public string? Search { get; init; }

    /// <summary>The query string, with its question mark.</summary>
    public string ToQueryString()
    {
        var query = $"?offset={Offset}&limit={Limit}";
        if (Sort is not null)
        {
            query += $"&sort={Uri.EscapeDataString(Sort)}";
        }

        return Search is null ? query : $"{query}&search={Uri.EscapeDataString(Search)}";
    }
}
