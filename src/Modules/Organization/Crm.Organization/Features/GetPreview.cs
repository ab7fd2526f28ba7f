using System.Text.Json;
using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Clocks;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

internal sealed record GetPreview(Guid Id, ChangeKind Kind, ProjectScope Scope) : IRequest<PreviewView>;

/// <param name="Id">The preview.</param>
/// <param name="Project">The project it concerns; null for every project.</param>
/// <param name="Change">What was proposed.</param>
/// <param name="Deadlines">How many running deadlines it names.</param>
/// <param name="MadeBy">Who asked for it.</param>
/// <param name="MadeAt">When.</param>
/// <param name="ExpiresAt">After this instant it can no longer be applied.</param>
/// <param name="AppliedAt">When it was applied; null while it was not.</param>
/// <param name="AppliedBy">By whom.</param>
/// <param name="Reason">Why.</param>
/// <param name="MovedDeadlines">Whether the application moved the deadlines.</param>
/// <param name="Version">Grows when it is applied.</param>
internal sealed record PreviewView(
    Guid Id, string? Project, JsonElement Change, int Deadlines, string MadeBy, Instant MadeAt, Instant ExpiresAt,
    Instant? AppliedAt, string? AppliedBy, [property: Personal(Datum.Reason, Guard.InScope)] string? Reason, bool? MovedDeadlines, int Version) : IVersioned;

/// <param name="Cursor">The <c>next</c> of the page before.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
internal sealed record ListPreviewMovesQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListPreviewMoves(Guid Id, ChangeKind Kind, ProjectScope Scope, ListPreviewMovesQuery Query) : IRequest<Page<MoveView>>;

/// <param name="Module">The module the deadline belongs to.</param>
/// <param name="Clock">The deadline.</param>
/// <param name="Subject">The case or follow-up it belongs to.</param>
/// <param name="Project">The project.</param>
/// <param name="Kind">What it asks for.</param>
/// <param name="DueAt">Due when it was previewed.</param>
/// <param name="NewDueAt">Due after the change.</param>
/// <param name="WarnAt">Warning when it was previewed.</param>
/// <param name="NewWarnAt">Warning after the change.</param>
/// <param name="Provisional">The new instant is counted by a year whose notice is not out yet.</param>
/// <param name="Outcome">What became of it; null before the application reaches it.</param>
/// <param name="DoneAt">When that was.</param>
internal sealed record MoveView(
    string Module, Guid Clock, Guid Subject, string Project, string Kind, Instant DueAt, Instant NewDueAt, Instant WarnAt, Instant NewWarnAt, bool Provisional,
    MoveOutcome? Outcome, Instant? DoneAt);

/// <summary>ORG-08: a preview, and which deadlines it names.</summary>
internal sealed class GetPreviewHandler(OrganizationDb db, IEnumerable<Deadlines> modules) : IRequestHandler<GetPreview, PreviewView>, IRequestHandler<ListPreviewMoves, Page<MoveView>>
{
    public async Task<PreviewView> Handle(GetPreview request, CancellationToken cancellationToken)
    {
        var preview = await db.Previews.AsNoTracking().VisibleIn(request.Scope, request.Kind).SingleOrDefaultAsync(p => p.Id == request.Id, cancellationToken) ?? throw new NotFound("preview", "预览");
        return new(
            preview.Id, preview.Project, JsonSerializer.Deserialize<JsonElement>(preview.Change), preview.Deadlines, preview.MadeBy, preview.MadeAt, preview.ExpiresAt,
            preview.AppliedAt, preview.AppliedBy, preview.Reason, preview.MovedDeadlines, preview.Version);
    }

    public async Task<Page<MoveView>> Handle(ListPreviewMoves request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var after = Paging.ReadCursor<IdKey>(request.Query.Cursor);
        if (!await db.Previews.VisibleIn(request.Scope, request.Kind).AnyAsync(p => p.Id == request.Id, cancellationToken)) throw new NotFound("preview", "预览");
        var rows = new List<MoveView>();
        foreach (var module in modules)
        {
            rows.AddRange((await module.MovesAsync(request.Id, after?.Id, limit + 1, cancellationToken)).Select(m => new MoveView(
                module.Module, m.ClockId, m.SubjectId, m.Project, m.Kind, m.DueAt, m.NewDueAt, m.WarnAt, m.NewWarnAt, m.IsProvisional, m.Outcome, m.DoneAt)));
        }

        return Paging.Cut([.. rows.OrderBy(m => m.Clock).Take(limit + 1)], limit, m => new IdKey(m.Clock));
    }
}

internal static class GetPreviewEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, ChangeKind.Policy, "PolicyPreview", OrganizationPermissions.SetPolicies);
        Map(routes, ChangeKind.Calendar, "CalendarPreview", OrganizationPermissions.SetCalendar);
    }

    /// <summary>Says that the path's <c>{id}</c> is a preview.</summary>
    public static TBuilder AboutPreview<TBuilder>(this TBuilder endpoint, ChangeKind kind) where TBuilder : IEndpointConventionBuilder =>
        endpoint.About("preview", "预览", (OrganizationDb db, Guid id, ProjectScope scope) => db.Previews.VisibleIn(scope, kind).Where(p => p.Id == id));

    /// <summary>One calendar serves every project: its previews are for those who may change it in all of them.</summary>
    public static TBuilder RequiresFor<TBuilder>(this TBuilder endpoint, ChangeKind kind, Permission permission) where TBuilder : IEndpointConventionBuilder =>
        kind == ChangeKind.Calendar ? endpoint.RequiresEverywhere(permission) : endpoint.Requires(permission);

    private static void Map(IEndpointRouteBuilder routes, ChangeKind kind, string noun, Permission permission)
    {
        var path = $"/{Previews.Path(kind)}/previews/{{id:guid}}";
        routes.MapGet(path, (Guid id, Call call) => call.Ask(new GetPreview(id, kind, call.Scope)))
            .Tells<PreviewView>($"get{noun}", "Get a preview", "What was proposed, how many deadlines it names, and whether it was applied, by whom and why.", rules: "ORG-08")
            .AboutPreview(kind).RequiresFor(kind, permission);
        routes.MapGet($"{path}/moves", (Guid id, Query<ListPreviewMovesQuery> query, Call call) => call.Ask(new ListPreviewMoves(id, kind, call.Scope, query.Value)))
            .Tells<Page<MoveView>>($"list{noun}Moves", "List what a preview names", "Each running deadline that would move, from when to when, and after the application what became of it. Kept for a week if the preview is not applied.", rules: "ORG-08")
            .AboutPreview(kind).RequiresFor(kind, permission);
    }
}
