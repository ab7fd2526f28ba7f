using System.Globalization;
using System.Xml.Linq;

namespace Crm.Build.Commands;

/// <summary>How the tests of all projects ended.</summary>
/// <param name="Passed">So many did what they should.</param>
/// <param name="Failed">So many did not.</param>
/// <param name="Skipped">So many were not run.</param>
/// <param name="Slowest">The classes that took longest, all their tests together.</param>
internal sealed record TestTally(int Passed, int Failed, int Skipped, IReadOnlyList<(string Class, int Tests, TimeSpan Took)> Slowest)
{
    private const int Named = 10;

    /// <summary>Counts the results in every results file of the folder; there is one for each test project that ran.</summary>
    public static TestTally Read(string folder)
    {
        var results = Directory.GetFiles(folder, "*.trx", SearchOption.AllDirectories)
            .SelectMany(file => XDocument.Load(file).Descendants())
            .Where(element => element.Name.LocalName == "UnitTestResult")
            .ToList();
        var outcomes = results.ConvertAll(result => result.Attribute("outcome")?.Value);
        var passed = outcomes.Count(outcome => outcome == "Passed");
        var skipped = outcomes.Count(outcome => outcome == "NotExecuted");
        var classes = results.GroupBy(ClassOf).Select(c => (c.Key, c.Count(), c.Aggregate(TimeSpan.Zero, (took, result) => took + TookOf(result))));
        return new TestTally(passed, outcomes.Count - passed - skipped, skipped, [.. classes.OrderByDescending(c => c.Item3).Take(Named)]);
    }

    private static string ClassOf(XElement result)
    {
        var method = result.Attribute("testName")!.Value.Split('(')[0];
        return method[..Math.Max(0, method.LastIndexOf('.'))];
    }

    private static TimeSpan TookOf(XElement result) => TimeSpan.TryParse(result.Attribute("duration")?.Value, CultureInfo.InvariantCulture, out var took) ? took : TimeSpan.Zero;
}
