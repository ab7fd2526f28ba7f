using System.Numerics;
using Crm.Organization.Contracts;

namespace Crm.Organization.Appraisals;

/// <summary>ORG-14: points of 100, exact: a fraction, since 2 of 3 is no decimal number.</summary>
/// <param name="Numerator">Not negative.</param>
/// <param name="Denominator">Positive.</param>
internal readonly record struct Points(BigInteger Numerator, BigInteger Denominator)
{
    private const int Best = 100;
    private const int Hundredths = 100;

    /// <summary>Points that somebody gave by hand.</summary>
    public static Points Given(int points) => new(points, 1);

    /// <summary>What a figure comes to; null where there was nothing to measure.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="form">How it is read.</param>
    /// <param name="target">The count that is worth 100 points, positive; only of a count.</param>
    public static Points? Of(Figure figure, FigureForm form, int? target) => form switch
    {
        FigureForm.Share => figure.Of == 0 ? null : new(Best * (BigInteger)figure.Count, figure.Of),
        FigureForm.Count => figure.Count >= target ? Given(Best) : new(Best * (BigInteger)figure.Count, target!.Value),
        _ => Given((int)Math.Max(0, Best - figure.Count)),
    };

    /// <summary>To two decimals, half up: 89.995 is 90.00.</summary>
    public decimal Rounded => (decimal)((2 * Hundredths * Numerator + Denominator) / (2 * Denominator)) / Hundredths;

    /// <summary>
    /// The weighted mean: what a whole form comes to. A criterion without points is left out, and its weight with it. Rounded is only what comes
    /// out, never what goes in.
    /// </summary>
    /// <returns>Null when no criterion has points.</returns>
    public static Points? Mean(IEnumerable<(int Weight, Points? Points)> criteria)
    {
        var (sum, weights) = (new Points(0, 1), BigInteger.Zero);
        foreach (var (weight, points) in criteria)
        {
            if (points is not var (n, d)) continue;
            sum = new(sum.Numerator * d + weight * n * sum.Denominator, sum.Denominator * d);
            weights += weight;
        }

        return weights.IsZero ? null : new Points(sum.Numerator, sum.Denominator * weights);
    }
}
