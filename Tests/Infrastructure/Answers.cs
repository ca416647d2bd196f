using System.Net;
using System.Text.Json;
using Slipway.Contracts;

namespace Slipway.Tests.Infrastructure;

/// <summary>What an error answer says (RFC 9457).</summary>
sealed record Problem(int Status, string Title, string? Detail, IReadOnlyDictionary<string, string[]> Errors);

/// <summary>Checks of answers.</summary>
static class Answers
{
    /// <summary>Fails unless the answer is a complete problem with this status, and returns it.</summary>
    public static async Task<Problem> IsProblem(this HttpResponseMessage answer, HttpStatusCode status)
    {
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{Request(answer)} answered {(int)answer.StatusCode} instead of {(int)status}: {Start(body)}");
        Assert.Null(WhatIsWrongAsProblem(answer, body));
        var root = JsonDocument.Parse(body).RootElement;
        var errors = root.TryGetProperty("errors", out var fields)
            ? fields.EnumerateObject().ToDictionary(f => f.Name, f => f.Value.EnumerateArray().Select(s => s.GetString()!).ToArray())
            : [];
        return new((int)status, root.GetProperty("title").GetString()!,
            root.TryGetProperty("detail", out var detail) ? detail.GetString() : null, errors);
    }

    /// <summary>Fails unless the answer is a 400 that names this field (or one inside of it) with a sentence.</summary>
    public static async Task<Problem> NamesField(this HttpResponseMessage answer, string field)
    {
        var problem = await answer.IsProblem(HttpStatusCode.BadRequest);
        Assert.True(problem.Errors.Keys.Any(k => k == field || k.StartsWith(field + '.') || k.StartsWith(field + '[')),
            $"{Request(answer)}: the field '{field}' is not named, only [{string.Join(", ", problem.Errors.Keys)}] ({problem.Title} {problem.Detail})");
        return problem;
    }

    /// <summary>In what way an error answer is no complete problem, in words; null where it is one.</summary>
    public static string? WhatIsWrongAsProblem(HttpResponseMessage answer, string body)
    {
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return $"{Request(answer)} -> {(int)answer.StatusCode}: its type is '{answer.Content.Headers.ContentType}': {Start(body)}";
        }

        JsonElement root;
        try
        {
            root = JsonDocument.Parse(body).RootElement;
        }
        catch (JsonException e)
        {
            return $"{Request(answer)} -> {(int)answer.StatusCode}: no JSON ({e.Message}): {Start(body)}";
        }

        return root switch
        {
            _ when !root.TryGetProperty("title", out var title) || title.ValueKind is not JsonValueKind.String || title.GetString() is "" =>
                $"{Request(answer)}: no title: {Start(body)}",
            _ when !root.TryGetProperty("status", out var status) || status.ValueKind is not JsonValueKind.Number
                || status.GetInt32() != (int)answer.StatusCode => $"{Request(answer)}: 'status' is not {(int)answer.StatusCode}: {Start(body)}",
            _ when body.Contains("   at ", StringComparison.Ordinal) || body.Contains("Exception", StringComparison.Ordinal) =>
                $"{Request(answer)}: the inside of the program shows: {Start(body)}",
            _ => null,
        };
    }

    /// <summary>Runs a call of the typed client that has to be refused, and returns the refusal.</summary>
    public static async Task<SlipwayApiException> IsRefused(this Task call, HttpStatusCode status)
    {
        var refusal = await Assert.ThrowsAsync<SlipwayApiException>(() => call);
        Assert.True(refusal.Status == status, $"{(int)refusal.Status} instead of {(int)status}: {refusal.Message}");
        return refusal;
    }

    private static string Request(HttpResponseMessage answer) =>
        $"{answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri?.PathAndQuery}";

    private static string Start(string body) => body.Length > 600 ? body[..600] + "…" : body;
}
