using System.Text;
using CsCheck;

namespace Slipway.Tests.Api;

/// <summary>A request that was made up.</summary>
public sealed record MadeUp(string Method, string Path, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Body, string ContentType)
{
    public override string ToString() =>
        $"{Method} {Path} [{string.Join("; ", Headers.Select(h => $"{h.Name}: {h.Value}"))}] {ContentType} {(Body is null ? "" : Encoding.Latin1.GetString(Body, 0, Math.Min(Body.Length, 2000)))}";
}

/// <summary>Generators of requests that are wrong in one or in many ways: in their path, query, headers, or body.</summary>
static class BadRequests
{
    private static readonly string[] Nasty =
    [
        "", " ", ".", "..", "../..", "-", "--", "'", "\"", "';DROP TABLE apps;--", "%00", "\0", "\r\nX-Injected: 1", "null", "undefined", "NaN", "0", "-1",
        "1e400", "2147483648", "-9223372036854775809", "true", "shop", "Shop", "kube-system", "ünïcode", "⛵", "👩‍👩‍👧", "\ud800", "\u202e", "a\u0301",
        "{project}", "$(PATH)", "${jndi:x}", "<script>", "%", "%2", "%zz", "%ff%fe", "%2e%2e%2f", "//", "\\", "a b", "a+b", "a;b", "a,b", "a=b&c=d", "#", "?", "*",
        "00000000-0000-0000-0000-000000000000", "2020-01-01T00:00:00Z", new('a', 64), new('9', 400), new('/', 50), new('%', 30),
    ];

    private static readonly Gen<string> Text = Gen.Frequency(
        (4, Gen.OneOf(Nasty)),
        (2, Gen.String[Gen.Char, 0, 40]),
        (1, Gen.String.AlphaNumeric),
        (1, Gen.Select(Gen.OneOf(Nasty), Gen.OneOf(Nasty), (a, b) => a + b)));

    // Raw pieces keep what the generator wrote; escaped ones arrive as that text.
    private static readonly Gen<string> Segment = Gen.Select(Text, Gen.Bool, (text, escape) =>
        escape ? Escape(text) : new string([.. text.Where(c => c is > ' ' and < '\x7f' and not ('?' or '#' or '\\'))]));

    private static readonly Gen<string> Query = Gen.Select(
        Gen.OneOf(Gen.OneOf("offset", "limit", "sort", "search", "follow", "tail", "pod", "previous", "Limit", "limit[]", ""), Text),
        Gen.OneOf(Gen.OneOf("1", "0", "-name", "name", "true", "false", "500"), Text),
        (name, value) => $"{Escape(name)}={Escape(value)}");

    private static readonly Gen<(string, string)> Header = Gen.Select(
        Gen.OneOf("Accept", "Accept-Encoding", "Content-Encoding", "If-Match", "Range", "traceparent", "tracestate", "baggage", "X-Forwarded-For",
            "X-Forwarded-Proto", "X-HTTP-Method-Override", "Cookie", "Origin", "Expect-CT", "Last-Event-ID", "Authorization", "Prefer"),
        Gen.OneOf(Text, Gen.OneOf("gzip", "*/*", "application/xml", "text/event-stream", "bytes=0-1", "Bearer x", "Basic eDp5",
            "00-00000000000000000000000000000000-0000000000000000-00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")),
        (name, value) => (name, new string([.. value.Where(c => c is >= ' ' and < '\x7f')])));

    private static readonly Gen<string> Scalar = Gen.OneOf(
        Gen.OneOf("null", "true", "false", "0", "-0", "1", "-1", "1.5", "1e400", "1E-400", "99999999999999999999999", "[]", "{}", "[null]", "{\"\":null}", "\"\\ud800\"", "\"\\u0000\""),
        Gen.Int.Select(i => $"{i}"),
        Text.Select(Quote));

    private static readonly Gen<string> Value = Gen.Recursive<string>((depth, inner) => depth > 3
        ? Scalar
        : Gen.Frequency(
            (5, Scalar),
            (1, inner.Array[0, 4].Select(items => $"[{string.Join(',', items)}]")),
            (1, Gen.Select(Text, inner).Array[0, 4].Select(members => $"{{{string.Join(',', members.Select(m => $"{Quote(m.Item1)}:{m.Item2}"))}}}"))));

    private static readonly string[] Fields =
    [
        "name", "image", "port", "replicas", "resources", "command", "arguments", "healthPath", "environment", "stopped", "reason",
        "email", "password", "refreshToken", "cpu", "memoryMiB", "__proto__",
    ];

    private static readonly Gen<string> Objects = Gen.Select(Gen.OneOf(Gen.OneOf(Fields), Text), Value).Array[0, 8]
        .Select(members => $"{{{string.Join(',', members.Select(m => $"{Quote(m.Item1)}:{m.Item2}"))}}}");

    /// <summary>Requests around a project and an app that exist.</summary>
    public static Gen<MadeUp> Around(string project, string app)
    {
        var name = Gen.Frequency((3, Gen.Const(project)), (1, Segment));
        var appName = Gen.Frequency((3, Gen.Const(app)), (1, Segment));
        var number = Gen.Frequency((1, Gen.OneOf("1", "2", "0", "-1")), (1, Segment));
        var known = Gen.Select(Gen.OneOf([.. Routes.All]), name, appName, number, (route, p, a, n) => (route, Path: route.At(p, a, n)));
        var unknown = Gen.Select(Gen.OneOf([.. Routes.All]), Segment.Array[0, 5], (route, segments) => (route, Path: $"/api/{string.Join('/', segments)}"));
        var path = Gen.Frequency((6, known), (1, unknown));
        var method = Gen.OneOf("GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "QUERY");
        return
            from target in path
            from queries in Gen.Frequency((2, Gen.Const(Array.Empty<string>())), (1, Query.Array[1, 4]))
            from verb in Gen.Frequency((5, Gen.Const(target.route.Method)), (1, method))
            from headers in Gen.Frequency((2, Gen.Const(Array.Empty<(string, string)>())), (1, Header.Array[1, 3]))
            from body in Body(target.route)
            from type in Gen.Frequency((8, Gen.Const("application/json")), (1, Gen.OneOf("", "text/plain", "application/json; charset=utf-16",
                "application/json; charset=nonsense", "application/merge-patch+json", "multipart/form-data", "x", "application/x-www-form-urlencoded")))
            select new MadeUp(verb, Clean(target.Path) + (queries.Length == 0 ? "" : "?" + string.Join('&', queries)), headers, Sendable(verb, body), type);
    }

    private static Gen<byte[]?> Body(Route route)
    {
        var right = route.Body ?? "{}";
        var mutated = Gen.Select(Gen.Int[0, right.Length], Gen.Int[0, 6], Text, (at, cut, text) =>
            right[..at] + text + right[Math.Min(right.Length, at + cut)..]);
        var swapped = Gen.Select(Gen.OneOf(Fields), Value, (field, value) => right[..^1] + (right.Length > 2 ? "," : "") + $"{Quote(field)}:{value}}}");
        var noise = Gen.Byte.Array[0, 200];
        return Gen.Frequency(
            (1, Gen.Const(() => (byte[]?)null)),
            (1, Gen.Const((byte[]?)Encoding.UTF8.GetBytes(right))),
            (3, mutated.Select(text => (byte[]?)Encoding.UTF8.GetBytes(text))),
            (3, swapped.Select(text => (byte[]?)Encoding.UTF8.GetBytes(text))),
            (3, Objects.Select(text => (byte[]?)Encoding.UTF8.GetBytes(text))),
            (1, Value.Select(text => (byte[]?)Encoding.UTF8.GetBytes(text))),
            (1, noise.Select(bytes => (byte[]?)bytes)));
    }

    // A TRACE with a body is refused by the sending side already.
    private static byte[]? Sendable(string method, byte[]? body) => method is "TRACE" ? null : body;

    private static string Clean(string path) => path.Length > 3000 ? path[..3000] : path;

    private static string Quote(string text) =>
        $"\"{string.Concat(text.Select(c => c is '"' or '\\' || c < ' ' || char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : $"{c}"))}\"";

    // Not Uri.EscapeDataString, which refuses half characters: they are sent as the bytes of a broken encoder.
    private static string Escape(string text) =>
        string.Concat(text.SelectMany(c => char.IsAsciiLetterOrDigit(c) ? $"{c}" : string.Concat(Bytes(c).Select(b => $"%{b:X2}"))));

    private static byte[] Bytes(char c) => c < 0x80 ? [(byte)c]
        : c < 0x800 ? [(byte)(0xC0 | (c >> 6)), (byte)(0x80 | (c & 0x3F))]
        : [(byte)(0xE0 | (c >> 12)), (byte)(0x80 | ((c >> 6) & 0x3F)), (byte)(0x80 | (c & 0x3F))];
}
