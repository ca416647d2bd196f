using Npgsql;
using NpgsqlTypes;

namespace Slipway.Api.Storage;

/// <summary>Positional parameters (<c>$1</c>, <c>$2</c> …) of a statement.</summary>
static class CommandParameters
{
    /// <summary>Adds them in order. A null stands for a text; where it is to be of another type, the type has to be said.</summary>
    public static void Add(this NpgsqlCommand command, params object?[] values)
    {
        foreach (var value in values)
        {
            command.AddAs(value switch
            {
                TimeSpan => NpgsqlDbType.Interval,
                null or string => NpgsqlDbType.Text,
                _ => null,
            }, value);
        }
    }

    /// <summary>Adds one of this type; null: of the type that follows from its value.</summary>
    public static void AddAs(this NpgsqlCommand command, NpgsqlDbType? type, object? value)
    {
        var parameter = new NpgsqlParameter { Value = value ?? DBNull.Value };
        if (type is { } known)
        {
            parameter.NpgsqlDbType = known;
        }

        command.Parameters.Add(parameter);
    }
}
