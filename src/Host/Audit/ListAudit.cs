using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using NodaTime;

namespace Crm.Host.Audit;

/// <param name="From">Only what was done at or after this instant.</param>
/// <param name="To">Only what was done before this instant.</param>
/// <param name="Actor">Only what this one did: a staff code, <c>key:</c> and the prefix of an API key, or <c>console</c>.</param>
/// <param name="Action">Only this command, e.g. <c>ReopenComplaint</c>.</param>
/// <param name="SubjectKind">Only on records of this kind, e.g. <c>complaint</c>; with subjectId.</param>
/// <param name="SubjectId">Only on the record of this id or code.</param>
/// <param name="Project">Only in this project.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListAuditQuery(
    Instant? From = null, Instant? To = null, string? Actor = null, string? Action = null, string? SubjectKind = null, string? SubjectId = null, string? Project = null,
    int? Limit = null, string? Cursor = null)
{
    /// <exception cref="Malformed">The kind of a record without its id: no index could serve that.</exception>
    public AuditFilter Filter => SubjectKind is null || SubjectId is not null
        ? new(From, To, Actor, Action, SubjectKind, SubjectId, Project)
        : throw Malformed.Field("subjectId", new Text("is required with subjectKind", "使用 subjectKind 时必填"));
}

/// <summary>The audit of all modules as one list.</summary>
internal sealed class WholeAudit(IEnumerable<AuditLog> logs, OrganizationDirectory directory)
{
    /// <summary>Where the caller may look, by the project that is asked for.</summary>
    /// <exception cref="NotFound">The project is missing, or outside the scope.</exception>
    public ProjectScope Narrow(ProjectScope scope, string? project) => directory.Current.Narrow(scope, project);

    /// <summary>The newest entries after a position, at most <paramref name="limit"/> of them.</summary>
    public async Task<IReadOnlyList<AuditItem>> ReadAsync(AuditFilter filter, ProjectScope scope, TimeKey? after, int limit, CancellationToken ct)
    {
        var read = new List<AuditItem>();
        foreach (var log in logs) read.AddRange(await log.ReadAsync(filter, scope, after, limit, ct));
        return [.. read.OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(limit)];
    }
}

internal static class ListAuditEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/audit", async (Query<ListAuditQuery> query, Call call, WholeAudit audit, CancellationToken ct) =>
        {
            var (limit, after) = (Paging.Limit(query.Value.Limit), Paging.ReadCursor<TimeKey>(query.Value.Cursor));
            var (filter, scope) = (query.Value.Filter, audit.Narrow(call.Scope, query.Value.Project));
            return call.Show(Paging.Cut(await audit.ReadAsync(filter, scope, after, limit + 1, ct), limit, e => new TimeKey(e.At, e.Id)));
        })
        .Tells<Page<AuditItem>>(
            "listAudit", "List the audit",
            "Who did what to which record, when and from where, in all modules, newest first. Each entry tells which seal of its module's chain covers it: it gets one within seconds. What belongs to no project is shown to those who may read all projects.",
            rules: "ORG-10")
        .Requires(AuditEndpoints.Read);
}
