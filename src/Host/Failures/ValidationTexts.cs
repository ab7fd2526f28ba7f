using System.Globalization;
using Crm.Shared.Failures;
using FluentValidation.Resources;

namespace Crm.Host.Failures;

/// <summary>The validation library's own texts. It keeps the Chinese ones under zh-Hans, which without ICU is no parent of zh-CN.</summary>
internal sealed class ValidationTexts : LanguageManager
{
    private static readonly CultureInfo English = new("en");
    private static readonly CultureInfo Chinese = new SimplifiedChinese();

    public override string GetString(string key, CultureInfo? culture = null) => base.GetString(key, Text.InChinese ? Chinese : English);

    /// <summary>Without ICU the framework would spell the name zh-HANS, which the library does not know.</summary>
    private sealed class SimplifiedChinese() : CultureInfo("zh")
    {
        public override string Name => "zh-Hans";
    }
}
