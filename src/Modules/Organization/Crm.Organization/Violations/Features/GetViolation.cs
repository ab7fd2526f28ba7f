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

namespace Crm.Organization.Violations.Features;

internal sealed record GetViolation(Guid Id, ProjectScope Scope) : IRequest<ViolationDetails>;

/// <param name="Violation">Where it stands.</param>
/// <param name="Facts">What was done.</param>
/// <param name="Evidence">Where the evidence is found.</param>
/// <param name="Source">The module that found it; null when a person did.</param>
/// <param name="Reference">The module's own reference of the finding.</param>
/// <param name="Steps">Everything that has happened to it, oldest first.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record ViolationDetails(ViolationItem Violation, [property: Personal(Datum.StaffWords, Guard.InScope)] string Facts, string? Evidence, string? Source, string? Reference, ViolationStepItem[] Steps, int Version) : IVersioned
{
    /// <summary>Reads the one there is.</summary>
    /// <exception cref="NotFound">There is none among these.</exception>
    public static async Task<ViolationDetails> ReadAsync(IQueryable<Violation> visible, CancellationToken ct)
    {
        var v = await visible.AsNoTracking().Include(v => v.Steps).SingleOrDefaultAsync(ct) ?? throw new NotFound("violation", "违规记录");
        return new(
            new(v.Id, v.Staff, v.Project, v.Kind, v.KindVersion, v.State, v.Number, v.Sanctions, v.OccurredAt, v.RecordedAt, v.RecordedBy, v.AppealableUntil, v.Version),
            v.Facts, v.Evidence, v.Source, v.Reference, [.. v.Steps.OrderBy(s => s.At).ThenBy(s => s.Id).Select(s => new ViolationStepItem(s.Kind, s.At, s.By, s.Text, s.Number, s.Sanctions))], v.Version);
    }
}

/// <param name="Kind">What happened.</param>
/// <param name="At">When.</param>
/// <param name="By">Who did it: a staff code, or a rule.</param>
/// <param name="Reason">Why, where somebody said so.</param>
/// <param name="Offence">Which offence it was from then on.</param>
/// <param name="Sanctions">What that led to.</param>
internal sealed record ViolationStepItem(ViolationStepKind Kind, Instant At, string By, [property: Personal(Datum.StaffWords, Guard.InScope)] string? Reason, int Offence, Sanction[] Sanctions);

/// <summary>ORG-13: one violation with its history.</summary>
internal sealed class GetViolationHandler(OrganizationDb db) : IRequestHandler<GetViolation, ViolationDetails>
{
    public Task<ViolationDetails> Handle(GetViolation request, CancellationToken cancellationToken) =>
        ViolationDetails.ReadAsync(db.Violations.VisibleIn(request.Scope).Where(v => v.Id == request.Id), cancellationToken);
}

internal static class GetViolationEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/violations/{id:guid}", (Guid id, Call call) => call.Ask(new GetViolation(id, call.Scope)))
        .Tells<ViolationDetails>("getViolation", "Get a violation", "What was done, which offence it is, and every step since, with the reasons.", rules: "ORG-13")
        .About("violation", "违规记录", (OrganizationDb db, Guid id, ProjectScope scope) => db.Violations.VisibleIn(scope).Where(v => v.Id == id))
        .Requires(OrganizationPermissions.SeeViolations);
}
