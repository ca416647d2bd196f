namespace Slipway.Web.Forms;

/// <summary>What is wrong with the fields of a form, by the API's names for them.</summary>
public sealed class FieldErrors
{
    private Dictionary<string, string[]> errors = [];

    /// <summary>The sentences about a field and everything in it (<c>command</c> has <c>command[0]</c>); null where it is right.</summary>
    public string? this[string field]
    {
        get
        {
            var sentences = errors.Where(e => Covers(field, e.Key)).SelectMany(e => e.Value).Distinct().ToList();
            return sentences.Count == 0 ? null : string.Join(' ', sentences);
        }
    }

    public bool Any => errors.Count > 0;

    /// <summary>What belongs to none of these fields, so that no complaint goes unseen.</summary>
    public IReadOnlyList<string> Besides(params IReadOnlyList<string> fields) =>
        [.. errors.Where(e => !fields.Any(field => Covers(field, e.Key))).SelectMany(e => e.Value)];

    public void Show(IReadOnlyDictionary<string, string[]> all) => errors = new(all);

    /// <summary>Replaces what is said about one field by what <paramref name="all"/> says about it.</summary>
    public void Show(string field, IReadOnlyDictionary<string, string[]> all)
    {
        Clear(field);
        foreach (var (key, sentences) in all.Where(e => Covers(field, e.Key)))
        {
            errors[key] = sentences;
        }
    }

    public void Clear(string field)
    {
        foreach (var key in errors.Keys.Where(key => Covers(field, key)).ToList())
        {
            errors.Remove(key);
        }
    }

    private static bool Covers(string field, string key) =>
        key == field || (key.Length > field.Length && key.StartsWith(field, StringComparison.Ordinal) && key[field.Length] == '[');
}
