using Crm.Complaints.Data;
using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Complaints.Features;

/// <param name="Phone">The whole number, as people write it.</param>
/// <param name="Project">Only this project's cases.</param>
internal sealed record LookUpByPhoneBody([property: Personal(Datum.CustomerPhone, Guard.TakenIn)] string Phone, string? Project = null);

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before; send the same body with it.</param>
internal sealed record LookUpByPhoneQuery(int? Limit = null, string? Cursor = null);

internal sealed record LookUpByPhone(ProjectScope Scope, LookUpByPhoneBody Body, LookUpByPhoneQuery Query) : IRequest<Page<ComplaintItem>>;

internal sealed class LookUpByPhoneValidator : AbstractValidator<LookUpByPhoneBody>
{
    public LookUpByPhoneValidator() => RuleFor(b => b.Phone).Must(p => Phone.TryParse(p, out _)).WithMessage(_ => Phone.Expected.Localized);
}

/// <summary>ORG-12: phones are kept sealed, and are found by their blind index: the whole number or nothing. ORG-10: each case that is found, or that none is, is written down before it is told.</summary>
internal sealed class LookUpByPhoneHandler(ComplaintsDb db, AuditedReads reads, OrganizationDirectory directory, KeyRing keys, IClock clock) : IRequestHandler<LookUpByPhone, Page<ComplaintItem>>
{
    public async Task<Page<ComplaintItem>> Handle(LookUpByPhone request, CancellationToken cancellationToken)
    {
        var (limit, after) = (Paging.Limit(request.Query.Limit), Paging.ReadCursor<TimeKey>(request.Query.Cursor));
        Phone.TryParse(request.Body.Phone, out var phone);
        var cases = db.Complaints.AsNoTracking().VisibleIn(directory.Current.Narrow(request.Scope, request.Body.Project));
        var page = await db.FindAsync(
            keys, phone.E164, indexes => ComplaintItem.PageAsync(cases.Where(c => indexes.Contains(c.Complainant!.PhoneIndex)), after, limit, clock.GetCurrentInstant(), cancellationToken), cancellationToken);
        var shown = page.Items.Select(c => new ShownRecord("complaint", c.Id.ToString(), c.Project)).DefaultIfEmpty(new ShownRecord("complaint", "none", request.Body.Project));
        await reads.WriteAsync(db, nameof(LookUpByPhone), shown, cancellationToken);
        return page;
    }
}

internal static class LookUpByPhoneEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/complaints/lookup", (Body<LookUpByPhoneBody> body, Query<LookUpByPhoneQuery> query, Call call) =>
            call.Ask(new LookUpByPhone(call.Scope, body.Value, query.Value)))
        .Tells<Page<ComplaintItem>>(
            "lookUpComplaintsByPhone", "Find a caller's cases",
            "The cases of the projects you may read whose customer left this phone, newest first. The number stands in the body, so that it is in no address and no log; it is found whole or not at all, however it is written. That somebody looked is an entry of the audit, without the number.",
            rules: "CMP-03, ORG-10, ORG-12")
        .WithMetadata(new AsksSomething())
        .Example(new { phone = "138 0013 8000" })
        .Requires(ComplaintPermissions.Read);
}
