namespace Slipway.Api.Apps.Observing;

/// <summary>Up to where a log was read, so that reading on from about there repeats nothing and leaves nothing out.</summary>
internal sealed class LogPosition
{
    private int atSameTime, toPassOver;
    private bool resuming;

    /// <summary>The time of the newest line.</summary>
    public DateTimeOffset? At { get; private set; }

    /// <summary>Says that a new stream begins, which may repeat lines up to <see cref="At"/>.</summary>
    public void Resume() => (resuming, toPassOver) = (true, atSameTime);

    /// <summary>Whether the line is new.</summary>
    public bool Pass(DateTimeOffset? at)
    {
        if (at is not { } moment)
        {
            return true;
        }

        if (At is not { } last || moment > last)
        {
            (At, atSameTime, resuming) = (moment, 1, false);
            return true;
        }

        // Within one stream nothing repeats: the machine's clock was set back.
        if (!resuming)
        {
            atSameTime += moment == last ? 1 : 0;
            return true;
        }

        if (moment < last || toPassOver-- > 0)
        {
            return false;
        }

        atSameTime++;
        return true;
    }
}
