using Slipway.Api.Apps.Observing;
using Slipway.Contracts;
using static Slipway.Tests.Unit.Observing.Seen;

namespace Slipway.Tests.Unit.Observing;

/// <summary>What clusters say, word for word, and what it becomes for people.</summary>
public sealed class TroubleTests
{
    private const string Resolve = "rpc error: code = Unknown desc = failed to pull and unpack image \"registry.test:5000/shop:1\": failed to resolve reference \"registry.test:5000/shop:1\": ";

    [Theory]
    [InlineData("rpc error: code = NotFound desc = failed to pull and unpack image \"registry.test:5000/shop:1\": failed to resolve reference \"registry.test:5000/shop:1\": registry.test:5000/shop:1: not found", "Image not found", "The registry at registry.test:5000 has no image 'shop:1'.")]
    [InlineData("Error response from daemon: manifest for nginx:nope not found: manifest unknown: manifest unknown", "Image not found", "Check the name and the tag")]
    [InlineData("Error response from daemon: pull access denied for nothing, repository does not exist or may require 'docker login': denied: requested access to the resource is denied", "Image not found", "without signing in")]
    [InlineData(Resolve + "pulling from host registry.test:5000 failed with status code [manifests 1]: 401 Unauthorized", "Not allowed to fetch the image", "it is private, or it does not exist")]
    [InlineData(Resolve + "failed to authorize: failed to fetch anonymous token: unexpected status: 403 Forbidden", "Not allowed to fetch the image", "sign the project in")]
    [InlineData(Resolve + "failed to do request: Head \"http://registry.test:5000/v2/shop/manifests/1\": dial tcp 127.0.0.1:5999: connect: connection refused", "Registry not reachable", "does not answer the cluster")]
    [InlineData(Resolve + "failed to do request: Head \"https://registry.test:5000/v2/shop/manifests/1\": dial tcp: lookup registry.test on 10.0.0.53:53: no such host", "Registry not reachable", "its name is unknown there")]
    [InlineData(Resolve + "failed to do request: Head \"https://registry.test:5000/v2/shop/manifests/1\": dial tcp 10.0.0.1:443: i/o timeout", "Registry not reachable", "Slipway keeps trying")]
    [InlineData(Resolve + "failed to do request: Head \"https://registry.test:5000/v2/\": http: server gave HTTP response to HTTPS client", "Registry not reachable", "plain HTTP")]
    [InlineData(Resolve + "failed to do request: Head \"https://registry.test:5000/v2/\": x509: certificate signed by unknown authority", "Registry not trusted", "certificate")]
    [InlineData(Resolve + "unexpected status code [manifests 1]: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.", "Registry limit reached", "for now")]
    [InlineData("rpc error: code = NotFound desc = failed to pull and unpack image: no match for platform in manifest: not found", "Image for another machine", "--platform")]
    [InlineData("failed to register layer: write /bin/x: no space left on device", "Disk full", "no room")]
    [InlineData("something nobody has ever seen", "Image could not be fetched", "something nobody has ever seen")]
    public void A_failed_pull_is_explained(string said, string reason, string part)
    {
        var status = Derive(Wanted(), Shows(Deployment(), Pod(container: Waiting("ErrImagePull", said))));
        Assert.Equal((AppState.Failed, reason), (status.State, status.Reason));
        Assert.Contains(part, status.Detail);
        // Between two tries only the event still says what happened.
        var waiting = Derive(Wanted(), Shows(Deployment(), Pod(container: Waiting("ImagePullBackOff", "Back-off pulling image \"registry.test:5000/shop:1\""),
            events: [Said("Failed", $"Failed to pull image \"registry.test:5000/shop:1\": {said}"), Said("Failed", "Error: ImagePullBackOff")])));
        Assert.Equal((status.Reason, part is "something nobody has ever seen" ? waiting.Detail : status.Detail), (waiting.Reason, waiting.Detail));
    }

    [Theory]
    [InlineData("shop:1", "Docker Hub has no image 'shop:1'.")]
    [InlineData("team/shop:1", "Docker Hub has no image 'team/shop:1'.")]
    [InlineData("docker.io/team/shop:1", "Docker Hub has no image 'team/shop:1'.")]
    [InlineData("ghcr.io/team/shop:1", "The registry at ghcr.io has no image 'team/shop:1'.")]
    [InlineData("localhost/shop", "The registry at localhost has no image 'shop'.")]
    public void A_registry_is_named_as_people_know_it(string image, string begin) =>
        Assert.StartsWith(begin, Derive(Wanted(image: image), Shows(Deployment(), Pod(container: Waiting("ErrImagePull", "not found")))).Detail);

    [Fact]
    public void An_image_link_that_the_cluster_cannot_read_is_explained() => Assert.Equal("Invalid image link",
        Derive(Wanted(image: "UPPER/case:1"), Shows(Deployment(), Pod(container: Waiting("InvalidImageName",
            "Failed to apply default image tag \"UPPER/case:1\": couldn't parse image reference \"UPPER/case:1\": invalid reference format: repository name must be lowercase")))).Reason);

    [Theory]
    [InlineData(1, "Error", "Crashed", "exit code 1.")]
    [InlineData(126, "Error", "Crashed", "may not be run")]
    [InlineData(127, "Error", "Crashed", "a command was not found")]
    [InlineData(137, "Error", "Crashed", "it was killed")]
    [InlineData(137, "OOMKilled", "Not enough memory", "its 64 MiB of memory")]
    [InlineData(139, "Error", "Crashed", "segmentation fault")]
    [InlineData(143, "Error", "Crashed", "asked to end")]
    [InlineData(152, "Error", "Crashed", "ended by signal 24")]
    [InlineData(255, "Error", "Crashed", "exit code 255")]
    [InlineData(0, "Completed", "Ended by itself", "expected to keep running")]
    public void An_exit_code_is_explained(int exitCode, string end, string reason, string part)
    {
        var status = Derive(Wanted(), Shows(Deployment(), Pod(container: Waiting("CrashLoopBackOff", null, End(exitCode, end), 3))));
        Assert.Equal((reason, (int?)exitCode), (status.Reason, status.ExitCode));
        Assert.Contains(part, status.Detail);
    }

    [Theory]
    [InlineData("failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"/no/such\": stat /no/such: no such file or directory: unknown", "The program '/no/such' that the image's command names is not in the image.")]
    [InlineData("OCI runtime create failed: container_linux.go:380: starting container process caused: exec: \"servr\": executable file not found in $PATH: unknown", "The program 'servr' that the image's command names is not in the image.")]
    [InlineData("runc create failed: unable to start container process: exec: \"/app/run\": permission denied: unknown", "The program '/app/run' that the image's command names may not be run")]
    [InlineData("Error response from daemon: no command specified", "does not say what to run")]
    public void A_command_that_cannot_be_started_is_explained(string said, string begin)
    {
        foreach (var container in new[] { Waiting("RunContainerError", said), Waiting("CrashLoopBackOff", "back-off", End(128, "StartError", said), 1), Over(End(128, "StartError", said)) })
        {
            var status = Derive(Wanted(), Shows(Deployment(), Pod(container: container)));
            Assert.Equal((AppState.Failed, "The command could not be started"), (status.State, status.Reason));
            Assert.Contains(begin, status.Detail);
            Assert.Null(status.LastLines);
        }
    }

    [Fact]
    public void A_command_of_the_app_is_called_that() => Assert.Contains("that the app's command names", Derive(Wanted(command: ["/x"]),
        Shows(Deployment(), Pod(container: Waiting("RunContainerError", "exec: \"/x\": stat /x: no such file or directory")))).Detail);

    [Theory]
    [InlineData("secret \"shop-env\" not found", AppState.Deploying, "Settings are missing")]
    [InlineData("container has runAsNonRoot and image will run as root (pod: \"x\", container: app)", AppState.Failed, "The image runs as root")]
    [InlineData("context deadline exceeded", AppState.Deploying, "The cluster is slow")]
    public void A_container_that_cannot_be_made_is_explained(string said, AppState state, string reason)
    {
        var status = Derive(Wanted(), Shows(Deployment(), Pod(container: Waiting("CreateContainerConfigError", said))));
        Assert.Equal((state, reason), (status.State, status.Reason));
    }

    [Theory]
    [InlineData("Readiness probe failed: HTTP probe failed with statuscode: 404", "/healthz", "The health check 'GET /healthz' on port 8080 was answered with 404.")]
    [InlineData("Readiness probe failed: Get \"http://10.244.0.5:8080/healthz\": dial tcp 10.244.0.5:8080: connect: connection refused", "/healthz", "found nothing that listens there")]
    [InlineData("Readiness probe failed: Get \"http://10.244.0.5:8080/healthz\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)", "/healthz", "was not answered in time")]
    [InlineData("Readiness probe failed: dial tcp 10.244.0.11:8080: connect: connection refused", null, "The health check on port 8080 found nothing that listens there.")]
    [InlineData("Readiness probe failed: dial tcp 10.244.0.11:8080: i/o timeout", null, "was not answered in time")]
    [InlineData("Readiness probe failed: Get \"http://10.244.0.5:8080/healthz\": EOF", "/healthz", "cut off without an answer")]
    public void A_failed_health_check_is_explained(string said, string? path, string part)
    {
        var status = Derive(Wanted(health: path), Shows(Deployment(deadline: true), Pod(events: Said("Unhealthy", said))));
        Assert.Equal("Never became healthy", status.Reason);
        Assert.Contains(part, status.Detail);
        Assert.Contains("0.0.0.0", status.Detail);
    }

    [Fact]
    public void A_container_that_was_ended_for_its_health_is_no_crash()
    {
        var status = Derive(Wanted(health: "/up"), Shows(Deployment(completed: true), Pod(container: RunningFor(3, End(137), 1),
            events: Said("Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 500", secondsAgo: 20))));
        Assert.Equal("Not healthy", status.Reason);
        Assert.Contains("was answered with 500. So it was ended and started again", status.Detail);
    }

    [Theory]
    [InlineData("0/3 nodes are available: 3 Insufficient cpu.", "No machine has 0.5 cores free")]
    [InlineData("0/3 nodes are available: 3 Insufficient memory.", "No machine has 64 MiB of memory free")]
    [InlineData("0/3 nodes are available: 1 Insufficient cpu, 2 Insufficient memory.", "0.5 cores and 64 MiB of memory")]
    [InlineData("0/1 nodes are available: 1 Too many pods.", "as many replicas as it may")]
    [InlineData("0/2 nodes are available: 2 node(s) had untolerated taint {dedicated: gpu}.", "The cluster says: 0/2 nodes")]
    public void A_replica_without_a_machine_is_explained(string said, string part) => Assert.Contains(part,
        Derive(Wanted(), Shows(Deployment(), Pod() with { Node = null, Container = null, Unschedulable = said })).Detail);

    [Theory]
    [InlineData("pods \"x\" is forbidden: exceeded quota: slipway, requested: limits.memory=64Mi,requests.cpu=500m, used: limits.memory=1Gi,requests.cpu=2, limited: limits.memory=1Gi,requests.cpu=2", "Over the project's limits", "memory 64Mi, cpu 500m would go beyond its limit (memory 1Gi, cpu 2; used memory 1Gi, cpu 2)")]
    [InlineData("pods \"x\" is forbidden: maximum memory usage per Container is 32Mi, but limit is 64Mi.", "Too much for one replica", "64 MiB")]
    [InlineData("pods \"x\" is forbidden: violates PodSecurity \"restricted:latest\": runAsNonRoot != true", "Not allowed in this project", "violates PodSecurity")]
    [InlineData("admission webhook \"policy\" denied the request: no", "The cluster refuses the app", "denied the request: no")]
    public void A_replica_that_may_not_be_made_is_explained(string said, string reason, string part)
    {
        var status = Derive(Wanted(), Shows(Deployment(replicas: 0, updated: 0, problem: said)));
        Assert.Equal((AppState.Failed, reason), (status.State, status.Reason));
        Assert.Contains(part, status.Detail);
    }

    [Fact]
    public void A_machine_that_ends_the_container_for_its_memory_says_so() => Assert.Equal("Not enough memory",
        Derive(Wanted(), Shows(Deployment(), Pod(container: Waiting("ContainerCreating"), events: Said("FailedCreatePodSandBox",
            "Failed to create pod sandbox: rpc error: code = Unknown desc = runc create failed: container init was OOM-killed (memory limit too low?): unknown")))).Reason);
}
