using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Customers.Features;

internal sealed record GetCustomer(Guid Id, ProjectScope Scope, ProjectScope InFull) : IRequest<CustomerDetails>;

/// <param name="Id">The customer: another than you asked for where that record was merged into this one.</param>
/// <param name="Name">Their name; null for somebody who never left one.</param>
/// <param name="Contacts">Their phones, the one to call first first.</param>
/// <param name="Email">Their e-mail address: in full with the permission complaints.see-phones in one of their projects, otherwise masked.</param>
/// <param name="NationalId">Their identity number, in full or masked likewise.</param>
/// <param name="Homes">The homes they have to do with.</param>
/// <param name="Projects">The codes of the projects they have to do with.</param>
/// <param name="Consent">What they said last of each purpose they were asked about.</param>
/// <param name="Grade">Their grade.</param>
/// <param name="GradedByHand">Somebody has set it; the rules leave it alone until that is taken back.</param>
/// <param name="KnownSince">When they became known.</param>
/// <param name="RecordedBy">Who put them down; rule:ORG-16 when a module's report made them known.</param>
/// <param name="ErasedAt">When they were forgotten at their request; null while they are not. Nothing says who they were.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record CustomerDetails(
    Guid Id, [property: Personal(Datum.CustomerName, Guard.InScope)] string? Name, IReadOnlyList<ContactView> Contacts, [property: Personal(Datum.CustomerAddress, Guard.Masked, Unless = "complaints.see-phones")] string? Email,
    [property: Personal(Datum.CustomerIdNumber, Guard.Masked, Unless = "complaints.see-phones")] string? NationalId, IReadOnlyList<HomeView> Homes, IReadOnlyList<string> Projects,
    IReadOnlyList<ConsentView> Consent, CustomerGrade Grade, bool GradedByHand, Instant KnownSince, string RecordedBy, Instant? ErasedAt, int Version) : IVersioned;

/// <param name="Id">What it is named by.</param>
/// <param name="Phone">The phone in E.164: in full with the permission complaints.see-phones in one of the customer's projects, otherwise masked.</param>
/// <param name="First">The one to call first.</param>
/// <param name="AddedAt">Since when it is theirs.</param>
internal sealed record ContactView(Guid Id, [property: Personal(Datum.CustomerPhone, Guard.Masked, Unless = "complaints.see-phones")] string Phone, bool First, Instant AddedAt);

/// <param name="Id">What it is named by.</param>
/// <param name="Project">The project's code.</param>
/// <param name="Building">Building.</param>
/// <param name="Unit">Unit.</param>
/// <param name="Capacity">In which capacity; null while nobody has said.</param>
/// <param name="Since">When it was put down.</param>
internal sealed record HomeView(
    Guid Id, string Project, [property: Personal(Datum.CustomerHome, Guard.InScope)] string? Building, [property: Personal(Datum.CustomerHome, Guard.InScope)] string? Unit, HomeCapacity? Capacity, Instant Since);

/// <param name="Purpose">What they were asked about.</param>
/// <param name="Given">False when it was withdrawn.</param>
/// <param name="Way">How they said so.</param>
/// <param name="At">When they said so.</param>
/// <param name="RecordedBy">Who wrote it down.</param>
internal sealed record ConsentView(ConsentPurpose Purpose, bool Given, ConsentWay Way, Instant At, string RecordedBy);

/// <summary>ORG-16: one person with all that is known of them. ORG-10: who sees phones and numbers in full is written down before they do.</summary>
internal sealed class GetCustomerHandler(OrganizationDb db, AuditedReads reads, KeyRing keys) : IRequestHandler<GetCustomer, CustomerDetails>
{
    public async Task<CustomerDetails> Handle(GetCustomer request, CancellationToken cancellationToken)
    {
        var c = await db.CustomersIn(request.Scope, request.Id).AsNoTracking().Whole().SingleOrDefaultAsync(cancellationToken) ?? throw CustomerDesk.Missing();
        // What was said before two records became one was said by the same person.
        var said = await db.Set<CustomerConsent>().AsNoTracking()
            .Where(s => s.CustomerId == c.Id || db.Customers.Any(m => m.MergedInto == c.Id && m.Id == s.CustomerId)).ToListAsync(cancellationToken);
        var inFull = c.Projects.Any(p => request.InFull.Includes(p.Project));
        if (inFull) await reads.WriteAsync(db, nameof(GetCustomer), [new ShownRecord("customer", c.Id.ToString(), c.ProjectIn(request.InFull))], cancellationToken);
        var (email, number) = (c.Email(keys), c.NationalId(keys));
        return new CustomerDetails(
            c.Id, c.Name(keys), [.. c.PhonesInOrder.Select(p => new ContactView(p.Id, Shown(p.Phone(keys), inFull), p.Id == c.FirstPhone, p.AddedAt))],
            inFull || email is null ? email : Masking.MaskedEmail(email), inFull ? number?.Number : number?.Masked,
            [.. c.Homes.OrderBy(h => h.Since).ThenBy(h => h.Id).Select(h => new HomeView(h.Id, h.Project, h.Building, h.Unit, h.Capacity, h.Since))],
            [.. c.Projects.Select(p => p.Project).Order(StringComparer.Ordinal)],
            [.. said.GroupBy(s => s.Purpose).OrderBy(of => of.Key).Select(of => of.OrderBy(s => s.At).ThenBy(s => s.Id).Last()).Select(s => new ConsentView(s.Purpose, s.Given, s.Way, s.At, s.RecordedBy))],
            c.Grade, c.GradedByHand, c.KnownSince, c.RecordedBy, c.ErasedAt, c.Version);
    }

    private static string Shown(Phone phone, bool inFull) => inFull ? phone.E164 : phone.Masked;
}

internal static class GetCustomerEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/customers/{id:guid}", (Guid id, Call call) => call.Ask(new GetCustomer(id, call.Scope, call.Caller.Scope(PersonalData.SeeInFull.Name))))
        .Tells<CustomerDetails>(
            "getCustomer", "Get a customer",
            "One person with homes, contacts, consent and grade, for whoever may see one of their projects. A record that was merged answers with the one that stays. That somebody saw phones or numbers in full is an entry of the audit.",
            rules: "ORG-10, ORG-12, ORG-16")
        .AboutCustomer()
        .Requires(OrganizationPermissions.ReadCustomers);
}
