using System.Reflection;

namespace Crm.Host.Settings;

/// <summary>A setting without which the host does not start.</summary>
/// <param name="what">What it is, with an example; completes "is missing: …".</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NeededAttribute(string what) : Attribute
{
    public string What { get; } = what;

    public bool OutsideDevelopmentOnly { get; init; }
}

/// <summary>A property that no setting fills.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotASettingAttribute : Attribute;

/// <summary>Something about a setting that keeps the host from starting.</summary>
/// <param name="Key">The setting, e.g. <c>Crm:Database</c>.</param>
/// <param name="What">What is wrong and what would be right; never the value, which may hold a secret.</param>
internal sealed record Finding(string Key, string What);

/// <summary>One setting: its full key, and the property it fills.</summary>
internal sealed record Setting(string Key, PropertyInfo Property)
{
    /// <summary>The name of its environment variable.</summary>
    public string Variable => Key.Replace(":", "__", StringComparison.Ordinal);

    public NeededAttribute? Needed => Property.GetCustomAttribute<NeededAttribute>();

    /// <summary>The type of its value, without "or nothing".</summary>
    public Type Type => Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    /// <summary>True for a group of settings.</summary>
    public bool IsSection => Type.IsClass && Type.Assembly.GetName().Name!.StartsWith("Crm.", StringComparison.Ordinal);

    /// <summary>The settings of a section in the order they are written down.</summary>
    public static IEnumerable<Setting> In(Type section, string path) => section.GetProperties()
        .Where(p => p.CanWrite && !p.IsDefined(typeof(NotASettingAttribute)))
        .Select(p => new Setting($"{path}:{p.Name}", p));
}
