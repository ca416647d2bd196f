using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Contracts;

/// <summary>
/// A field of a merge patch (RFC 7396): left out means unchanged, <c>null</c> means removed, anything else is the new value.
/// </summary>
public readonly record struct Change<T>
{
    private readonly T? value;

    /// <summary>A change to <paramref name="value"/>, which may be null.</summary>
    public Change(T? value)
    {
        this.value = value;
        IsSet = true;
    }

    /// <summary>Whether the field was present in the patch.</summary>
    public bool IsSet { get; }

    /// <summary>The new value where the field was present, <paramref name="current"/> where it was not.</summary>
    public T? Or(T? current) => IsSet ? value : current;

    /// <summary>A present field with this value.</summary>
    [SuppressMessage("Usage", "CA2225", Justification = "The constructor is the named alternative.")]
    public static implicit operator Change<T>(T? value) => new(value);
}

internal sealed class ChangeConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Change<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert.GenericTypeArguments[0]))!;

    private sealed class Of<T> : JsonConverter<Change<T>>
    {
        public override bool HandleNull => true;

        public override Change<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return reader.TokenType is JsonTokenType.Null ? new(default) : new(JsonSerializer.Deserialize<T>(ref reader, options));
            }
            catch (JsonException)
            {
                // Without the inner path, which knows nothing of the field that this is: the outer reader adds its own.
                throw new JsonException();
            }
        }

        public override void Write(Utf8JsonWriter writer, Change<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Or(default), options);
    }
}
