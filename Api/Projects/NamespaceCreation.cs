using System.Net;
using Slipway.Api.Cluster.Reconciling;
using Slipway.Api.Cluster.Rendering;

namespace Slipway.Api.Projects;

/// <summary>
/// Creates a project's namespace inside the request that creates the project. It is created, never applied: a namespace that is there
/// already is somebody else's, and stays as it is.
/// </summary>
public sealed class NamespaceCreation(ClusterObjects objects, ILogger<NamespaceCreation> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Creates the namespace, within five seconds.</summary>
    /// <param name="projectId">Becomes a label, by which a namespace is recognised whose creation was not recorded.</param>
    public async Task<NamespaceOutcome> Create(string name, Guid projectId, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Patience);
        try
        {
            var answer = await objects.Create(ProjectRenderer.Namespace(projectId, name), deadline.Token);
            if (answer.Ok)
            {
                logger.LogInformation("Namespace {Namespace} created for project {ProjectId}", name, projectId);
                return new NamespaceCreated(answer.Uid);
            }

            return answer.Status is HttpStatusCode.Conflict ? new NamespaceNameTaken() : new NamespaceRefused(answer.Message);
        }
        catch (ClusterUnreachableException e)
        {
            return new ClusterUnreachable(e.Message, e.MayHaveArrived);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new ClusterUnreachable($"The cluster did not answer within {Patience.TotalSeconds:0} s.", MayExist: true);
        }
    }
}
