using Slipway.Api.Cluster.Watching;
using Slipway.Contracts;

namespace Slipway.Api.Apps.Observing;

/// <summary>Why an image could not be fetched. Reads what containerd, CRI-O and Docker say through the kubelet.</summary>
internal static class ImageTrouble
{
    /// <summary>What is wrong; null where the container does not wait for its image, or nothing went wrong so far.</summary>
    public static Trouble? Of(string image, ObservedPod pod)
    {
        var said = pod.Container switch
        {
            { WaitingReason: "InvalidImageName" } container => container.WaitingMessage ?? "invalid reference format",
            { WaitingReason: "ErrImageNeverPull" } => "not found",
            // While the kubelet waits before it tries again, only the event still says what happened.
            { WaitingReason: "ImagePullBackOff" or "ErrImagePull" or "ImageInspectError" or "RegistryUnavailable" } container =>
                Worse(container.WaitingMessage, pod.Events),
            _ => null,
        };
        return said is null ? null : Explain(image, said);
    }

    private static string Worse(string? message, IReadOnlyList<ObservedEvent> events) =>
        message is { Length: > 0 } && !message.StartsWith("Back-off", StringComparison.Ordinal)
            ? message
            : events.LastOrDefault(e => e.Reason is "Failed" or "InspectFailed" && e.Message.Contains("image", StringComparison.Ordinal)
                && !e.Message.StartsWith("Error: ", StringComparison.Ordinal))?.Message ?? message ?? "";

    private static Trouble Explain(string image, string said)
    {
        var (registry, name) = Split(image);
        return said switch
        {
            _ when Says(said, "invalid reference format", "couldn't parse image", "InvalidImageName") => new("Invalid image link",
                $"'{image}' is not an image link. It looks like 'ghcr.io/team/shop:1.4'. Correct it, and deploy again."),
            _ when Says(said, "429", "toomanyrequests", "rate limit") => new("Registry limit reached",
                $"{registry} refuses to hand out more images for now, because too many were fetched. Slipway keeps trying; it often works again within hours."),
            _ when Says(said, "x509:", "certificate signed by unknown authority", "certificate is not trusted") => new("Registry not trusted",
                $"The cluster does not trust the certificate of {Inside(registry)}. Whoever runs the cluster can add it on its machines."),
            _ when Says(said, "server gave HTTP response to HTTPS client") => new("Registry not reachable",
                $"{registry} speaks plain HTTP, and the cluster expects HTTPS. Whoever runs the cluster can allow it on its machines."),
            _ when Says(said, "no such host", "server misbehaving", "name resolution") => new("Registry not reachable",
                $"The cluster cannot find {Inside(registry)}: its name is unknown there. Check the image link '{image}', and deploy again."),
            _ when Says(said, "connection refused", "i/o timeout", "no route to host", "network is unreachable", "handshake timeout",
                "connection reset", "deadline exceeded", "500 Internal", "502 Bad", "503 Service", "504 Gateway", "unexpected EOF", ": EOF") =>
                new("Registry not reachable",
                    $"{registry} does not answer the cluster. Check the image link '{image}'. Slipway keeps trying, so if the registry comes back, the app starts by itself."),
            _ when Says(said, "no match for platform", "no matching manifest", "does not match the specified platform") => new("Image for another machine",
                $"The image '{name}' is not made for the processors of this cluster. Build it for them (docker buildx build --platform …), and deploy again."),
            _ when Says(said, "no space left on device") => new("Disk full",
                "The machine that the app was put on has no room for the image. Whoever runs the cluster has to make room."),
            _ when Says(said, "repository does not exist or may require") => new("Image not found",
                $"{registry} has no image '{name}' that may be fetched without signing in. Check the name, and deploy again. If it is private, sign the project in to the registry (Registries); the app starts by itself then."),
            _ when Says(said, "not found", "manifest unknown", "name unknown", "404", "code = NotFound") => new("Image not found",
                $"{registry} has no image '{name}'. Check the name and the tag, and deploy again."),
            _ when Says(said, "401", "403", "authorization failed", "unauthorized", "denied", "forbidden", "no basic auth", "authentication required") =>
                new(AppStatus.ImageRefused,
                    $"{registry} does not hand out '{name}' without signing in: it is private, or it does not exist. Check the name. If it is private, sign the project in to the registry (Registries), or check the sign-in that is there; the app starts by itself then."),
            _ when said.Length == 0 || said.StartsWith("Back-off", StringComparison.Ordinal) => new("Image could not be fetched",
                $"The cluster could not fetch '{name}' from {Inside(registry)}, and does not say why. Check the image link, and deploy again."),
            _ => new("Image could not be fetched", $"The cluster could not fetch '{name}' from {Inside(registry)}. It says: {said}"),
        };
    }

    private static bool Says(string said, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (said.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static string Inside(string registry) => registry.StartsWith("The ", StringComparison.Ordinal) ? $"the {registry[4..]}" : registry;

    private static (string Registry, string Name) Split(string image)
    {
        var host = RegistryRules.HostOf(image);
        var name = RegistryRules.NamesHost(image) ? image[(image.IndexOf('/', StringComparison.Ordinal) + 1)..] : image;
        return (host == RegistryRules.DockerHub ? "Docker Hub" : $"The registry at {host}", name);
    }
}
