using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty.Features;

/// <param name="Project">The project's code.</param>
/// <param name="Week">The ISO week, such as 2026-W10; this week when absent.</param>
internal sealed record SumUpProblemsQuery(string Project, string? Week = null);

internal sealed record SumUpProblems(ProjectScope Scope, SumUpProblemsQuery Query) : IRequest<ProblemWeek>;

/// <param name="Staff">The staff code.</param>
/// <param name="Entries">How many entries they wrote.</param>
/// <param name="NeedingHelp">In how many they need help.</param>
internal sealed record ProblemShare(string Staff, int Entries, int NeedingHelp);

/// <param name="Project">The project's code.</param>
/// <param name="Week">The ISO week.</param>
/// <param name="From">Its first instant, in the project's zone.</param>
/// <param name="Until">The first instant of the next week.</param>
/// <param name="Entries">How many entries there are.</param>
/// <param name="NeedingHelp">In how many help is needed.</param>
/// <param name="People">Of whom, by staff code.</param>
/// <param name="Items">The first 200 entries, oldest first; the rest is in the list, from and until the same instants.</param>
internal sealed record ProblemWeek(string Project, string Week, Instant From, Instant Until, int Entries, int NeedingHelp, IReadOnlyList<ProblemShare> People, IReadOnlyList<ProblemItem> Items);

/// <summary>ORG-05: a week's problem logs, summed up.</summary>
internal sealed class SumUpProblemsHandler(OrganizationDb db, OrganizationDirectory directory, KeyRing keys, IClock clock) : IRequestHandler<SumUpProblems, ProblemWeek>
{
    public async Task<ProblemWeek> Handle(SumUpProblems request, CancellationToken cancellationToken)
    {
        var (scope, q) = request;
        var project = directory.Current.ProjectIn(scope, q.Project);
        var week = q.Week is null ? IsoWeek.Of(clock.GetCurrentInstant().InZone(project.Zone).Date)
            : IsoWeek.Read(q.Week) ?? throw Malformed.Field("week", new Text("must be an ISO week such as 2026-W10", "应为 ISO 周，如 2026-W10"));
        var time = week.In(project.Zone);
        var (from, until) = (time.Start, time.End);
        var entries = db.Set<ProblemEntry>().AsNoTracking().Where(e => e.Project == project.Code && e.At >= from && e.At < until);
        var people = (await entries.GroupBy(e => e.Staff).Select(g => new { g.Key, All = g.Count(), Help = g.Count(e => e.NeedsHelp) }).ToListAsync(cancellationToken)).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
        var items = await entries.OrderBy(e => e.At).ThenBy(e => e.Id).Take(Paging.MaxLimit).ToListAsync(cancellationToken);
        return new(
            project.Code, week.ToString(), from, until, people.Sum(p => p.All), people.Sum(p => p.Help), [.. people.Select(p => new ProblemShare(p.Key, p.All, p.Help))], [.. items.Select(e => ProblemItem.Of(e, keys))]);
    }
}

internal static class SumUpProblemsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/problem-log/summary", (Query<SumUpProblemsQuery> query, Call call) => call.Ask(new SumUpProblems(call.Scope, query.Value)))
        .Tells<ProblemWeek>("sumUpProblems", "Sum up a week's problems", "Of a project in an ISO week, Monday to Sunday in the project's zone: how many, of whom, in how many help is needed, and the entries.", rules: HandoverRule.Rule)
        .Requires(DutyPermissions.Decide);
}
