using Crm.Shared.Failures;
using NodaTime;

namespace Crm.Organization.Duty;

/// <summary>ORG-05: which shift follows which, and when silence is told.</summary>
internal static class HandoverRule
{
    /// <summary>The rule all of this belongs to.</summary>
    public const string Rule = "ORG-05";

    /// <summary>
    /// The shift that takes over: of those that last longer, the first to begin after the middle of this one. So a shift that runs beside it
    /// for most of the time is not the next one, and one that begins a little before this one's end is.
    /// </summary>
    public static T? Following<T>(Interval shift, IEnumerable<T> others, Func<T, Interval> hours) where T : class
    {
        var middle = shift.Start + shift.Duration / 2;
        return others.Where(o => hours(o).Start >= middle && hours(o).End > shift.End).OrderBy(o => hours(o).Start).ThenBy(o => hours(o).End).FirstOrDefault();
    }

    /// <summary>When it is told that nobody has confirmed a note: so long after the next shift has begun, or, when the note came later than that, after it was written.</summary>
    /// <param name="shift">The shift the note comes from.</param>
    /// <param name="following">The one that takes over; null when none is known: then it counts from the end of this one.</param>
    /// <param name="written">When it was written.</param>
    /// <param name="patience">How long.</param>
    public static Instant AlertAt(Interval shift, Interval? following, Instant written, Duration patience) => Instant.Max(following?.Start ?? shift.End, written) + patience;

    /// <summary>A refusal under this rule.</summary>
    public static BrokenRule Broken(string en, string zh) => new(Rule, new Text(en, zh));
}
