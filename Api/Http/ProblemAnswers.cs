using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using Npgsql;

namespace Slipway.Api.Http;

/// <summary>Turns everything that is not a handler's own answer into problem details: bad bodies, bad parameters, an absent database.</summary>
public static partial class ProblemAnswers
{
    /// <summary>Registers the answers.</summary>
    public static void AddProblemAnswers(this IServiceCollection services)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context => SayIt(context.ProblemDetails));
        services.AddSingleton<IProblemDetailsWriter, AnyAcceptWriter>();
        services.AddExceptionHandler<BadRequestAnswer>();
        services.AddExceptionHandler<DatabaseAnswer>();
        services.AddExceptionHandler<OvertakenAnswer>();
        // Without this a body that does not parse is an empty 400; with it the handler below learns why.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    /// <summary>Says 404 to what no route matches, before anybody is asked to sign in for it.</summary>
    public static void UseNothingHere(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.GetEndpoint() is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        return next(context);
    });

    /// <summary>Answers for statuses that the framework sets without a body.</summary>
    private static void SayIt(ProblemDetails problem)
    {
        problem.Extensions.Remove("traceId");
        problem.Type = null;
        problem.Title = problem.Status switch
        {
            401 when Plain(problem) => "Sign in first: this needs a valid access token.",
            403 when Plain(problem) => "You are signed in, but you may not do this.",
            404 when Plain(problem) => "There is nothing at this address.",
            405 when Plain(problem) => "This address does not take that method.",
            413 when Plain(problem) => "The body is too large.",
            415 when Plain(problem) => "Send the body as JSON, with Content-Type: application/json.",
            500 => "Something went wrong on our side. It has been recorded; trying again may help.",
            _ => problem.Title,
        };
    }

    // The framework's own titles say only what the status says already.
    private static bool Plain(ProblemDetails problem) => problem.Title is null or "Unauthorized" or "Forbidden" or "Not Found"
        or "Method Not Allowed" or "Payload Too Large" or "Content Too Large" or "Unsupported Media Type";

    /// <summary>The framework's own writer stays silent where <c>Accept</c> names no JSON; an error is better read than not understood.</summary>
    private sealed class AnyAcceptWriter : IProblemDetailsWriter
    {
        public bool CanWrite(ProblemDetailsContext context) => true;

        public async ValueTask WriteAsync(ProblemDetailsContext context)
        {
            context.ProblemDetails.Status ??= context.HttpContext.Response.StatusCode;
            SayIt(context.ProblemDetails);
            await context.HttpContext.Response.WriteAsJsonAsync(context.ProblemDetails, context.ProblemDetails.GetType(), options: null,
                "application/problem+json", context.HttpContext.RequestAborted);
        }
    }

    private sealed partial class BadRequestAnswer : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            if (exception is InvalidOperationException && HasUnknownCharset(httpContext.Request))
            {
                await TypedResults.Problem(new ProblemDetails { Status = StatusCodes.Status415UnsupportedMediaType }).ExecuteAsync(httpContext);
                return true;
            }

            if (exception is not BadHttpRequestException bad)
            {
                return false;
            }

            var answer = bad switch
            {
                { StatusCode: StatusCodes.Status413PayloadTooLarge or StatusCodes.Status415UnsupportedMediaType } =>
                    TypedResults.Problem(new ProblemDetails { Status = bad.StatusCode }),
                { InnerException: JsonException json } => Problems.BadField(Field(json), Sentence(json)),
                _ when Parameter().Match(bad.Message) is { Success: true } match =>
                    Problems.BadField(JsonNamingPolicy.CamelCase.ConvertName(match.Groups[1].Value), $"'{Problems.Shown(match.Groups[2].Value)}' is not a value that this parameter can have{(ExpectedValues.Describe(bad.Message) is { } expected ? $": it is {expected}" : "")}."),
                _ when bad.Message.Contains("body", StringComparison.OrdinalIgnoreCase) => Problems.BadField("body", "This needs a JSON body."),
                _ => Problems.BadRequest("The request is malformed.", bad.Message),
            };
            await answer.ExecuteAsync(httpContext);
            return true;
        }

        // Reading a body whose charset does not exist throws like a fault of our own.
        private static bool HasUnknownCharset(HttpRequest request)
        {
            if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.Charset.HasValue)
            {
                return false;
            }

            try
            {
                return Encoding.GetEncoding(type.Charset.Value) is null;
            }
            catch (ArgumentException)
            {
                return true;
            }
        }

        // "$.resources.cpu" -> "resources.cpu"; the whole body is "$" in JsonException's words, "body" in ours.
        private static string Field(JsonException json) => json.Path switch
        {
            null or "" or "$" => Missing().Match(json.Message) is { Success: true } missing ? missing.Groups[1].Value
                : Unknown().Match(json.Message) is { Success: true } unknown ? unknown.Groups[1].Value : "body",
            var path => path.TrimStart('$').TrimStart('.'),
        };

        private static string Sentence(JsonException json) => json.Message switch
        {
            var text when Missing().Match(text) is { Success: true } match => $"The field '{match.Groups[1].Value}' is missing.",
            var text when Unknown().Match(text) is { Success: true } match => $"There is no field '{Problems.Shown(match.Groups[1].Value)}' here. Check its spelling.",
            var text when text.Contains("Duplicate property", StringComparison.Ordinal) => "A field is there twice.",
            var text when text.Contains("could not be converted", StringComparison.Ordinal) =>
                $"The value of '{Problems.Shown(Field(json))}' {(ExpectedValues.Describe(text) is { } expected ? $"has to be {expected}" : "has the wrong type")}.",
            var text when text.Contains("doesn't allow setting null", StringComparison.Ordinal) || text.Contains("null", StringComparison.Ordinal) =>
                $"The value of '{Problems.Shown(Field(json))}' cannot be null.",
            _ when json.LineNumber is { } line => $"The body is not valid JSON, from line {line + 1}, byte {json.BytePositionInLine + 1} on.",
            _ => "The body is not valid JSON.",
        };

        [GeneratedRegex("""Failed to bind parameter "\S+ (\w+)" from "(.*)"\.""", RegexOptions.Singleline)]
        private static partial Regex Parameter();

        [GeneratedRegex("""missing required properties including: '([^']+)'""", RegexOptions.None)]
        private static partial Regex Missing();

        [GeneratedRegex("""The JSON property '(.*)' could not be mapped""", RegexOptions.Singleline)]
        private static partial Regex Unknown();
    }

    /// <summary>PostgreSQL away is nobody's mistake and passes: 503, not 500.</summary>
    private sealed class DatabaseAnswer(ILogger<DatabaseAnswer> logger) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            var database = exception as NpgsqlException ?? exception.InnerException as NpgsqlException;
            if (database is null || (database is PostgresException { SqlState: var state } && !state.StartsWith("57P", StringComparison.Ordinal) && !state.StartsWith("53", StringComparison.Ordinal)))
            {
                return false;
            }

            logger.LogWarning("The database did not answer: {Message}", database.Message);
            await Problems.Unavailable("Slipway's database does not answer.", "Nothing was changed. Try again in a moment.", TimeSpan.FromSeconds(5))
                .ExecuteAsync(httpContext);
            return true;
        }
    }

    /// <summary>
    /// Two requests at the same moment, of which one has taken the name or removed the owner that the other one goes by: 409, not 500. Where
    /// only their order was the trouble the same request again succeeds: 503, upon which programs try again by themselves. The database has
    /// kept no half of it (postgresql.org/docs/current/errcodes-appendix.html, classes 23 and 40).
    /// </summary>
    private sealed class OvertakenAnswer(ILogger<OvertakenAnswer> logger) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            IResult? answer = (exception as PostgresException ?? exception.InnerException as PostgresException)?.SqlState switch
            {
                PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected =>
                    Problems.Unavailable("Two changes got into each other's way.", "Nothing was changed by this one. Try again.", TimeSpan.FromSeconds(1)),
                PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.UniqueViolation => Overtaken(),
                _ => exception is DbUpdateConcurrencyException ? Overtaken() : null,
            };
            if (answer is null)
            {
                return false;
            }

            logger.LogWarning(exception, "Two requests got into each other's way");
            await answer.ExecuteAsync(httpContext);
            return true;
        }

        private static ProblemHttpResult Overtaken() =>
            Problems.Conflict("Somebody changed or removed something that this needs, in the same moment.", "Nothing was changed. Look again, and try once more.");
    }
}
