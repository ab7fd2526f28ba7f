using System.Text.Json;
using Crm.Shared.Events;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using NodaTime.Text;

namespace Crm.Organization.Contracts;

/// <summary>ORG-11: somebody who is to be told.</summary>
/// <param name="Staff">A staff code, or any subject: one that is no member of staff, or has left, is nobody.</param>
/// <param name="Role">A role: whoever holds it in the project; where nobody does, whoever holds it in the whole company.</param>
public sealed record Audience(string? Staff, string? Role)
{
    /// <summary>One person; nobody when the subject is null.</summary>
    public static Audience Person(string? subject) => new(subject, Role: null);

    /// <summary>Whoever holds a role.</summary>
    public static Audience Holders(string role) => new(Staff: null, role);

    /// <summary>Whoever may do this in one of the projects.</summary>
    /// <param name="permission">The permission's name.</param>
    /// <param name="projects">The projects' codes; empty for any project.</param>
    public static Audience Permitted(string permission, IReadOnlyList<string> projects) => new(Staff: null, Role: null) { Permission = permission, Projects = projects };

    /// <summary>A permission: whoever holds it in one of the <see cref="Projects"/>.</summary>
    public string? Permission { get; private init; }

    /// <summary>The projects in which it is held; empty for any.</summary>
    public IReadOnlyList<string> Projects { get; private init; } = [];
}

/// <summary>ORG-02: the roles of the catalogue that modules address.</summary>
public static class StandardRoles
{
    /// <summary>区域经理: answers for an area's cases.</summary>
    public const string AreaManager = "areaManager";

    /// <summary>资产管理部负责人.</summary>
    public const string HeadOfAssetManagement = "headOfAssetManagement";

    /// <summary>物业主管: answers for a project's front desk and its shifts.</summary>
    public const string PropertySupervisor = "propertySupervisor";
}

/// <summary>What a notice is about.</summary>
/// <param name="Kind">The kind of record, e.g. "complaint".</param>
/// <param name="Id">The record.</param>
/// <param name="Project">Its project; null for the whole company.</param>
public sealed record NoticeSubject(string Kind, Guid Id, string? Project);

/// <summary>
/// ORG-11: one kind of notice: an event of which people are told. Owned by the module whose event it is; the organization finds the people,
/// keeps their inboxes, and knows nothing else of it.
/// </summary>
/// <param name="Name">The stable name, e.g. "complaints.clock-breached": preferences and policy refer to it.</param>
/// <param name="Rule">The rule that wants somebody told.</param>
/// <param name="Meaning">What it tells of, in general: what people choose their channels by.</param>
[NotPersonal("the name of a kind of notice", "Name")]
public abstract record NoticeKind(string Name, string Rule, Text Meaning)
{
    /// <summary>Heard also in quiet hours, unless the project's policy <c>notifications.urgent</c> says otherwise.</summary>
    public bool Urgent { get; init; }

    /// <summary>Sent by e-mail as well, unless the person chooses otherwise.</summary>
    public bool ByMail { get; init; }

    /// <summary>The sentence for these facts; what the kind means in general when they cannot be read any more.</summary>
    /// <param name="facts">The event as JSON.</param>
    /// <param name="zone">Instants are told in this zone.</param>
    public abstract Text Read(string facts, DateTimeZone zone);
}

/// <inheritdoc/>
/// <typeparam name="TEvent">The event: ids and facts, no personal data.</typeparam>
/// <param name="Name">The stable name.</param>
/// <param name="Rule">The rule that wants somebody told.</param>
/// <param name="Meaning">What it tells of, in general.</param>
/// <param name="About">The record it is about.</param>
/// <param name="To">Who is to be told. When that is nobody, the project's service desk is.</param>
/// <param name="Says">The sentence.</param>
public sealed record NoticeKind<TEvent>(
    string Name, string Rule, Text Meaning, Func<TEvent, NoticeSubject> About, Func<TEvent, IReadOnlyList<Audience>> To, Func<TEvent, DateTimeZone, Text> Says)
    : NoticeKind(Name, Rule, Meaning) where TEvent : IntegrationEvent
{
    /// <summary>Which of these events are worth telling; all of them unless said otherwise.</summary>
    public Func<TEvent, bool> When { get; init; } = _ => true;

    /// <inheritdoc/>
    public override Text Read(string facts, DateTimeZone zone)
    {
        try
        {
            return Says(JsonSerializer.Deserialize<TEvent>(facts, CrmJson.Options)!, zone);
        }
        catch (JsonException)
        {
            // Written by an earlier version, which knew the event in another form.
            return Meaning;
        }
    }
}

/// <summary>How the organization hears of another module's event.</summary>
/// <typeparam name="TEvent">The event.</typeparam>
public abstract class Hearing<TEvent> : Reaction<TEvent> where TEvent : IntegrationEvent;

/// <summary>What modules register of their events.</summary>
public static class HeardEvents
{
    /// <summary>The organization, as a consumer of events.</summary>
    public const string Consumer = "organization";

    /// <summary>Makes an event one of which people are told.</summary>
    public static IServiceCollection AddNotice<TEvent>(this IServiceCollection services, NoticeKind<TEvent> kind) where TEvent : IntegrationEvent => services
        .AddSingleton<NoticeKind>(kind)
        .AddSingleton(new EventRoute(Consumer, typeof(TEvent).Name, typeof(Hearing<TEvent>)) { Wants = happened => kind.When((TEvent)happened) });
}

/// <summary>Instants in sentences.</summary>
public static class Spoken
{
    private static readonly LocalDateTimePattern Minute = LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd HH':'mm");

    /// <summary>To the minute, as a clock on the wall of this zone shows it.</summary>
    public static string In(this Instant instant, DateTimeZone zone) => Minute.Format(instant.InZone(zone).LocalDateTime);
}
