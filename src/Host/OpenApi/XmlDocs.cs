using System.Collections.Concurrent;
using System.Xml.Linq;

namespace Crm.Host.OpenApi;

/// <summary>The <c>param</c> texts of records, for query parameters that Swashbuckle does not see itself.</summary>
internal static class XmlDocs
{
    private static readonly ConcurrentDictionary<string, XDocument?> Documents = new();

    public static string? OfParameter(Type type, string parameter)
    {
        var document = Documents.GetOrAdd(type.Assembly.GetName().Name!, name =>
            Path.Combine(AppContext.BaseDirectory, name + ".xml") is var path && File.Exists(path) ? XDocument.Load(path) : null);
        var member = document?.Descendants("member").FirstOrDefault(m => (string?)m.Attribute("name") == "T:" + type.FullName!.Replace('+', '.'));
        var text = member?.Elements("param").FirstOrDefault(p => (string?)p.Attribute("name") == parameter)?.Value;
        return text?.Trim();
    }
}
