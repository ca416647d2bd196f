using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Slipway.Api.Http;

/// <summary>
/// The refusals of the API as problem details (RFC 9457). A title is a sentence that a person can act on. They are one result type
/// with a status, so that a handler's signature stays readable.
/// </summary>
public static class Problems
{
    /// <summary>404.</summary>
    public static ProblemHttpResult NotFound(string title) => Of(StatusCodes.Status404NotFound, title);

    /// <summary>404 for an app; also what somebody outside the project gets.</summary>
    public static ProblemHttpResult NoSuchApp(string app) => NotFound($"There is no app '{Shown(app)}' in this project.");

    /// <summary>409.</summary>
    public static ProblemHttpResult Conflict(string title, string? detail = null) => Of(StatusCodes.Status409Conflict, title, detail);

    /// <summary>400 that is about no single field.</summary>
    public static ProblemHttpResult BadRequest(string title, string? detail = null) => Of(StatusCodes.Status400BadRequest, title, detail);

    /// <summary>400 with one sentence about one field or parameter.</summary>
    public static ProblemHttpResult BadField(string field, string sentence) => Invalid(new Dictionary<string, string[]> { [field] = [sentence] });

    /// <summary>400 with sentences by field.</summary>
    public static ProblemHttpResult Invalid(IDictionary<string, string[]> errors) => TypedResults.Problem(new HttpValidationProblemDetails(errors)
    {
        Status = StatusCodes.Status400BadRequest,
        Title = errors.Count == 1 ? errors.Values.First()[0] : "Some fields need a change.",
    });

    /// <summary>401.</summary>
    public static ProblemHttpResult Unauthorized(string title) => Of(StatusCodes.Status401Unauthorized, title);

    /// <summary>503; sets Retry-After (seconds).</summary>
    public static IResult Unavailable(string title, string detail, TimeSpan retryAfter) =>
        new LaterResult(StatusCodes.Status503ServiceUnavailable, title, detail, retryAfter);

    /// <summary>429; sets Retry-After (seconds).</summary>
    public static IResult TooMany(string title, TimeSpan retryAfter) =>
        new LaterResult(StatusCodes.Status429TooManyRequests, title, $"Try again in {Words(retryAfter)}.", retryAfter);

    /// <summary>403.</summary>
    public static ProblemHttpResult Forbidden(string title, string? detail = null) => Of(StatusCodes.Status403Forbidden, title, detail);

    private static string Words(TimeSpan time) => time.TotalSeconds <= 90 ? $"{Math.Max(1, Math.Ceiling(time.TotalSeconds)):0} seconds" : $"{Math.Ceiling(time.TotalMinutes):0} minutes";

    /// <summary>A name from a request, short and without control characters, to be said back to whoever sent it.</summary>
    public static string Shown(string name) => new([.. name.Take(80).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);

    private static ProblemHttpResult Of(int status, string title, string? detail = null) =>
        TypedResults.Problem(new ProblemDetails { Status = status, Title = title, Detail = detail });

    private sealed class LaterResult(int status, string title, string? detail, TimeSpan retryAfter) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.RetryAfter = ((int)Math.Ceiling(retryAfter.TotalSeconds)).ToString();
            return Of(status, title, detail).ExecuteAsync(httpContext);
        }
    }
}
