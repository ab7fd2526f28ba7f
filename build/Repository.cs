namespace Crm.Build;

/// <summary>Where things are in this clone, from whatever folder a command was typed in.</summary>
internal static class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>The solution file.</summary>
    public static string Solution => Path.Combine(Root, "Crm.sln");

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Crm.sln"))) return folder.FullName;
        }

        throw new ToolFailureException($"{AppContext.BaseDirectory} is not inside a clone of this repository: no Crm.sln above it.");
    }
}
