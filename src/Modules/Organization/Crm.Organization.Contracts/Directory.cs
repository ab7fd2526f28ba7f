using System.Collections.Frozen;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Contracts;

/// <summary>ORG-01: a development or estate; the unit of data scope.</summary>
/// <param name="Code">The stable code, used everywhere as the project's identity.</param>
/// <param name="Name">The name people know it by.</param>
/// <param name="Zone">Dates, periods and calling hours of the project are in this zone.</param>
/// <param name="Pack">The policy pack its numbers come from.</param>
/// <param name="ServiceDesk">The member of staff who gets what belongs to nobody else.</param>
/// <param name="Company">The company it belongs to.</param>
/// <param name="Area">The area it lies in; null for none.</param>
/// <param name="AreaManager">The member of staff who manages that area.</param>
[NotPersonal("the name of a place", "Name")]
public sealed record Project(string Code, string Name, DateTimeZone Zone, string Pack, string ServiceDesk, string Company, string? Area = null, string? AreaManager = null);

/// <summary>ORG-02: somebody who works here.</summary>
/// <param name="Code">The stable staff code; written into histories, so never reused.</param>
/// <param name="Name">The person's name.</param>
/// <param name="Active">False for somebody who has left.</param>
public sealed record StaffMember(string Code, [property: Personal(Datum.StaffName, Guard.InScope)] string Name, bool Active)
{
    /// <summary>ORG-03: who took over what they held, once they have left.</summary>
    public string? Successor { get; init; }

    /// <summary>ORG-03: the projects in which they hold any role.</summary>
    public ProjectScope Reach { get; init; } = ProjectScope.None;
}

/// <summary>A project's own value of a policy.</summary>
/// <param name="Project">The project's code.</param>
/// <param name="Name">The policy's name.</param>
/// <param name="Json">The value.</param>
/// <param name="EffectiveFrom">It counts from this instant on.</param>
/// <param name="Version">Which of the project's values of this policy it is, from 1.</param>
[NotPersonal("a number of the rules", "Name", "Json")]
public sealed record PolicyOverride(string Project, string Name, string Json, Instant EffectiveFrom, int Version);

/// <summary>The organization as of one version: immutable, so a use case sees one picture from beginning to end.</summary>
public sealed class OrganizationSnapshot(
    IReadOnlyCollection<Project> projects, IReadOnlyCollection<StaffMember> staff, IReadOnlyCollection<PolicyOverride> overrides, WorkingCalendar calendar, int calendarVersion = 0)
{
    private readonly (IReadOnlyCollection<Project> Projects, IReadOnlyCollection<StaffMember> Staff, IReadOnlyCollection<PolicyOverride> Overrides) rows = (projects, staff, overrides);
    private readonly FrozenDictionary<string, Project> projects = projects.ToFrozenDictionary(p => p.Code);
    private readonly FrozenDictionary<string, StaffMember> staff = staff.ToFrozenDictionary(s => s.Code);
    private readonly ILookup<(string, string), PolicyOverride> overrides = overrides.ToLookup(o => (o.Project, o.Name));

    /// <summary>ORG-07: working days, holidays and make-up days.</summary>
    public WorkingCalendar Calendar { get; } = calendar;

    /// <summary>How often the calendar was corrected.</summary>
    public int CalendarVersion { get; } = calendarVersion;

    /// <summary>All projects.</summary>
    public IEnumerable<Project> Projects => projects.Values;

    /// <summary>The project of this code; null when there is none.</summary>
    public Project? FindProject(string code) => projects.GetValueOrDefault(code);

    /// <summary>The project a request names in its field <c>project</c>, where the caller may see it.</summary>
    /// <exception cref="NotFound">Missing, or outside the scope.</exception>
    public Project ProjectIn(ProjectScope scope, string code) =>
        (scope.Includes(code) ? FindProject(code) : null) ?? throw new NotFound("project", "项目", field: "project");

    /// <summary>The scope a list is read in: of the one project its filter names, else the whole of <paramref name="scope"/>.</summary>
    /// <exception cref="NotFound">The project is missing, or outside the scope.</exception>
    public ProjectScope Narrow(ProjectScope scope, string? project) => project is null ? scope : ProjectScope.Of([ProjectIn(scope, project).Code]);

    /// <summary>The member of staff with this code, active or not; null when there never was one.</summary>
    public StaffMember? FindStaff(string code) => staff.GetValueOrDefault(code);

    /// <summary>ORG-03: the codes of those who have left: nothing may stay with them.</summary>
    public IReadOnlyList<string> Leavers { get; } = [.. staff.Where(s => !s.Active).Select(s => s.Code)];

    /// <summary>
    /// ORG-03: who has to do from now on what somebody who left held in a project: their successor, or the successor's successor where that one
    /// has left too. Whose roles do not reach the project is passed over, and in the end there is always the service desk.
    /// </summary>
    public string HeirOf(string leaver, Project project)
    {
        for (var next = FindStaff(leaver)?.Successor; next is not null; next = FindStaff(next)?.Successor)
            if (FindStaff(next) is { Active: true } heir && heir.Reach.Includes(project.Code)) return heir.Code;
        return project.ServiceDesk;
    }

    /// <summary>ORG-08: the value of a policy for a project at an instant: the project's latest effective one, else its pack's default.</summary>
    public PolicyReading<T> Read<T>(Policy<T> policy, Project project, Instant at)
    {
        var own = overrides[(project.Code, policy.Name)].Where(o => o.EffectiveFrom <= at)
            .OrderByDescending(o => o.EffectiveFrom).ThenByDescending(o => o.Version).FirstOrDefault();
        return own is null
            ? new PolicyReading<T>(policy.Name, policy.DefaultIn(project.Pack), Version: 0)
            : new PolicyReading<T>(policy.Name, policy.Parse(own.Json), own.Version);
    }

    /// <summary>ORG-07, ORG-08: what a limit comes to in a project, around the clock, for what begins at <paramref name="start"/>.</summary>
    /// <param name="limit">The time given.</param>
    /// <param name="project">Where: its zone and its working hours.</param>
    /// <param name="start">When the time begins to run.</param>
    /// <param name="at">The instant at which the working hours are looked up.</param>
    public CalendarAnswer<Duration> Give(TimeLimit limit, Project project, Instant start, Instant at)
    {
        var due = limit.DueFrom(start, project.Zone, Calendar, HoursFor(limit, project, at));
        return new(due.Value - start, due.IsProvisional);
    }

    /// <summary>CMP-29: of a time that ran before and goes on at <paramref name="now"/>: when it would have begun, had it run without a break.</summary>
    /// <param name="limit">The time given.</param>
    /// <param name="project">Where: its zone and its working hours.</param>
    /// <param name="now">When it goes on.</param>
    /// <param name="ran">When it ran before.</param>
    /// <param name="at">The instant at which the working hours are looked up.</param>
    public Instant AsIfBegun(TimeLimit limit, Project project, Instant now, IReadOnlyList<Interval> ran, Instant at) =>
        limit.AsIfBegun(now, ran, project.Zone, Calendar, HoursFor(limit, project, at));

    private WorkingHours HoursFor(TimeLimit limit, Project project, Instant at) =>
        limit.IsWorkingTime ? Read(OrganizationPolicies.WorkingHours, project, at).Value : OrganizationPolicies.WorkingHours.Default;

    /// <summary>The picture with one more policy value in it.</summary>
    public OrganizationSnapshot With(PolicyOverride value) => new(rows.Projects, rows.Staff, [.. rows.Overrides, value], Calendar, CalendarVersion);

    /// <summary>The picture with another calendar.</summary>
    public OrganizationSnapshot With(WorkingCalendar other, int version) => new(rows.Projects, rows.Staff, rows.Overrides, other, version);

    /// <summary>The project's own value that counts at an instant; null when the pack's default does.</summary>
    public PolicyOverride? FindOverride(string policy, string project, Instant at) =>
        overrides[(project, policy)].Where(o => o.EffectiveFrom <= at).OrderByDescending(o => o.EffectiveFrom).ThenByDescending(o => o.Version).FirstOrDefault();

    /// <summary>The highest version of a project's values of a policy; 0 when it has none.</summary>
    public int LastVersion(string policy, string project) => overrides[(project, policy)].Select(o => o.Version).DefaultIfEmpty(0).Max();
}

/// <summary>Where every module finds the organization: in memory, without a query, at most a second behind other hosts.</summary>
public sealed class OrganizationDirectory
{
    private volatile OrganizationSnapshot current = new([], [], [], new WorkingCalendar([], []));
    private Func<CancellationToken, Task> refresh = _ => Task.CompletedTask;

    /// <summary>The newest picture this host has.</summary>
    public OrganizationSnapshot Current => current;

    /// <summary>Reads a newer picture if there is one: for who has just heard of a change that this host may not know yet.</summary>
    public Task RefreshAsync(CancellationToken ct) => refresh(ct);

    /// <summary>Called by the Organization module once, to say how.</summary>
    public void RefreshBy(Func<CancellationToken, Task> way) => refresh = way;

    /// <summary>Called by the Organization module when it has read a newer one.</summary>
    public void Replace(OrganizationSnapshot snapshot) => current = snapshot;
}
