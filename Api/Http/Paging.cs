using System.Linq.Expressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Slipway.Contracts;

namespace Slipway.Api.Http;

/// <summary>The query parameters of every list; see <see cref="PageQuery"/>.</summary>
public readonly record struct PageParameters(int? Offset, int? Limit, string? Sort, string? Search)
{
    /// <summary>How many items to pass over.</summary>
    public int Skip => Offset ?? 0;

    /// <summary>How many items at most.</summary>
    public int Take => Limit ?? new PageQuery().Limit;

    /// <summary>What is wrong with them, as an answer; null where nothing is. <paramref name="sorts"/> are the fields that this list sorts by.</summary>
    public ProblemHttpResult? Refuse(params ReadOnlySpan<string> sorts)
    {
        var field = Sort?.TrimStart('-');
        return this switch
        {
            { Offset: < 0 } => Problems.BadField("offset", "An offset is 0 or more."),
            { Limit: < 1 or > PageQuery.MaxLimit } => Problems.BadField("limit", $"A limit is 1 to {PageQuery.MaxLimit}."),
            { Search: { } search } when search.Length > 253 || !AppRules.IsText(search) => Problems.BadField("search", "Search for plain text of at most 253 characters."),
            _ when field is not null && !sorts.Contains(field) =>
                Problems.BadField("sort", $"This list sorts by {string.Join(" or ", sorts!)}, with a '-' in front for descending order."),
            _ => null,
        };
    }

    /// <summary>The search as a pattern of ILIKE, in which the text stands for itself; null where nothing is searched for.</summary>
    public string? SearchPattern => Search is null ? null
        : $"%{Search.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";

    /// <summary>Whether the order is descending.</summary>
    public bool Descending => Sort?.StartsWith('-') ?? false;

    /// <summary>The field to sort by, or <paramref name="usual"/>.</summary>
    public string SortField(string usual) => Sort?.TrimStart('-') ?? usual;

    /// <summary>Orders a query by <paramref name="key"/> in the wanted direction.</summary>
    public IOrderedQueryable<T> Order<T, TKey>(IQueryable<T> query, Expression<Func<T, TKey>> key) =>
        Descending ? query.OrderByDescending(key) : query.OrderBy(key);

    /// <summary>The page of a list in memory.</summary>
    public Page<T> Of<T>(IReadOnlyCollection<T> all) => new([.. all.Skip(Skip).Take(Take)], all.Count);
}
