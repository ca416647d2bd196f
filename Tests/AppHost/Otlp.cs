using System.Buffers.Binary;
using System.Text;

namespace Slipway.Tests.AppHost;

/// <summary>Writes OTLP trace exports (opentelemetry-proto, trace/v1/trace.proto) as an exporter does.</summary>
static class Otlp
{
    public static byte[] Request(string service, params byte[][] spans)
    {
        var resource = Field(1, Attribute("service.name", Field(1, Encoding.UTF8.GetBytes(service))));
        var scope = spans.SelectMany(s => Field(2, s)).ToArray();
        return Field(1, [.. Field(1, resource), .. Field(2, scope)]);
    }

    public static byte[] Span(string trace, string id, string parent, string name, ulong start, ulong end, string? error = null)
    {
        const byte server = 2, failed = 2;
        return
        [
            .. Field(1, Convert.FromHexString(trace)), .. Field(2, Convert.FromHexString(id)), .. Field(4, Convert.FromHexString(parent)),
            .. Field(5, Encoding.UTF8.GetBytes(name)), 6 << 3, server, .. Fixed(7, start), .. Fixed(8, end),
            .. Field(9, Attribute("rows", [3 << 3, 5])),
            .. error is null ? [] : Field(15, [.. Field(2, Encoding.UTF8.GetBytes(error)), 3 << 3, failed]),
        ];
    }

    static byte[] Attribute(string key, byte[] value) => [.. Field(1, Encoding.UTF8.GetBytes(key)), .. Field(2, value)];

    static byte[] Fixed(int field, ulong value)
    {
        var bytes = new byte[9];
        bytes[0] = (byte)((field << 3) | 1);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(1), value);
        return bytes;
    }

    static byte[] Field(int field, byte[] content) => [(byte)((field << 3) | 2), .. Length(content.Length), .. content];

    static byte[] Length(int length) => length < 128 ? [(byte)length] : [(byte)((length & 0x7F) | 0x80), (byte)(length >> 7)];
}
