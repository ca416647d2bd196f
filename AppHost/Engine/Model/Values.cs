using System.Runtime.CompilerServices;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that is known only once the application runs or is published.</summary>
public interface IValueProvider
{
    /// <summary>The value, in the terms of <paramref name="resolver"/>.</summary>
    internal string Resolve(ValueResolver resolver);
}

/// <summary>What parameters and endpoints stand for: their values, stars for secrets, or template expressions of a chart.</summary>
abstract class ValueResolver
{
    public abstract string Parameter(ParameterResource parameter);

    public abstract string Endpoint(EndpointReference endpoint, EndpointProperty property);
}

/// <summary>A text with values in it.</summary>
public sealed class ReferenceExpression : IValueProvider
{
    readonly List<object> _parts;

    ReferenceExpression(List<object> parts) => _parts = parts;

    /// <summary>Makes an expression from an interpolated string; values in it are looked up when it is used.</summary>
    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => new(handler.Parts);

    string IValueProvider.Resolve(ValueResolver resolver)
    {
        var text = new StringBuilder();
        foreach (var part in _parts)
        {
            text.Append(part is IValueProvider value ? value.Resolve(resolver) : (string)part);
        }

        return text.ToString();
    }

    /// <summary>Collects what the compiler finds in an interpolated string.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct ExpressionInterpolatedStringHandler
    {
        /// <summary>Called by the compiler.</summary>
        public ExpressionInterpolatedStringHandler(int literalLength, int formattedCount) =>
            Parts = new List<object>(formattedCount + (literalLength > 0 ? formattedCount + 1 : 0));

        internal List<object> Parts { get; }

        /// <summary>Called by the compiler.</summary>
        public void AppendLiteral(string value) => Parts.Add(value);

        /// <summary>Called by the compiler.</summary>
        public void AppendFormatted(string? value) => Parts.Add(value ?? "");

        /// <summary>Called by the compiler.</summary>
        public void AppendFormatted<T>(T value) where T : IValueProvider => Parts.Add(value);

        /// <summary>Called by the compiler.</summary>
        public void AppendFormatted<T>(IResourceBuilder<T> value) where T : IResource, IValueProvider => Parts.Add(value.Resource);
    }
}

/// <summary>A value computed when it is needed.</summary>
sealed class DeferredValue(Func<string> value) : IValueProvider
{
    string IValueProvider.Resolve(ValueResolver resolver) => value();
}
