using System.Net;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>An object as the cluster has it after it was written.</summary>
internal sealed record WrittenObject(ObjectAddress Address, string Uid, string Fingerprint)
{
    /// <summary>The answer to its creation, when it was created: its fields are to be <see cref="ObjectWriter.Settle"/>d.</summary>
    public ObjectAnswer? Created { get; init; }
}

/// <summary>
/// Makes single objects what they should be, and keeps to this: an object is changed only if its uid was recorded in the database when
/// Slipway created it, or if it carries the owner's id, which only Slipway's own creation can have given it when the record of
/// that was lost in a crash.
/// </summary>
public sealed class ObjectWriter(ClusterObjects objects)
{
    private const int MaxRounds = 6, MaxTakeOvers = 2;

    /// <summary>Creates or applies an object.</summary>
    /// <param name="owner">The app's or project's id.</param>
    /// <param name="knownUid">The uid that the database has for it; null where it has none.</param>
    internal async Task<WrittenObject> Write(IKubernetesObject<V1ObjectMeta> item, Guid owner, string? knownUid, CancellationToken cancel)
    {
        var address = ObjectAddress.Of(item);
        var (uid, replaced, takeOvers) = (knownUid, false, 0);
        for (var round = 0; round < MaxRounds; round++)
        {
            var answer = uid is null ? await objects.Create(item, cancel) : await objects.Apply(item, uid, cancel);
            if (answer.Ok && uid is null)
            {
                return Written(address, answer) with { Created = answer };
            }

            if (answer.Ok)
            {
                // Whoever adds them again at once is left to it: two controllers that fight help nobody.
                if (FieldOwnership.TakeOver(answer.Json) is not { } fields || takeOvers == MaxTakeOvers)
                {
                    return Written(address, answer);
                }

                // Somebody added fields, or the creation was not settled: they become ours, and the next round removes what is not wanted.
                // Where the object was changed in between (a rollout writes its status all the time) nothing was taken over yet.
                takeOvers += await Own(address, answer, fields, cancel) ? 1 : 0;
                continue;
            }

            var found = await Recognise(address, owner, answer, uid, cancel);
            if (answer.Status is HttpStatusCode.UnprocessableEntity && found is not null && found == uid)
            {
                // What is left over from before may be what makes it invalid: a default inside of something that is not asked for any more
                // belongs to nobody, and so is not removed by an apply.
                await (replaced ? throw ObjectProblemException.Of(address, answer) : Replace(item, address, uid, cancel));
                replaced = true;
            }

            uid = found;
        }

        throw new NotYetException($"{address} changes all the time", TimeSpan.FromSeconds(2));
    }

    /// <summary>
    /// Completes a creation: what it set becomes what an apply set, so that a later apply can remove it. No pod waits for it, so it is done
    /// when all else is.
    /// </summary>
    internal async Task Settle(WrittenObject written, CancellationToken cancel)
    {
        var answer = written.Created;
        for (var round = 0; round < MaxRounds && answer is { Ok: true }; round++)
        {
            if (answer.Uid != written.Uid || FieldOwnership.TakeOver(answer.Json) is not { } fields || await Own(written.Address, answer, fields, cancel))
            {
                return;
            }

            answer = await objects.Get(written.Address, cancel);
        }
    }

    /// <summary>Asks for an object to be deleted. False when there is none with this uid any more.</summary>
    internal async Task<bool> Delete(ObjectAddress address, string uid, CancellationToken cancel)
    {
        var answer = await objects.Delete(address, uid, cancel);
        return answer switch
        {
            { Ok: true } => true,
            { Status: HttpStatusCode.NotFound or HttpStatusCode.Conflict } => false,
            _ => throw ObjectProblemException.Of(address, answer),
        };
    }

    /// <summary>The object as it is; null where there is none.</summary>
    internal async Task<WrittenObject?> Read(ObjectAddress address, CancellationToken cancel)
    {
        var answer = await objects.Get(address, cancel);
        return answer switch
        {
            { Ok: true } => Written(address, answer),
            { Status: HttpStatusCode.NotFound } => null,
            _ => throw ObjectProblemException.Of(address, answer),
        };
    }

    private static WrittenObject Written(ObjectAddress address, ObjectAnswer answer) =>
        new(address, answer.Uid, Fingerprint.Of(address.Kind.Read(answer.Body)));

    private async Task<bool> Own(ObjectAddress address, ObjectAnswer answer, JsonArray fields, CancellationToken cancel)
    {
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = answer.Uid,
                ["resourceVersion"] = answer.Json["metadata"]!["resourceVersion"]!.DeepClone(),
                ["managedFields"] = fields,
            },
        };
        return (await objects.Merge(address, patch, cancel)).Ok;
    }

    /// <summary>Writes the object as a whole, with what others decide about taken from the one that is there.</summary>
    private async Task Replace(IKubernetesObject<V1ObjectMeta> item, ObjectAddress address, string uid, CancellationToken cancel)
    {
        var live = await objects.Get(address, cancel);
        if (live.Ok && live.Uid == uid)
        {
            var answer = await objects.Replace(address, Replacement.Of(item, live.Json), cancel);
            if (answer.Status is HttpStatusCode.UnprocessableEntity)
            {
                throw ObjectProblemException.Of(address, answer);
            }
        }
    }

    /// <summary>After a refusal: the uid of the object to apply to, or null to create one. Throws where neither may be done.</summary>
    private async Task<string?> Recognise(ObjectAddress address, Guid owner, ObjectAnswer refusal, string? triedUid, CancellationToken cancel)
    {
        if (refusal.Status is HttpStatusCode.NotFound && triedUid is null)
        {
            throw new NamespaceGoneException(refusal.Message);
        }

        if (refusal.Status is HttpStatusCode.Forbidden && refusal.Message.Contains("because it is being terminated", StringComparison.Ordinal))
        {
            throw new NamespaceGoneException(refusal.Message);
        }

        // A quota that is new has not been counted yet.
        if (refusal.Status is HttpStatusCode.Forbidden && refusal.Message.Contains("status unknown for quota", StringComparison.Ordinal))
        {
            throw new NotYetException(refusal.Message, TimeSpan.FromMilliseconds(200));
        }

        if (refusal.Status is not (HttpStatusCode.Conflict or HttpStatusCode.NotFound or HttpStatusCode.UnprocessableEntity))
        {
            throw ObjectProblemException.Of(address, refusal);
        }

        var found = await objects.Get(address, cancel);
        if (found.Status is HttpStatusCode.NotFound)
        {
            return refusal.Status is HttpStatusCode.UnprocessableEntity && triedUid is null ? throw ObjectProblemException.Of(address, refusal) : null;
        }

        if (!found.Ok)
        {
            throw ObjectProblemException.Of(address, found);
        }

        if (found.Uid == triedUid)
        {
            // It is the one that we know; the refusal is about something else than who it is.
            return triedUid;
        }

        var metadata = address.Kind.Read(found.Body).Metadata;
        return Labels.IsManaged(metadata) && Labels.Owner(metadata) == owner ? found.Uid : throw ObjectProblemException.NameTaken(address);
    }
}
