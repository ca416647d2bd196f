using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Slipway.Api.Storage;

namespace Slipway.Api.Apps;

/// <summary>
/// The releases that apps run, without their environments. What was released never changes, and the same ones are asked for with every
/// list, so each is read once. Which release is the newest is not kept: the app's row says so every time.
/// </summary>
public sealed class NewestReleases
{
    // Some megabytes at most; a platform with more apps than this reads some of them again.
    private const int MostKept = 10_000;

    private static readonly byte[] Nothing = [];

    private readonly ConcurrentDictionary<(Guid App, int Number), ReleaseRow> kept = new();

    /// <summary>The newest releases of <paramref name="apps"/>, by app and number; none for an app that has been deleted since it was read.</summary>
    public async Task<IReadOnlyDictionary<(Guid App, int Number), ReleaseRow>> Of(IReadOnlyList<AppRow> apps, SlipwayDb db, CancellationToken cancel)
    {
        var found = new Dictionary<(Guid, int), ReleaseRow>(apps.Count);
        var missing = new List<AppRow>();
        foreach (var app in apps)
        {
            if (kept.TryGetValue((app.Id, app.Release), out var release))
            {
                found[(app.Id, app.Release)] = release;
            }
            else
            {
                missing.Add(app);
            }
        }

        if (missing.Count > 0)
        {
            if (kept.Count + missing.Count > MostKept)
            {
                kept.Clear();
            }

            foreach (var release in await Read(db, [.. missing.Select(a => a.Id)], [.. missing.Select(a => a.Release)], cancel))
            {
                found[(release.AppId, release.Number)] = kept[(release.AppId, release.Number)] = release;
            }
        }

        return found;
    }

    private static Task<List<ReleaseRow>> Read(SlipwayDb db, Guid[] apps, int[] numbers, CancellationToken cancel) =>
        db.Releases.FromSql($"SELECT releases.* FROM releases JOIN unnest({apps}, {numbers}) AS wanted (app_id, number) USING (app_id, number)")
            .AsNoTracking()
            .Select(r => new ReleaseRow
            {
                AppId = r.AppId,
                Number = r.Number,
                Spec = r.Spec,
                Author = r.Author,
                Reason = r.Reason,
                CreatedAt = r.CreatedAt,
                // It may be large, and is not shown.
                Environment = Nothing,
            }).ToListAsync(cancel);
}
