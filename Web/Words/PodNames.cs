namespace Slipway.Web.Words;

/// <summary>Names of pods without what they all begin with.</summary>
static class PodNames
{
    /// <summary><c>shop-6d5f7c8b9-x2x7q</c> of the app <c>shop</c> is <c>6d5f7c8b9-x2x7q</c>.</summary>
    public static string Short(string app, string pod) =>
        pod.Length > app.Length + 1 && pod.StartsWith(app, StringComparison.Ordinal) && pod[app.Length] == '-' ? pod[(app.Length + 1)..] : pod;
}
