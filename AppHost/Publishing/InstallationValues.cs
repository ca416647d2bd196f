namespace Slipway.AppHost.Publishing;

/// <summary>Everything that an operator can set of an installation.</summary>
static class InstallationValues
{
    private const string Host = "^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$", Name = "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$",
        Image = "^[^\\s:]+(:[0-9]+/[^\\s:]+)?(:[\\w][\\w.-]{0,127})?(@sha256:[a-f0-9]{64})?$", Quantity = "^[0-9]+(\\.[0-9]+)?(m|Ki|Mi|Gi|Ti)?$",
        Url = "^https?://[^/?#\\s]+/?$", Base64Of32Bytes = "^[A-Za-z0-9+/]{43,}={0,2}$";

    /// <summary>In the order of values.yaml.</summary>
    public static IReadOnlyList<ValueDefinition> All { get; } =
    [
        Text("namespace", "slipway", "The namespace that Slipway itself runs in.", Name, "a DNS label"),
        Text("kubernetesVersion", "1.21", "The cluster's version: 1.20 has another kind of disruption budget.", "^1\\.[0-9]+$", "such as '1.30'") with { ForManifestsOnly = true },

        RequiredImage("images.api", "slipway/api:0.1.0", "The API's image."),
        RequiredImage("images.web", "slipway/web:0.1.0", "The portal's image."),
        RequiredImage("images.postgres", "docker.io/library/postgres:17", "The database's image."),
        RequiredImage("images.prometheus", "quay.io/prometheus/prometheus:v3.5.0", "Prometheus' image."),
        RequiredImage("images.alertmanager", "quay.io/prometheus/alertmanager:v0.28.1", "Alertmanager's image."),
        Text("images.pullSecret", "", "The name of a Secret that signs in to the registry of the images.", Name, "a name") with { ForManifestsOnly = true },

        Text("publicUrl", "https://slipway.example.org", "The portal's address as people open it.", Url, "an address without a path, such as 'https://slipway.example.org'") with { IsRequired = true },
        Flag("allowPlainHttp", false, "Lets publicUrl begin with http://, where the network itself is encrypted."),
        Text("trustedProxies", "10.244.0.0/16", "Address ranges of the ingress controller and of the portal, with commas: they may say for whom they ask.", "^[0-9a-fA-F.:/, ]+$", "ranges such as '10.244.0.0/16'") with { IsRequired = true },

        Flag("ingress.enabled", true, "Makes an Ingress for the portal and the API; otherwise the portal has a port on every node.") with { ForManifestsOnly = true },
        Text("ingress.host", "slipway.example.org", "The host name of publicUrl.", Host, "a host name"),
        Text("ingress.className", "nginx", "The class of the ingress controller.", Name, "a name"),
        Text("ingress.tlsSecret", "slipway-tls", "The Secret with the certificate of the host.", Name, "a name"),
        Number("web.nodePort", 30080, "The portal's port on every node, where there is no Ingress.", 1, 65535) with { ForManifestsOnly = true },

        Choice("exposure.mode", "Ingress", ["Ingress", "NodePort", "None"], "How apps are reached: Ingress (host names below exposure.domain), NodePort (ports of exposure.host) or None."),
        Text("exposure.domain", "apps.example.org", "Apps are reached as APP-PROJECT.DOMAIN; a wildcard DNS record leads there.", Host, "a domain"),
        Text("exposure.host", "", "With NodePort: the address under which the nodes are reached.", Host, "a host name or an address"),
        Text("exposure.ingressClass", "", "The class of the apps' Ingress; empty for the cluster's own.", Name, "a name"),
        Choice("exposure.scheme", "https", ["http", "https"], "The scheme of the apps' addresses."),
        Text("exposure.tlsSecret", "", "A Secret with the certificate of the apps' domain; empty where the controller has one.", Name, "a name"),

        Number("api.replicas", 2, "How many APIs.", 1, 20),
        Text("api.memory", "512Mi", "The memory of each API at the most.", Quantity, "a quantity such as '512Mi'"),
        Number("web.replicas", 2, "How many portals.", 1, 20),
        Text("web.memory", "512Mi", "The memory of each portal at the most.", Quantity, "a quantity such as '512Mi'"),

        Text("storage.className", "", "The storage class of all volumes; empty for the cluster's default.", Name, "a name") with { ForManifestsOnly = true },
        Text("storage.postgres", "10Gi", "The size of the database's volume.", Quantity, "a quantity such as '10Gi'"),
        Text("storage.prometheus", "20Gi", "The size of Prometheus' volume.", Quantity, "a quantity such as '20Gi'"),
        Text("storage.alertmanager", "1Gi", "The size of Alertmanager's volume.", Quantity, "a quantity such as '1Gi'"),
        Text("storage.hostPath", "", "A folder of one node for the data, for a cluster that makes no volumes.", "^/[^\\s]*$", "a path that begins with '/'") with { ForManifestsOnly = true },
        Text("storage.node", "", "The node of storage.hostPath.", Name, "a node's name") with { ForManifestsOnly = true },

        Flag("prometheus.enabled", true, "Runs Prometheus and Alertmanager beside Slipway.") with { ForManifestsOnly = true },
        Text("prometheus.url", "http://prometheus:9090", "Where the API reaches Prometheus.", "^https?://\\S+$", "an address"),
        Text("prometheus.publicUrl", "", "Where people reach Prometheus, for links; empty for none.", "^https?://\\S+$", "an address"),
        Text("prometheus.retention", "31d", "How long measurements are kept.", "^[0-9]+(d|w|y)$", "such as '31d'"),

        Text("otlpEndpoint", "", "Where traces, metrics and logs go (OTLP); empty for nowhere.", "^https?://\\S+$", "an address"),

        Secret("secrets.postgresPassword", "The database's password: openssl rand -hex 32.", "^[A-Za-z0-9]{16,}$", "at least 16 letters and digits"),
        Secret("secrets.encryptionKey", "Environments of apps are encrypted with it; keep it: openssl rand -base64 32.", Base64Of32Bytes, "32 bytes in base64"),
        Secret("secrets.dataProtectionSecret", "The portal's cookies are protected with it: openssl rand -base64 32.", Base64Of32Bytes, "32 bytes in base64"),
        Secret("secrets.alertsToken", "Alertmanager shows it to the API: openssl rand -hex 32.", "^[A-Za-z0-9]{32,}$", "at least 32 letters and digits"),
        Secret("secrets.metricsToken", "Prometheus shows it to read metrics: openssl rand -hex 32.", "^[A-Za-z0-9]{32,}$", "at least 32 letters and digits"),
        Secret("secrets.setupToken", "Who registers with it becomes the first administrator: openssl rand -hex 32.", "^[A-Za-z0-9]{32,}$", "at least 32 letters and digits"),

        new("settings", ValueKind.Map, new Dictionary<string, string>(), "Any other setting of API and portal, with __ for the colon, such as Smtp__Host.") { ForManifestsOnly = true },
        new("secretSettings", ValueKind.Map, new Dictionary<string, string>(), "The same for settings that are secrets, such as Smtp__Password.") { ForManifestsOnly = true, IsSecret = true },
    ];

    private static ValueDefinition Text(string path, string standard, string comment, string pattern, string shape) => new(path, ValueKind.Text, standard, comment) { Pattern = pattern, Shape = shape };

    private static ValueDefinition RequiredImage(string path, string standard, string comment) => Text(path, standard, comment, Image, "an image such as 'registry.example.org/slipway/api:1.0'") with { IsRequired = true };

    private static ValueDefinition Number(string path, int standard, string comment, long min, long max) => new(path, ValueKind.Number, standard, comment) { Range = (min, max) };

    private static ValueDefinition Flag(string path, bool standard, string comment) => new(path, ValueKind.Flag, standard, comment);

    private static ValueDefinition Choice(string path, string standard, string[] choices, string comment) => new(path, ValueKind.Text, standard, comment) { Choices = choices, IsRequired = true };

    private static ValueDefinition Secret(string path, string comment, string pattern, string shape) => Text(path, "", comment, pattern, shape) with { IsSecret = true, IsRequired = true };
}
