using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Crm.Host.Settings;

/// <summary>Fills settings from the configuration and finds everything that is missing or wrong, not only the first thing.</summary>
internal sealed class SettingsReader(IConfiguration configuration, bool development)
{
    private readonly List<Finding> findings = [];

    public IReadOnlyList<Finding> Findings => findings;

    /// <summary>Fills a section; what is not set keeps its default.</summary>
    public T Fill<T>(T section, string path) where T : class
    {
        foreach (var setting in Setting.In(section.GetType(), path))
        {
            if (setting.IsSection) Fill(setting.Property.GetValue(section)!, setting.Key);
            // A variable that is set to nothing is how many tools say "not set".
            else if (configuration[setting.Key] is { Length: > 0 } text) Take(section, setting, text);
            else if (setting.Needed is { } needed && (development is false || !needed.OutsideDevelopmentOnly)) findings.Add(new(setting.Key, $"is missing: {needed.What}"));
        }

        return section;
    }

    private void Take(object section, Setting setting, string text)
    {
        if (Parse(text, setting.Type) is not { } value)
            findings.Add(new(setting.Key, $"is not {Form(setting.Type)}"));
        else if (setting.Property.GetCustomAttributes<ValidationAttribute>().FirstOrDefault(rule => !rule.IsValid(value)) is { } broken)
            findings.Add(new(setting.Key, broken is RangeAttribute range ? $"must be from {range.Minimum} to {range.Maximum}" : $"must be like {((RegularExpressionAttribute)broken).Pattern}"));
        else setting.Property.SetValue(section, value);
    }

    private static object? Parse(string text, Type type)
    {
        if (type == typeof(string)) return text;
        if (type == typeof(int)) return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (type == typeof(bool)) return bool.TryParse(text, out var choice) ? choice : null;
        if (type == typeof(double)) return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) ? share : null;
        // "30" would be thirty days.
        if (type == typeof(TimeSpan)) return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var time) ? time : null;
        if (type == typeof(Uri)) return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri : null;
        throw new NotSupportedException($"Settings of type {type} are not read.");
    }

    /// <summary>What a value of the type looks like.</summary>
    public static string Form(Type type) =>
        type == typeof(int) ? "a whole number"
        : type == typeof(bool) ? "true or false"
        : type == typeof(double) ? "a number"
        : type == typeof(TimeSpan) ? "a time like 00:00:30 (hours, minutes, seconds) or 7.00:00:00 (days before them)"
        : type == typeof(Uri) ? "an address like https://host.example"
        : "a text";
}
