using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text;
using System.Xml.Linq;
using Crm.Host.Settings;

namespace Crm.ApiTests.Operations;

/// <summary>The page of all settings, made from the settings themselves: names, defaults and limits by reflection, meanings from their documentation.</summary>
internal static class ConfigurationReference
{
    private const string Preface = """
        # Configuration

        <!-- Made from the code (src/Host/Settings and what it refers to): change it there, and run the tests with CRM_ACCEPT=1. -->

        Every setting can be given as an environment variable, in `appsettings.json` in the working directory (section `Crm`), or on the command
        line (`--Crm:PoolLimit 10`); the later of these wins over the earlier: file, variable, command line. A variable set to nothing counts as
        not set. Times are `hh:mm:ss`, with days before them as in `7.00:00:00`. A host that lacks something, or is given something that cannot be
        right, names all of it on the error stream and ends with exit code 78. Settings are read at start.

        """;

    private const string Others = """

        ## Not ours, but used
        | variable | meaning |
        |---|---|
        | `ASPNETCORE_ENVIRONMENT` | `Production` when absent. `Development` has `/dev` (tokens for anybody, a clock that can be set), makes missing keys, and is for no installation that others can reach |
        | `ASPNETCORE_URLS`, or `--urls` | where the host listens, e.g. `http://127.0.0.1:5080`; `http://localhost:5000` when absent |
        | `CRM_MIGRATION_DATABASE` | for the console commands (`migrate`, `administrator`, `project`, `compact`, `verify-audit`, `keys`): the connection string of the role that owns the database's schemas. No host is given it |
        """;

    public static string Write()
    {
        var page = new StringBuilder(Preface);
        WriteSection(page, new CrmSettings(), "Crm", title: "Crm");
        return page.Append(Others).ToString().ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
    }

    private static void WriteSection(StringBuilder page, object section, string path, string title)
    {
        page.Append($"\n## {title}\n");
        if (path != "Crm") page.Append($"{SummaryOf(section.GetType())}\n\n");
        page.Append("| setting | environment variable | default | meaning |\n|---|---|---|---|\n");
        var settings = Setting.In(section.GetType(), path).ToArray();
        foreach (var setting in settings.Where(s => !s.IsSection))
            page.Append($"| `{setting.Key}` | `{setting.Variable}` | {Default(setting, section)} | {SummaryOf(setting.Property)}{Limits(setting.Property)} |\n");
        foreach (var setting in settings.Where(s => s.IsSection)) WriteSection(page, setting.Property.GetValue(section)!, setting.Key, setting.Key);
    }

    private static string Default(Setting setting, object section) => setting.Needed switch
    {
        { OutsideDevelopmentOnly: true } => "needed outside Development",
        not null => "needed",
        null => setting.Property.GetValue(section) switch
        {
            null or "" => "–",
            TimeSpan time => $"`{time:c}`",
            bool choice => choice ? "`true`" : "`false`",
            var value => $"`{value}`",
        },
    };

    private static string Limits(PropertyInfo property) => property.GetCustomAttribute<RangeAttribute>() is { } range ? $" From {range.Minimum} to {range.Maximum}." : "";

    private static string SummaryOf(Type type) => SummaryOf(type.Assembly, $"T:{type.FullName}");

    private static string SummaryOf(PropertyInfo property) => SummaryOf(property.DeclaringType!.Assembly, $"P:{property.DeclaringType.FullName}.{property.Name}");

    private static string SummaryOf(Assembly assembly, string member)
    {
        var summary = XDocument.Load(Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml")).Descendants("member")
            .SingleOrDefault(m => (string?)m.Attribute("name") == member)?.Element("summary") ?? throw new InvalidOperationException($"{member} is not documented.");
        var words = string.Concat(summary.Nodes().Select(node => node is XElement code ? $"`{code.Value}`" : node.ToString()));
        return string.Join(' ', words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace("|", "\\|", StringComparison.Ordinal);
    }
}
