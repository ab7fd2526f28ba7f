using Shouldly;

namespace Crm.ApiTests.Infrastructure;

/// <summary>Texts made from the code and committed beside it, so that a change of either is seen by whoever reviews it.</summary>
public static class CommittedText
{
    /// <summary>Set to 1 to accept the present texts as the ones to keep.</summary>
    private const string Accept = "CRM_ACCEPT";

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>Insists that the text is the one in this file of the repository.</summary>
    public static async Task IsAsync(string text, params string[] path)
    {
        var (file, ct) = (Path.Combine([Root, .. path]), TestContext.Current.CancellationToken);
        var shown = text.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
        if (Environment.GetEnvironmentVariable(Accept) == "1") await File.WriteAllTextAsync(file, shown, ct);
        File.Exists(file).ShouldBeTrue($"run the tests once with {Accept}=1");
        shown.ShouldBe((await File.ReadAllTextAsync(file, ct)).ReplaceLineEndings("\n"),
            $"{string.Join('/', path)} is made from the code, which has changed: run the tests with {Accept}=1, and look at the difference before committing it");
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Crm.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside a clone of the repository.");
        return folder.FullName;
    }
}
