using System.Net;

namespace Slipway.Contracts;

/// <summary>The API said no; the message is a sentence for the person who asked.</summary>
public sealed class SlipwayApiException(HttpStatusCode status, string title, string? detail, IReadOnlyDictionary<string, string[]> errors, TimeSpan? retryAfter)
    : Exception(detail is null ? title : $"{title} {detail}")
{
    /// <summary>The HTTP status; 503 with <see cref="RetryAfter"/> too where the API itself could not be reached.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>The problem's title (RFC 9457).</summary>
    public string Title { get; } = title;

    /// <summary>The problem's detail, where it has one.</summary>
    public string? Detail { get; } = detail;

    /// <summary>What is wrong with each field; empty where it is not about fields.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors;

    /// <summary>Whether signing in fails for want of an authenticator's code only.</summary>
    public bool NeedsTwoFactor { get; init; }

    /// <summary>When it may be worth trying again.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
