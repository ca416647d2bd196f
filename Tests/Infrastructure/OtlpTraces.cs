using System.Globalization;

namespace Slipway.Tests.Infrastructure;

/// <summary>One step of a trace. Times are nanoseconds since 1970.</summary>
sealed record Span(string TraceId, string SpanId, string ParentId, string Service, string Name, string Kind, ulong Start, ulong End)
{
    public IReadOnlyList<KeyValuePair<string, string>> Attributes { get; init; } = [];

    public bool Failed { get; init; }

    public string StatusMessage { get; init; } = "";

    public TimeSpan Duration => TimeSpan.FromMicroseconds(End > Start ? (End - Start) / 1000d : 0);
}

/// <summary>Reads the body of an OTLP/HTTP trace export (opentelemetry-proto, trace/v1/trace.proto): the fields that are shown, and no others.</summary>
static class OtlpTraces
{
    static readonly string[] Kinds = ["", "internal", "server", "client", "producer", "consumer"];

    /// <exception cref="InvalidDataException">The body is no such message.</exception>
    public static List<Span> Read(ReadOnlySpan<byte> body)
    {
        var spans = new List<Span>();
        var request = new ProtobufReader(body);
        while (request.Next())
        {
            if (request.Field == 1)
            {
                ReadResourceSpans(request.Bytes, spans);
            }
        }

        return spans;
    }

    static void ReadResourceSpans(ReadOnlySpan<byte> message, List<Span> spans)
    {
        var service = "unknown";
        var first = spans.Count;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                service = ReadAttributes(reader.Bytes, field: 1).FirstOrDefault(a => a.Key is "service.name").Value ?? service;
            }
            else if (reader.Field == 2)
            {
                var scope = new ProtobufReader(reader.Bytes);
                while (scope.Next())
                {
                    if (scope.Field == 2)
                    {
                        spans.Add(ReadSpan(scope.Bytes));
                    }
                }
            }
        }

        for (var i = first; i < spans.Count; i++)
        {
            spans[i] = spans[i] with { Service = service };
        }
    }

    static Span ReadSpan(ReadOnlySpan<byte> message)
    {
        var (trace, id, parent, name, kind) = ("", "", "", "", "");
        var (start, end, failed, status) = (0UL, 0UL, false, "");
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: trace = Convert.ToHexStringLower(reader.Bytes); break;
                case 2: id = Convert.ToHexStringLower(reader.Bytes); break;
                case 4: parent = Convert.ToHexStringLower(reader.Bytes); break;
                case 5: name = reader.Text; break;
                case 6: kind = reader.Number < (ulong)Kinds.Length ? Kinds[reader.Number] : ""; break;
                case 7: start = reader.Number; break;
                case 8: end = reader.Number; break;
                case 15: (failed, status) = ReadStatus(reader.Bytes); break;
                default: break;
            }
        }

        return new(trace, id, parent, "", name, kind, start, end) { Attributes = ReadAttributes(message, field: 9), Failed = failed, StatusMessage = status };
    }

    static (bool Failed, string Message) ReadStatus(ReadOnlySpan<byte> message)
    {
        const ulong error = 2;
        var (failed, text) = (false, "");
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            failed |= reader.Field == 3 && reader.Number == error;
            text = reader.Field == 2 ? reader.Text : text;
        }

        return (failed, text);
    }

    static List<KeyValuePair<string, string>> ReadAttributes(ReadOnlySpan<byte> message, int field)
    {
        var attributes = new List<KeyValuePair<string, string>>();
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                var (key, value) = ("", "");
                var pair = new ProtobufReader(reader.Bytes);
                while (pair.Next())
                {
                    key = pair.Field == 1 ? pair.Text : key;
                    value = pair.Field == 2 ? ReadValue(pair.Bytes) : value;
                }

                attributes.Add(new(key, value));
            }
        }

        return attributes;
    }

    static string ReadValue(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        return !reader.Next() ? "" : reader.Field switch
        {
            1 => reader.Text,
            2 => reader.Number != 0 ? "true" : "false",
            3 => ((long)reader.Number).ToString(CultureInfo.InvariantCulture),
            4 => BitConverter.UInt64BitsToDouble(reader.Number).ToString(CultureInfo.InvariantCulture),
            5 => ReadArray(reader.Bytes),
            _ => "…",
        };
    }

    static string ReadArray(ReadOnlySpan<byte> message)
    {
        var values = new List<string>();
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            values.Add(ReadValue(reader.Bytes));
        }

        return string.Join(", ", values);
    }
}
