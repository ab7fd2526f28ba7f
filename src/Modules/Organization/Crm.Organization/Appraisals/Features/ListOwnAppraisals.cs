using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Violations.Features;
using Crm.Shared.Access;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Organization.Appraisals.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListOwnAppraisalsQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListOwnAppraisals(string Staff, ListOwnAppraisalsQuery Query) : IRequest<Page<AppraisalItem>>;

internal sealed record GetOwnAppraisal(Guid Id, string Staff) : IRequest<AppraisalDetails>;

/// <summary>ORG-14: one's own appraisals, from their submission on: a draft is the appraiser's.</summary>
internal sealed class ListOwnAppraisalsHandler(OrganizationDb db, AppraisalFigures figures, OrganizationDirectory directory)
    : IRequestHandler<ListOwnAppraisals, Page<AppraisalItem>>, IRequestHandler<GetOwnAppraisal, AppraisalDetails>
{
    public Task<Page<AppraisalItem>> Handle(ListOwnAppraisals request, CancellationToken cancellationToken) =>
        AppraisalItem.PageAsync(db.Appraisals.OwnOf(request.Staff), request.Query.Limit, request.Query.Cursor, cancellationToken);

    public Task<AppraisalDetails> Handle(GetOwnAppraisal request, CancellationToken cancellationToken) =>
        AppraisalDetails.ReadAsync(db.Appraisals.OwnOf(request.Staff).Where(a => a.Id == request.Id), figures, directory, cancellationToken);
}

internal static class OwnAppraisals
{
    /// <summary>Those of this person that they may see.</summary>
    public static IQueryable<Appraisal> OwnOf(this IQueryable<Appraisal> appraisals, string staff) => appraisals.Where(a => a.Staff == staff && a.State != AppraisalState.Draft);
}

internal static class ListOwnAppraisalsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/appraisals/own", (Query<ListOwnAppraisalsQuery> query, Call call) => call.Ask(new ListOwnAppraisals(OwnRecord.OwnerOf(call.Caller), query.Value)))
            .Tells<Page<AppraisalItem>>("listOwnAppraisals", "List your own appraisals", "Appraisals of you that were submitted, newest first.", rules: "ORG-14")
            .Requires(OrganizationPermissions.OwnRecord);
        routes.MapGet("/appraisals/own/{id:guid}", (Guid id, Call call) => call.Ask(new GetOwnAppraisal(id, OwnRecord.OwnerOf(call.Caller))))
            .Tells<AppraisalDetails>("getOwnAppraisal", "Get an appraisal of yours", "Each criterion with its figure and points, the result, and every step.", rules: "ORG-14")
            .AboutOnesOwn("appraisal", "考核", (OrganizationDb db, Guid id, string staff) => db.Appraisals.OwnOf(staff).Where(a => a.Id == id))
            .Requires(OrganizationPermissions.OwnRecord);
    }
}
