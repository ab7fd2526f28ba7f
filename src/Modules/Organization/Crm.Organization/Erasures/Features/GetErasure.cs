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
/// <param name="Records">How many records were found.</param>
/// <param name="Erased">How many of them are erased.</param>
/// <param name="Kept">How many of them must be kept for now; they go by themselves when their time has come.</param>
/// <param name="Version">Grows as it goes on.</param>
internal sealed record ErasureView(
    Guid Id, ErasureState State, Instant RequestedAt, string RequestedBy, Instant? CompletedAt, int Records, int Erased, int Kept, int Version) : IVersioned
{
    public static async Task<IReadOnlyList<ErasureView>> ReadAsync(IQueryable<Erasure> erasures, CancellationToken ct)
    {
        var rows = await erasures.AsNoTracking().Select(e => new
        {
            Erasure = e, Records = e.Items.Count, Left = e.Items.Count(i => i.ErasedAt == null), Kept = e.Items.Count(i => i.ErasedAt == null && i.KeptWhy != null),
        }).ToListAsync(ct);
        return
        [
            .. rows.Select(r => new ErasureView(
                r.Erasure.Id, Erasure.StateOf(r.Erasure.CompletedAt, isAtWork: r.Left > r.Kept), r.Erasure.RequestedAt, r.Erasure.RequestedBy, r.Erasure.CompletedAt,
                r.Records, r.Records - r.Left, r.Kept, r.Erasure.Version)),
        ];
    }
}

/// <summary>ORG-12: how far it is; once it is completed, the certificate.</summary>
internal sealed class GetErasureHandler(OrganizationDb db) : IRequestHandler<GetErasure, ErasureView>
{
    public async Task<ErasureView> Handle(GetErasure request, CancellationToken cancellationToken) =>
        (await ErasureView.ReadAsync(db.Erasures.Where(e => e.Id == request.Id), cancellationToken)).SingleOrDefault() ?? throw new NotFound("erasure", "删除请求");
}

internal static class GetErasureEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/personal-data/erasures/{id:guid}", (Guid id, Call call) => call.Ask(new GetErasure(id)))
        .Tells<ErasureView>(
            "getErasure", "Get an erasure",
            "How much was found, how much is erased, how much is kept for now. Once it is completed, this and the list of its records are the certificate: they name records and instants, and nothing of the person.", rules: "ORG-12")
        .About("erasure", "删除请求", (OrganizationDb db, Guid id, ProjectScope scope) => db.Erasures.Where(e => e.Id == id && scope.Everywhere))
        .RequiresEverywhere(OrganizationPermissions.ErasePersonalData);
}
