using System.Net;
using NodaTime;

namespace Crm.Build.Replay;

/// <summary>The database already holds later instants than the replay begins with: it needs an empty one.</summary>
internal sealed class NotEmptyException(string answer) : Exception(answer);

/// <summary>The host's test clock, which exists in Development only.</summary>
internal sealed class TestClock(CrmClient client)
{
    /// <summary>Events handled by the walks so far.</summary>
    public long Handled { get; private set; }

    /// <summary>Events parked when the clock was last set: there must be none.</summary>
    public long Parked { get; private set; }

    /// <summary>Returns when every clock due until <paramref name="now"/> has rung and every event has been handled.</summary>
    /// <exception cref="NotEmptyException">Something recorded is later than <paramref name="now"/>.</exception>
    /// <exception cref="InvalidDataException">The host cannot set the clock, as outside Development.</exception>
    public async Task SetAsync(Instant now, CancellationToken ct)
    {
        while (true)
        {
            var answer = await client.PostAsync("/dev/clock", new { now }, key: null, ct);
            switch (answer.Status)
            {
                case HttpStatusCode.OK:
                    var setting = answer.Read<ClockSetting>();
                    if (setting.Now != now) throw new InvalidDataException($"the clock was set to {Wire.Text(now)} and answered {answer}");
                    (Handled, Parked) = (Handled + setting.Handled, setting.Parked);
                    return;

                // A long way: it says how far it came, and walks on when asked again.
                case HttpStatusCode.GatewayTimeout:
                    continue;

                case HttpStatusCode.Conflict:
                    throw new NotEmptyException(answer.ToString());

                default:
                    throw new InvalidDataException($"the test clock cannot be set: {answer}");
            }
        }
    }
}
