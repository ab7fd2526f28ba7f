using Crm.Complaints.Data;
using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Complaints.Features;

internal sealed record GetComplaint(Guid Id, ProjectScope Scope, ProjectScope Phones) : IRequest<ComplaintDetails>;

/// <param name="Id">The case.</param>
/// <param name="Number">Its people-facing number.</param>
/// <param name="Project">Its project.</param>
/// <param name="Kind">What the customer said, by kind.</param>
/// <param name="Channel">The way it reached us.</param>
/// <param name="Category">Its category.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Severity">How grave it is now.</param>
/// <param name="ProposedSeverity">How grave the receiver thought it was.</param>
/// <param name="MajorCriterion">By which criterion it was proposed as major.</param>
/// <param name="Cycle">The round it is in.</param>
/// <param name="Handler">Who has it in hand.</param>
/// <param name="Content">What was said.</param>
/// <param name="Demand">What the customer asks for.</param>
/// <param name="Building">Building.</param>
/// <param name="Unit">Unit.</param>
/// <param name="Customer">Who said it; null for somebody who left neither name nor phone, or was forgotten.</param>
/// <param name="CustomerId">The customer of the directory; null for somebody who left no phone, and until they are known, within seconds.</param>
/// <param name="ReceivedAt">When it was said.</param>
/// <param name="ReceivedBy">Who received it.</param>
/// <param name="RegisteredAt">When it was registered.</param>
/// <param name="RegisteredBy">Who registered it.</param>
/// <param name="Source">The posting software's ticket.</param>
/// <param name="WrittenReplyOnly">A superior authority that only wants a written reply.</param>
/// <param name="FollowUpExemption">Why no return visit is made; null when one is.</param>
/// <param name="Supplements">What was added later.</param>
/// <param name="Clocks">The clocks of the current cycle.</param>
/// <param name="ErasedAt">ORG-12: when the customer was forgotten at their request; null while they are not.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record ComplaintDetails(
    Guid Id, string Number, string Project, CaseKind Kind, Channel Channel, string Category, CaseStatus Status, Severity Severity, Severity ProposedSeverity,
    MajorCriterion? MajorCriterion, int Cycle, string? Handler, [property: Personal(Datum.CustomerWords, Guard.InScope)] string Content, [property: Personal(Datum.CustomerWords, Guard.InScope)] string? Demand, [property: Personal(Datum.CustomerHome, Guard.InScope)] string? Building, [property: Personal(Datum.CustomerHome, Guard.InScope)] string? Unit, CustomerView? Customer, Guid? CustomerId,
    Instant ReceivedAt, string? ReceivedBy, Instant RegisteredAt, string RegisteredBy, SourceBody? Source, bool WrittenReplyOnly,
    FollowUpExemption? FollowUpExemption, IReadOnlyList<SupplementView> Supplements, IReadOnlyList<CaseClock> Clocks, Instant? ErasedAt, int Version) : IVersioned;

/// <param name="Name">The name, where one was left.</param>
/// <param name="Phone">The phone in E.164: in full with the permission complaints.see-phones in this project, otherwise masked.</param>
internal sealed record CustomerView([property: Personal(Datum.CustomerName, Guard.InScope)] string? Name, [property: Personal(Datum.CustomerPhone, Guard.Masked, Unless = "complaints.see-phones")] string? Phone);

/// <param name="At">When.</param>
/// <param name="By">Who posted it.</param>
/// <param name="Content">The words.</param>
internal sealed record SupplementView(Instant At, string By, [property: Personal(Datum.CustomerWords, Guard.InScope)] string Content);

/// <summary>CMP-03: the record with how it stands. ORG-10: who sees the phone in full is written down before they do.</summary>
internal sealed class GetComplaintHandler(ComplaintsDb db, AuditedReads reads, KeyRing keys, IClock clock) : IRequestHandler<GetComplaint, ComplaintDetails>
{
    public async Task<ComplaintDetails> Handle(GetComplaint request, CancellationToken cancellationToken)
    {
        var c = await db.Complaints.AsNoTracking().VisibleIn(request.Scope).Include(x => x.Record).Include(x => x.Complainant).Include(x => x.Clocks).Include(x => x.Supplements)
            .SingleOrDefaultAsync(x => x.Id == request.Id, cancellationToken) ?? throw new NotFound("complaint", "投诉");
        var (r, now, inFull) = (c.Record, clock.GetCurrentInstant(), request.Phones.Includes(c.Project));
        var key = keys.OpenRecord(c.Complainant?.SealedKey, db.Schema, c.Id);
        if (inFull && c.Complainant?.PhoneSealed is not null) await reads.WriteAsync(db, nameof(GetComplaint), [new ShownRecord("complaint", c.Id.ToString(), c.Project)], cancellationToken);
        return new ComplaintDetails(
            c.Id, c.Number, c.Project, c.Kind, r.Channel, r.Category, c.Status, c.Severity, r.ProposedSeverity, r.MajorCriterion, c.Cycle, c.Handler,
            key.Open(r.Content, c.Id) ?? Forgotten.Localized, key.Open(r.Demand, c.Id), c.Complainant?.Building, c.Complainant?.Unit, Customer(c, key, inFull), c.CustomerId, r.ReceivedAt, r.ReceivedBy, r.RegisteredAt, r.RegisteredBy,
            r.SourceSystem is null ? null : new SourceBody(r.SourceSystem, r.SourceTicket!), r.WrittenReplyOnly, r.Exemption,
            [.. c.Supplements.OrderBy(s => s.At).ThenBy(s => s.Id).Select(s => new SupplementView(s.At, s.By, key.Open(s.Content, s.Id) ?? Forgotten.Localized))],
            [.. c.Clocks.Where(k => k.Cycle == c.Cycle).OrderBy(k => k.DueAt).ThenBy(k => k.Kind, StringComparer.Ordinal).Select(k => CaseClock.Of(k, now))], c.ErasedAt, c.Version);
    }

    /// <summary>What stands where words of somebody stood who was forgotten.</summary>
    private static readonly Text Forgotten = new("Erased at the customer's request.", "应客户要求已删除。");

    private CustomerView? Customer(Complaint c, RecordKey key, bool inFull)
    {
        if (c.ErasedAt is not null || (c.Record.CustomerName is null && !c.Record.LeftPhone)) return null;
        Phone? phone = c.Complainant?.PhoneSealed is { } closed ? new Phone(keys.Unseal(closed, Complainant.PhonePlace(c.Id))) : null;
        return new CustomerView(key.Open(c.Record.CustomerName, c.Id), inFull ? phone?.E164 : phone?.Masked);
    }
}

internal static class GetComplaintEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/complaints/{id:guid}", (Guid id, Call call) => call.Ask(new GetComplaint(id, call.Scope, call.Caller.Scope(ComplaintPermissions.SeePhones.Name))))
        .Tells<ComplaintDetails>("getComplaint", "Get a case", "The record, where it stands, and the clocks of its current cycle. That somebody saw the phone in full is an entry of the audit.", rules: "CMP-03, CMP-19, ORG-10")
        .AboutComplaint()
        .Requires(ComplaintPermissions.Read);
}
