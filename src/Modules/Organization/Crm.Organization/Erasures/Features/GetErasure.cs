using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Erasures.Features;

internal sealed record GetErasure(Guid Id) : IRequest<ErasureView>;

/// <param name="Id">The erasure.</param>
/// <param name="State">Where it stands.</param>
/// <param name="RequestedAt">When it was ordered.</param>
/// <param name="RequestedBy">Who ordered it.</param>
/// <param name="CompletedAt">When the last record was erased; null before that.</param>
/// <param name="Records">Each record, and what became of it.</param>
/// <param name="Version">Grows as it goes on.</param>
internal sealed record ErasureView(
    Guid Id, ErasureState State, Instant RequestedAt, string RequestedBy, Instant? CompletedAt, IReadOnlyList<ErasureRecord> Records, int Version) : IVersioned;

/// <summary>ORG-12: how far it is; once it is completed, the certificate. It names records, and nothing of the person.</summary>
internal sealed class GetErasureHandler(OrganizationDb db) : IRequestHandler<GetErasure, ErasureView>
{
    public async Task<ErasureView> Handle(GetErasure request, CancellationToken cancellationToken)
    {
        var e = await db.Erasures.AsNoTracking().Include(x => x.Items).SingleOrDefaultAsync(x => x.Id == request.Id, cancellationToken) ?? throw new NotFound("erasure", "删除请求");
        return new(e.Id, Erasure.StateOf(e.CompletedAt, e.Items.Any(i => i.IsAtWork)), e.RequestedAt, e.RequestedBy, e.CompletedAt, [.. e.Items.OrderBy(i => i.Id).Select(ErasureRecord.Of)], e.Version);
    }
}

internal static class GetErasureEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/personal-data/erasures/{id:guid}", (Guid id, Call call) => call.Ask(new GetErasure(id)))
        .Tells<ErasureView>(
            "getErasure", "Get an erasure",
            "What was found, what is erased and when, what is kept and why. Once it is completed, this is the certificate: it names records and instants, and nothing of the person.", rules: "ORG-12")
        .About("erasure", "删除请求", (OrganizationDb db, Guid id, ProjectScope scope) => db.Erasures.Where(e => e.Id == id && scope.Everywhere))
        .RequiresEverywhere(OrganizationPermissions.ErasePersonalData);
}
