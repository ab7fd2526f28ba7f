using System.Data;
using Crm.Organization.Calendar;
using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Notifications;
using Crm.Organization.Webhooks;
using Crm.Shared.Access;
using Crm.Shared.Time;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Crm.Organization.Access;

/// <summary>
/// Keeps this host's picture of the organization fresh: looks each second whether the directory's version has moved and reads it anew if so.
/// A change made on this host is read before its answer goes out; an unknown API key is looked up at once.
/// </summary>
internal sealed class DirectoryRefresh(
    DirectoryConnection connection, OrganizationDirectory directory, SubscribedEvents subscribed, IEnumerable<Permission> catalogue, ILogger<DirectoryRefresh> logger)
    : Rounds(TimeSpan.FromSeconds(1), "Reading the organization again", logger)
{
    private readonly SemaphoreSlim one = new(1, 1);
    private WorkingCalendar calendar = CompanyCalendar.After([]);
    private long version = -1;

    /// <summary>The newest access book this host has.</summary>
    public AccessBook Access { get; private set; } = new([], [], [], [], [], [], []);

    /// <summary>Who works here and holds which role, as of the same version.</summary>
    public Staffing Staffing { get; private set; } = new([], [], []);

    /// <summary>True once a first picture was read.</summary>
    public bool IsLoaded => version >= 0;

    /// <summary>Carries out a change of the directory and reads it before the answer goes out, so that it counts on this host from then on.</summary>
    public async Task<IResult> AfterAsync(Task<IResult> change, CancellationToken ct)
    {
        var answer = await change;
        await RefreshAsync(ct);
        return answer;
    }

    /// <summary>Reads the directory anew if it has changed.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await one.WaitAsync(ct);
        try
        {
            await using var db = connection.Open();
            var newest = await db.Set<DirectoryVersion>().Select(v => v.Version).SingleAsync(ct);
            if (newest == version) return;

            // One snapshot: roles and the people who hold them must come from the same moment.
            await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
            newest = await db.Set<DirectoryVersion>().Select(v => v.Version).SingleAsync(ct);
            var projects = await db.Projects.AsNoTracking().ToListAsync(ct);
            var areas = await db.Areas.AsNoTracking().ToListAsync(ct);
            var staff = await db.Staff.AsNoTracking().ToListAsync(ct);
            var overrides = await db.PolicyValues.AsNoTracking().ToListAsync(ct);
            var roles = await db.Roles.AsNoTracking().ToListAsync(ct);
            var assignments = await db.Assignments.AsNoTracking().ToListAsync(ct);
            var keys = await db.ApiKeys.AsNoTracking().ToListAsync(ct);
            var webhooks = await db.WebhooksIn(ProjectScope.All).Select(w => new { w.EventTypes, w.Project }).ToListAsync(ct);
            var corrections = await db.CorrectionsAsync(ct);
            // Seldom corrected, and not cheap to build: the one there is serves as long as nothing was.
            if (corrections.Count != directory.Current.CalendarVersion || version < 0) calendar = CompanyCalendar.After(corrections);

            var held = assignments.ToLookup(a => a.Staff);
            directory.Replace(new OrganizationSnapshot(
                [.. projects.Select(p => new Project(p.Code, p.Name, DateTimeZoneProviders.Tzdb[p.TimeZone], p.Pack, p.ServiceDesk, p.Company, p.Area, areas.SingleOrDefault(a => a.Code == p.Area)?.Manager))],
                [.. staff.Select(s => new StaffMember(s.Code, s.Name, s.Active) { Successor = s.Successor, Reach = AccessBook.ReachOf(held[s.Code], projects, areas) })],
                [.. overrides.Select(o => new PolicyOverride(o.Project, o.Name, o.Json, o.EffectiveFrom, o.Version))],
                calendar, corrections.Count));
            Access = new AccessBook(staff, roles, assignments, keys, projects, areas, [.. catalogue]);
            Staffing = new Staffing(staff, assignments, projects);
            subscribed.Replace(webhooks.SelectMany(w => w.EventTypes.Select(type => (type, w.Project))));
            version = newest;
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Reads the first picture before anything else on this host starts to work with it.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        directory.RefreshBy(RefreshAsync);
        await TryRoundAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task RoundAsync(CancellationToken ct) => RefreshAsync(ct);

    /// <summary>While the database is away, the last picture serves.</summary>
    protected override void AfterFailure() => connection.LetGo();
}
