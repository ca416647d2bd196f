namespace Slipway.Contracts;

/// <content>Crashes, alerts, and who is told of them.</content>
public sealed partial class SlipwayClient
{
    /// <summary>The containers of an app that died, newest first; sorts by <c>endedAt</c>.</summary>
    public Task<Page<CrashView>> Crashes(string project, string app, PageQuery? query = null, CancellationToken cancel = default) =>
        Get<Page<CrashView>>($"{Path(project, app)}/crashes{Query(query)}", cancel);

    /// <summary>One of them, with its last lines.</summary>
    public Task<CrashSnapshot> Crash(string project, string app, Guid crash, CancellationToken cancel = default) =>
        Get<CrashSnapshot>($"{Path(project, app)}/crashes/{crash}", cancel);

    /// <summary>What is in trouble now, in all projects that the user is in; for administrators also the platform itself.</summary>
    public Task<Page<AlertView>> OpenAlerts(PageQuery? query = null, CancellationToken cancel = default) => Get<Page<AlertView>>("api/alerts" + Query(query), cancel);

    /// <summary>A project's alerts, open ones first; sorts by <c>since</c>.</summary>
    public Task<Page<AlertView>> Alerts(string project, PageQuery? query = null, bool? open = null, CancellationToken cancel = default) =>
        Get<Page<AlertView>>($"{Path(project)}/alerts{Query(query ?? new())}{Open(open)}", cancel);

    /// <summary>An app's alerts, open ones first; sorts by <c>since</c>.</summary>
    public Task<Page<AlertView>> AlertsOfApp(string project, string app, PageQuery? query = null, bool? open = null, CancellationToken cancel = default) =>
        Get<Page<AlertView>>($"{Path(project, app)}/alerts{Query(query ?? new())}{Open(open)}", cancel);

    /// <summary>The platform's own alerts, open ones first; for administrators.</summary>
    public Task<Page<AlertView>> PlatformAlerts(PageQuery? query = null, CancellationToken cancel = default) => Get<Page<AlertView>>("api/admin/alerts" + Query(query), cancel);

    /// <summary>The rules as they stand for an app.</summary>
    public Task<IReadOnlyList<AlertRuleView>> AlertRulesOf(string project, string app, CancellationToken cancel = default) =>
        Get<IReadOnlyList<AlertRuleView>>($"{Path(project, app)}/alert-rules", cancel);

    /// <summary>Silences a rule for an app.</summary>
    public Task<AlertRuleView> Silence(string project, string app, string rule, DateTimeOffset until, CancellationToken cancel = default) =>
        SendFor<AlertRuleView>(HttpMethod.Put, $"{RulePath(project, app, rule)}/silence", new PutSilence(until), cancel);

    /// <summary>Ends a silence.</summary>
    public Task<AlertRuleView> EndSilence(string project, string app, string rule, CancellationToken cancel = default) =>
        SendFor<AlertRuleView>(HttpMethod.Delete, $"{RulePath(project, app, rule)}/silence", null, cancel);

    /// <summary>Changes what a rule is raised at for an app.</summary>
    public Task<AlertRuleView> SetThreshold(string project, string app, string rule, double value, CancellationToken cancel = default) =>
        SendFor<AlertRuleView>(HttpMethod.Put, $"{RulePath(project, app, rule)}/threshold", new PutThreshold(value), cancel);

    /// <summary>Gives a rule its own threshold back.</summary>
    public Task<AlertRuleView> ResetThreshold(string project, string app, string rule, CancellationToken cancel = default) =>
        SendFor<AlertRuleView>(HttpMethod.Delete, $"{RulePath(project, app, rule)}/threshold", null, cancel);

    /// <summary>The ways by which a project tells what happens; sorts by <c>name</c> and <c>createdAt</c>.</summary>
    public Task<Page<ChannelView>> Channels(string project, PageQuery? query = null, CancellationToken cancel = default) =>
        Get<Page<ChannelView>>($"{ChannelsPath(project)}{Query(query)}", cancel);

    /// <summary>Makes a channel.</summary>
    public Task<ChannelView> CreateChannel(string project, CreateChannel request, CancellationToken cancel = default) => Post<ChannelView>(ChannelsPath(project), request, cancel);

    /// <summary>Changes a channel.</summary>
    public Task<ChannelView> PatchChannel(string project, Guid channel, PatchChannel patch, CancellationToken cancel = default) =>
        SendFor<ChannelView>(HttpMethod.Patch, $"{ChannelsPath(project)}/{channel}", patch, cancel);

    /// <summary>Deletes a channel, and what it has not told yet.</summary>
    public Task DeleteChannel(string project, Guid channel, CancellationToken cancel = default) => Send(HttpMethod.Delete, $"{ChannelsPath(project)}/{channel}", null, cancel);

    /// <summary>Sends a test message, and says what the other side answered.</summary>
    public Task<ChannelTest> TestChannel(string project, Guid channel, CancellationToken cancel = default) => Post<ChannelTest>($"{ChannelsPath(project)}/{channel}/test", null, cancel);

    /// <summary>The messages in a state, newest first; sorts by <c>at</c>.</summary>
    public Task<Page<DeliveryView>> Deliveries(string project, DeliveryState state, PageQuery? query = null, CancellationToken cancel = default) =>
        Get<Page<DeliveryView>>($"{DeliveriesPath(project)}{Query(query ?? new())}&state={state.ToString().ToLowerInvariant()}", cancel);

    /// <summary>Has a message that was given up tried again.</summary>
    public Task<DeliveryView> RetryDelivery(string project, long delivery, CancellationToken cancel = default) =>
        Post<DeliveryView>($"{DeliveriesPath(project)}/{delivery}/retry", null, cancel);

    /// <summary>Throws away a message that was given up.</summary>
    public Task DeleteDelivery(string project, long delivery, CancellationToken cancel = default) => Send(HttpMethod.Delete, $"{DeliveriesPath(project)}/{delivery}", null, cancel);

    private static string Open(bool? open) => open is { } only ? $"&open={Flag(only)}" : "";

    private static string RulePath(string project, string app, string rule) => $"{Path(project, app)}/alert-rules/{Uri.EscapeDataString(rule)}";

    private static string ChannelsPath(string project) => $"{Path(project)}/notifications/channels";

    private static string DeliveriesPath(string project) => $"{Path(project)}/notifications/deliveries";
}
