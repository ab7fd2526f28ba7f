using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Customers.Features;

/// <param name="Other">The record that turned out to be the same person, and is no more from now on.</param>
/// <param name="Reason">How that was found out.</param>
internal sealed record MergeCustomersBody(Guid Other, [property: Personal(Datum.Reason, Guard.TakenIn)] string Reason);

internal sealed record MergeCustomers(Guid Id, ProjectScope Scope, MergeCustomersBody Body) : ICommand<CustomerAnswer>, IGivesReason
{
    public string Reason => Body.Reason;
}

internal sealed class MergeCustomersValidator : AbstractValidator<MergeCustomersBody>
{
    public MergeCustomersValidator() => RuleFor(b => b.Reason).NotEmpty().MaximumLength(500);
}

/// <summary>ORG-16: two records turn out to be one person. The one in the path stays, with all that the other had.</summary>
internal sealed class MergeCustomersHandler(OrganizationDb db, CustomerDesk desk, GradeBook grades) : IRequestHandler<MergeCustomers, Answer<CustomerAnswer>>
{
    public async Task<Answer<CustomerAnswer>> Handle(MergeCustomers request, CancellationToken cancellationToken)
    {
        var (id, scope, (otherId, _)) = request;
        // In one order whoever merges what: two who merge the same records into each other wait, and do not block each other.
        foreach (var one in new[] { id, otherId }.Order()) await db.LockAsync<Customer>(one, cancellationToken);
        var (customer, now) = await desk.TakeAsync(id, scope, cancellationToken);
        var other = await db.CustomersIn(scope, otherId).Whole().SingleOrDefaultAsync(cancellationToken) ?? throw CustomerDesk.Missing(field: "other");
        if (other.Id == customer.Id)
            throw new BrokenRule("ORG-16", new Text("The two are one record already.", "两者已是同一条记录。"));
        if (other.Id != otherId)
            throw new BrokenRule("ORG-16", new Text($"The other record was merged into {other.Id}: merge that one.", $"另一条记录已并入 {other.Id}，请合并该记录。"));
        // Whose cases are kept still lead to that person: they would take a living customer with them.
        if (other.IsErased) throw PersonalTexts.Erased;

        customer.EnsureCouldBe(other);
        await MoveAsync(customer, other, now, cancellationToken);
        await grades.RegradeAsync(customer, now, cancellationToken);
        return CustomerDesk.Changed(customer, scope, now);
    }

    private async Task MoveAsync(Customer customer, Customer other, Instant now, CancellationToken ct)
    {
        foreach (var earlier in await db.Customers.Where(c => c.MergedInto == other.Id).OrderBy(c => c.Id).Select(c => c.Id).ToListAsync(ct))
        {
            await db.LockAsync<Customer>(earlier, ct);
            (await db.Customers.SingleAsync(c => c.Id == earlier, ct)).MoveOn(customer.Id, now);
        }

        var belongings = other.GiveUp(customer.Id, desk.Keys, now);
        db.RemoveRange(belongings.Homes);
        db.RemoveRange(belongings.Projects);
        // What is one person's only is given up before it is taken over.
        await db.SaveChangesAsync(ct);
        var (from, into) = (other.Id, customer.Id);
        await db.Set<CustomerPhone>().Where(p => p.CustomerId == from).ExecuteUpdateAsync(set => set.SetProperty(p => p.CustomerId, into), ct);
        await db.Set<CustomerSubject>().Where(s => s.CustomerId == from).ExecuteUpdateAsync(set => set.SetProperty(s => s.CustomerId, into), ct);
        if (customer.TakeOver(belongings, desk.Keys, now) is { } grading) db.Add(grading);
    }
}

internal static class MergeCustomersEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/customers/{id:guid}/merger", (Guid id, Body<MergeCustomersBody> body, Call call) => call.Send(new MergeCustomers(id, call.Scope, body.Value)))
        .Tells<CustomerAnswer>(
            "mergeCustomers", "Merge two customers",
            "Two records turned out to be one person: this one stays, with the phones, homes, projects and records of the other, and what it did not know itself. Cases and follow-ups follow within seconds. The other's address answers with this record from then on.",
            rules: "ORG-16")
        .Example(new { other = "01a2019d-863d-7dfc-961d-e804b66d7933", reason = "同一人的两个号码" })
        .AboutCustomer()
        .Requires(OrganizationPermissions.MergeCustomers);
}
