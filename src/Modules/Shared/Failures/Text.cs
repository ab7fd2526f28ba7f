using System.Globalization;

namespace Crm.Shared.Failures;

/// <summary>One sentence for people, in both languages the system speaks. Which one is shown follows Accept-Language.</summary>
/// <param name="En">The English sentence.</param>
/// <param name="Zh">The same sentence in Simplified Chinese.</param>
public sealed record Text(string En, string Zh)
{
    /// <summary>The sentence in the language of the current request; English where neither was asked for.</summary>
    public string Localized => InChinese ? Zh : En;

    /// <summary>True when the current request asked for Chinese. By name: without ICU a culture knows nothing else about itself.</summary>
    public static bool InChinese => CultureInfo.CurrentUICulture.Name.StartsWith("zh", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override string ToString() => Localized;
}
