using System.Xml.Linq;

namespace Crm.Build.Commands;

/// <summary>How the tests of all projects ended.</summary>
internal sealed record TestTally(int Passed, int Failed, int Skipped)
{
    /// <summary>Counts the results in every results file of the folder; there is one for each test project that ran.</summary>
    public static TestTally Read(string folder)
    {
        var outcomes = Directory.GetFiles(folder, "*.trx", SearchOption.AllDirectories)
            .SelectMany(file => XDocument.Load(file).Descendants())
            .Where(element => element.Name.LocalName == "UnitTestResult")
            .Select(result => result.Attribute("outcome")?.Value)
            .ToList();
        var passed = outcomes.Count(outcome => outcome == "Passed");
        var skipped = outcomes.Count(outcome => outcome == "NotExecuted");
        return new TestTally(passed, outcomes.Count - passed - skipped, skipped);
    }
}
