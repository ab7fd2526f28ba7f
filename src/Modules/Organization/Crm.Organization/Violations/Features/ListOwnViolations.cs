using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Violations.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListOwnViolationsQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListOwnViolations(string Staff, ListOwnViolationsQuery Query) : IRequest<Page<ViolationItem>>;

internal sealed record GetOwnViolation(Guid Id, string Staff) : IRequest<ViolationDetails>;

/// <summary>ORG-13: what is recorded against oneself, wherever.</summary>
internal sealed class ListOwnViolationsHandler(OrganizationDb db) : IRequestHandler<ListOwnViolations, Page<ViolationItem>>, IRequestHandler<GetOwnViolation, ViolationDetails>
{
    public Task<Page<ViolationItem>> Handle(ListOwnViolations request, CancellationToken cancellationToken) =>
        ViolationItem.PageAsync(db.Violations.AsNoTracking().Where(v => v.Staff == request.Staff), request.Query.Limit, request.Query.Cursor, cancellationToken);

    public Task<ViolationDetails> Handle(GetOwnViolation request, CancellationToken cancellationToken) =>
        ViolationDetails.ReadAsync(db.Violations.Where(v => v.Id == request.Id && v.Staff == request.Staff), cancellationToken);
}

internal static class ListOwnViolationsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/violations/own", (Query<ListOwnViolationsQuery> query, Call call) => call.Ask(new ListOwnViolations(OwnRecord.OwnerOf(call.Caller), query.Value)))
            .Tells<Page<ViolationItem>>("listOwnViolations", "List your own violations", "What is recorded against you, newest first, overturned ones included.", rules: "ORG-13")
            .Requires(OrganizationPermissions.OwnRecord);
        routes.MapGet("/violations/own/{id:guid}", (Guid id, Call call) => call.Ask(new GetOwnViolation(id, OwnRecord.OwnerOf(call.Caller))))
            .Tells<ViolationDetails>("getOwnViolation", "Get a violation of yours", "What is said to have been done, and every step since, with the reasons.", rules: "ORG-13")
            .AboutOnesOwn("violation", "违规记录", (OrganizationDb db, Guid id, string staff) => db.Violations.Where(v => v.Id == id && v.Staff == staff))
            .Requires(OrganizationPermissions.OwnRecord);
    }
}

/// <summary>What is recorded about oneself.</summary>
internal static class OwnRecord
{
    /// <summary>The staff code of whose record a call means: nobody else's but the caller's.</summary>
    /// <exception cref="NotFound">The caller is a machine.</exception>
    public static string OwnerOf(Caller caller) => caller.Staff ?? throw new NotFound("record", "个人记录");
}
