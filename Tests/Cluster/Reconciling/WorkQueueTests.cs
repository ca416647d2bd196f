using Microsoft.EntityFrameworkCore;
using Npgsql;
using Slipway.Api.Cluster.Reconciling;
using Slipway.Api.Storage;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster.Reconciling;

/// <summary>The queue on a real database; each <see cref="WorkQueue"/> stands for a process.</summary>
public sealed class WorkQueueTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.Create();
        await using var db = Open();
        await db.Database.MigrateAsync(Cancel);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Asking_twice_makes_one_item_of_a_newer_generation()
    {
        var id = Guid.NewGuid();
        await Ask(id);
        await Ask(id);

        var claim = Assert.Single(await Process().Take(10, Cancel));
        Assert.Equal((WorkTarget.App, id, 2L, 0), (claim.Target, claim.TargetId, claim.Generation, claim.Attempts));
    }

    [Fact]
    public async Task Asking_is_part_of_the_caller_s_transaction()
    {
        await using (var db = Open())
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Cancel);
            await WorkQueue.Ask(db, WorkTarget.App, Guid.NewGuid(), Cancel);
            Assert.Empty(await Process().Take(10, Cancel));
        }

        Assert.Empty(await Process().Take(10, Cancel));
    }

    [Fact]
    public async Task What_one_process_has_claimed_no_other_gets()
    {
        var ids = Enumerable.Range(0, 40).Select(_ => Guid.NewGuid()).ToList();
        await Task.WhenAll(ids.Select(Ask));

        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var (process, all) = (Process(), new List<Guid>());
            while (await process.Take(3, Cancel) is { Count: > 0 } claims)
            {
                all.AddRange(claims.Select(c => c.TargetId));
            }

            return all;
        }));

        Assert.Equal(ids.Order(), taken.SelectMany(t => t).Order());
    }

    [Fact]
    public async Task What_was_asked_for_again_during_the_work_is_done_again_by_whoever_is_free()
    {
        var id = Guid.NewGuid();
        await Ask(id);
        var (one, other) = (Process(), Process());
        var claim = Assert.Single(await one.Take(1, Cancel));
        await Ask(id);

        Assert.Empty(await other.Take(1, Cancel));
        await one.Complete(claim, Cancel);
        var again = Assert.Single(await other.Take(1, Cancel));
        Assert.Equal(2, again.Generation);
        await other.Complete(again, Cancel);
        Assert.Equal(0, (await one.State(Cancel)).Count);
    }

    [Fact]
    public async Task A_claim_that_was_lost_ends_nothing()
    {
        await Ask(Guid.NewGuid());
        var (slow, quick) = (Process(), Process());
        var lost = Assert.Single(await slow.Take(1, Cancel));
        await Execute("UPDATE work_items SET lease_until = now() - interval '1 second'");
        var taken = Assert.Single(await quick.Take(1, Cancel));

        await slow.Complete(lost, Cancel);
        await slow.Postpone(lost, TimeSpan.FromHours(1), "late", Cancel);

        Assert.Empty(await slow.Renew([lost.Token], Cancel));
        Assert.Equal([taken.Token], await quick.Renew([taken.Token], Cancel));
    }

    [Fact]
    public async Task What_failed_waits_and_counts_its_attempts_until_it_is_asked_for_again()
    {
        var id = Guid.NewGuid();
        var process = Process();
        await Ask(id);
        await process.Postpone(Assert.Single(await process.Take(1, Cancel)), TimeSpan.FromHours(1), "no luck", Cancel);

        Assert.Empty(await process.Take(1, Cancel));
        Assert.InRange((await process.State(Cancel)).Wait!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
        await process.Hasten([id], Cancel);
        Assert.Equal(1, Assert.Single(await process.Take(1, Cancel)).Attempts);
        await Ask(id);
        await Execute("UPDATE work_items SET lease_until = NULL");
        Assert.Equal(0, Assert.Single(await process.Take(1, Cancel)).Attempts);
    }

    [Fact]
    public async Task Asking_again_during_work_that_fails_is_not_put_off()
    {
        var id = Guid.NewGuid();
        var process = Process();
        await Ask(id);
        var claim = Assert.Single(await process.Take(1, Cancel));
        await Ask(id);
        await process.Postpone(claim, TimeSpan.FromHours(1), "no luck", Cancel);

        Assert.Equal((2L, 0), Assert.Single(await process.Take(1, Cancel)) is var again ? (again.Generation, again.Attempts) : default);
    }

    [Fact]
    public async Task The_claims_of_a_process_that_is_gone_are_free_and_those_of_one_that_lives_are_not()
    {
        var (living, dead, heir) = (Process(), Process(), Process());
        await using var presence = await database.Source.OpenConnectionAsync(Cancel);
        await using (var hold = new NpgsqlCommand($"SELECT pg_advisory_lock_shared({WorkQueue.PresenceClass}, {living.Instance})", presence))
        {
            await hold.ExecuteNonQueryAsync(Cancel);
        }

        await Ask(Guid.NewGuid());
        await Ask(Guid.NewGuid());
        var kept = Assert.Single(await living.Take(1, Cancel));
        var left = Assert.Single(await dead.Take(1, Cancel));

        await heir.ReleaseOfTheDead(Cancel);
        Assert.Empty(await heir.Take(2, Cancel));
        await Execute("UPDATE work_items SET lease_until = lease_until - interval '3 seconds'");
        await heir.ReleaseOfTheDead(Cancel);
        Assert.Equal(left.TargetId, Assert.Single(await heir.Take(2, Cancel)).TargetId);
        Assert.Equal([kept.Token], await living.Renew([kept.Token], Cancel));
    }

    private WorkQueue Process() => new(database.Source);

    private SlipwayDb Open() =>
        new(new DbContextOptionsBuilder<SlipwayDb>().UseNpgsql(database.Source).UseSnakeCaseNamingConvention().Options);

    private async Task Ask(Guid id)
    {
        await using var db = Open();
        await WorkQueue.Ask(db, WorkTarget.App, id, Cancel);
    }

    private async Task Execute(string sql)
    {
        await using var command = database.Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
