using NodaTime;

namespace Crm.Organization.Agents;

/// <summary>ORG-06: what can happen to a call at an agent.</summary>
internal enum CallEventKind
{
    /// <summary>The agent took it.</summary>
    Answered,

    /// <summary>It rang at the agent, who did not take it.</summary>
    Missed,

    /// <summary>The agent's part of it was over.</summary>
    Ended,
}

/// <summary>
/// ORG-06: one fact that the call-centre software reports of a call. Append-only; the whole fact is the key, so that one that is reported again
/// adds nothing, and none takes another's place: what is counted depends on the facts, never on their order.
/// </summary>
internal sealed record CallEvent
{
    /// <summary>The software that reports.</summary>
    public required string System { get; init; }

    /// <summary>Its own id of the call.</summary>
    public required string Call { get; init; }

    /// <summary>The agent.</summary>
    public required string Staff { get; init; }

    public required CallEventKind Kind { get; init; }

    public required Instant At { get; init; }
}

/// <summary>ORG-06: an agent's calls within a stretch of time.</summary>
/// <param name="Handled">Calls the agent took.</param>
/// <param name="Missed">Calls that rang at the agent, who never took them.</param>
/// <param name="Talked">How long the calls that were taken lasted, as far as their end is known.</param>
internal sealed record CallCount(int Handled, int Missed, Duration Talked)
{
    /// <summary>
    /// Counts facts about one agent. A call that was taken belongs to the instant at which it was first taken, with all of its talk, one that
    /// never was to the instant at which it was first missed. A call is one, however often it was transferred back.
    /// </summary>
    /// <param name="facts">In any order. All that is known of each call that has a fact within the stretch.</param>
    /// <param name="within">The stretch: its end lies outside.</param>
    public static CallCount Of(IEnumerable<CallEvent> facts, Interval within)
    {
        var (handled, missed, talked) = (0, 0, Duration.Zero);
        foreach (var call in facts.GroupBy(f => (f.System, f.Call)))
        {
            if (First(call, CallEventKind.Answered) is { } taken)
            {
                if (!within.Contains(taken)) continue;
                handled++;
                if (call.Where(f => f.Kind == CallEventKind.Ended).Select(f => (Instant?)f.At).Max() is { } ended && ended > taken) talked += ended - taken;
            }
            else if (First(call, CallEventKind.Missed) is { } rang && within.Contains(rang))
            {
                missed++;
            }
        }

        return new(handled, missed, talked);
    }

    private static Instant? First(IEnumerable<CallEvent> facts, CallEventKind kind) => facts.Where(f => f.Kind == kind).Select(f => (Instant?)f.At).Min();
}
