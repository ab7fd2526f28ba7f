using NodaTime;

namespace Crm.Organization.Contracts;

/// <summary>The zone of what belongs to no project: the group works in China, which has one.</summary>
public static class GroupZone
{
    /// <summary>Asia/Shanghai, the zone a project has unless it says otherwise.</summary>
    public static DateTimeZone Zone { get; } = DateTimeZoneProviders.Tzdb["Asia/Shanghai"];
}
