using Crm.Organization.Contracts;
using Crm.Shared.Failures;

namespace Crm.Organization.Notifications;

/// <summary>ORG-11: the numbers and choices that notifications go by.</summary>
internal sealed class NotificationPolicies(IEnumerable<NoticeKind> kinds)
{
    /// <summary>The kinds of notice that are heard in quiet hours too; by default those their modules call urgent.</summary>
    public Policy<string[]> Urgent { get; } = Of([.. kinds]);

    private static Policy<string[]> Of(NoticeKind[] kinds)
    {
        var known = kinds.Select(k => k.Name).ToHashSet();
        return new Policy<string[]>("notifications.urgent", "ORG-11", new Text("The kinds of notice that do not wait for the end of quiet hours.", "免打扰时段内仍即时提醒的通知种类。"),
            Default: [.. kinds.Where(k => k.Urgent).Select(k => k.Name).Order(StringComparer.Ordinal)],
            IsSensible: names => names.All(known.Contains) && names.Distinct().Count() == names.Length);
    }
}
