namespace Slipway.Web.Components.Controls;

/// <summary>What can be done to an app from a row or from its page.</summary>
public enum AppAction
{
    /// <summary>Fresh replicas.</summary>
    Restart,

    /// <summary>No replicas.</summary>
    Stop,

    /// <summary>Replicas again.</summary>
    Start,

    /// <summary>No app.</summary>
    Delete,
}
