using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty.Features;

/// <param name="Project">Only of this project.</param>
/// <param name="Staff">Only of this member of staff.</param>
/// <param name="From">Only from this instant on.</param>
/// <param name="Until">Only before this instant.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListProblemsQuery(string? Project = null, string? Staff = null, Instant? From = null, Instant? Until = null, int? Limit = null, string? Cursor = null);

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListMyProblemsQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListProblems(ProjectScope Scope, ListProblemsQuery Query) : IRequest<Page<ProblemItem>>;

internal sealed record ListMyProblems(string Staff, ListMyProblemsQuery Query) : IRequest<Page<ProblemItem>>;

/// <param name="Id">The entry.</param>
/// <param name="Project">The project it is about.</param>
/// <param name="Staff">Whose it is.</param>
/// <param name="At">When it was written.</param>
/// <param name="Problem">What was wrong.</param>
/// <param name="Cause">Why.</param>
/// <param name="Solution">What was done, or could be.</param>
/// <param name="HelpNeeded">The help they need; null for none.</param>
internal sealed record ProblemItem(Guid Id, string Project, string Staff, Instant At, [property: Personal(Datum.ShiftWords, Guard.InScope)] string Problem, [property: Personal(Datum.ShiftWords, Guard.InScope)] string Cause, [property: Personal(Datum.ShiftWords, Guard.InScope)] string Solution, [property: Personal(Datum.ShiftWords, Guard.InScope)] string? HelpNeeded)
{
    public static ProblemItem Of(ProblemEntry entry, KeyRing keys)
    {
        var (problem, cause, solution, help) = entry.Read(keys);
        return new(entry.Id, entry.Project, entry.Staff, entry.At, problem, cause, solution, help);
    }
}

/// <summary>ORG-05: entries of problem logs, oldest first.</summary>
internal sealed class ListProblemsHandler(OrganizationDb db, OrganizationDirectory directory, KeyRing keys) : IRequestHandler<ListProblems, Page<ProblemItem>>, IRequestHandler<ListMyProblems, Page<ProblemItem>>
{
    public Task<Page<ProblemItem>> Handle(ListProblems request, CancellationToken cancellationToken)
    {
        var (scope, q) = request;
        var entries = db.ProblemsIn(directory.Current.Narrow(scope, q.Project));
        if (q.Staff is { } staff) entries = entries.Where(e => e.Staff == staff);
        if (q.From is { } from) entries = entries.Where(e => e.At >= from);
        if (q.Until is { } until) entries = entries.Where(e => e.At < until);
        return ListAsync(entries, q.Limit, q.Cursor, cancellationToken);
    }

    public Task<Page<ProblemItem>> Handle(ListMyProblems request, CancellationToken cancellationToken) =>
        ListAsync(db.Set<ProblemEntry>().Where(e => e.Staff == request.Staff), request.Query.Limit, request.Query.Cursor, cancellationToken);

    private async Task<Page<ProblemItem>> ListAsync(IQueryable<ProblemEntry> entries, int? asked, string? cursor, CancellationToken ct)
    {
        var limit = Paging.Limit(asked);
        if (Paging.ReadCursor<TimeKey>(cursor) is { At: var at, Id: var id }) entries = entries.Where(e => e.At > at || (e.At == at && e.Id > id));
        var page = Paging.Cut(await entries.AsNoTracking().OrderBy(e => e.At).ThenBy(e => e.Id).Take(limit + 1).ToListAsync(ct), limit, e => new TimeKey(e.At, e.Id));
        return new([.. page.Items.Select(e => ProblemItem.Of(e, keys))], page.Next);
    }
}

/// <summary>Whose problem logs somebody sees.</summary>
internal static class ProblemScope
{
    public static IQueryable<ProblemEntry> ProblemsIn(this OrganizationDb db, ProjectScope scope) =>
        scope.Everywhere ? db.Set<ProblemEntry>() : db.Set<ProblemEntry>().Where(e => scope.Projects.Contains(e.Project));
}

internal static class ListProblemsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/problem-log", (Query<ListProblemsQuery> query, Call call) => call.Ask(new ListProblems(call.Scope, query.Value)))
            .Tells<Page<ProblemItem>>("listProblems", "List problem logs", "Of the projects in which you decide, oldest first; of one person, and of a stretch of time.", rules: HandoverRule.Rule)
            .Requires(DutyPermissions.Decide);
        routes.MapGet("/problem-log/mine", (Query<ListMyProblemsQuery> query, Call call) => call.Ask(new ListMyProblems(call.Caller.Self(), query.Value)))
            .Tells<Page<ProblemItem>>("listMyProblems", "Read your own problem log", "Oldest first.", rules: HandoverRule.Rule)
            .Requires(DutyPermissions.Serve);
    }
}
