using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Customers.Features;

/// <param name="Project">Only those who have to do with this project.</param>
/// <param name="Grade">Only those of this grade.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListCustomersQuery(string? Project = null, CustomerGrade? Grade = null, int? Limit = null, string? Cursor = null);

internal sealed record ListCustomers(ProjectScope Scope, ListCustomersQuery Query) : IRequest<Page<CustomerItem>>;

/// <param name="Id">The customer.</param>
/// <param name="Name">Their name; null for somebody who never left one.</param>
/// <param name="Phone">The phone to call first, masked; null for none.</param>
/// <param name="Projects">The codes of the projects they have to do with.</param>
/// <param name="Grade">Their grade.</param>
/// <param name="GradedByHand">Somebody has set it.</param>
/// <param name="KnownSince">When they became known.</param>
/// <param name="Version">For If-Match.</param>
[NotPersonal("masked, whoever asks", "Phone")]
internal sealed record CustomerItem(
    Guid Id, [property: Personal(Datum.CustomerName, Guard.InScope)] string? Name, string? Phone, IReadOnlyList<string> Projects, CustomerGrade Grade, bool GradedByHand, Instant KnownSince, int Version);

/// <summary>ORG-16: the customers of the caller's projects, the latest known first.</summary>
internal sealed class ListCustomersHandler(OrganizationDb db, OrganizationDirectory directory, KeyRing keys) : IRequestHandler<ListCustomers, Page<CustomerItem>>
{
    public async Task<Page<CustomerItem>> Handle(ListCustomers request, CancellationToken cancellationToken)
    {
        var q = request.Query;
        var limit = Paging.Limit(q.Limit);
        var after = Paging.ReadCursor<IdKey>(q.Cursor);
        var scope = directory.Current.Narrow(request.Scope, q.Project);
        var ids = await IdsAsync(scope, q.Grade, after?.Id, limit + 1, cancellationToken);
        var customers = await db.Customers.AsNoTracking().Where(c => ids.Contains(c.Id)).Include(c => c.Phones).Include(c => c.Projects).AsSplitQuery()
            .OrderByDescending(c => c.Id).ToListAsync(cancellationToken);
        return Paging.Cut([.. customers.Select(Item)], limit, c => new IdKey(c.Id));
    }

    /// <summary>Several projects are read each by its own index and then merged: in a single condition the index of a small one would be of no use.</summary>
    private Task<List<Guid>> IdsAsync(ProjectScope scope, CustomerGrade? grade, Guid? after, int count, CancellationToken ct)
    {
        if (scope.Everywhere)
        {
            var customers = db.Customers.Where(c => c.MergedInto == null);
            if (grade is not null) customers = customers.Where(c => c.Grade == grade);
            if (after is { } last) customers = customers.Where(c => c.Id.CompareTo(last) < 0);
            return customers.OrderByDescending(c => c.Id).Take(count).Select(c => c.Id).ToListAsync(ct);
        }

        string[] projects = [.. scope.Projects];
        var (before, word) = (after ?? Guid.AllBitsSet, grade?.ToWire());
        return (word is null
            ? db.Database.SqlQuery<Guid>($"""
                SELECT DISTINCT c.customer_id AS "Value" FROM unnest({projects}) AS project (code) CROSS JOIN LATERAL (
                    SELECT p.customer_id FROM organization.customer_projects p WHERE p.project = project.code AND p.customer_id < {before}
                    ORDER BY p.customer_id DESC LIMIT {count}) AS c ORDER BY "Value" DESC LIMIT {count}
                """)
            : db.Database.SqlQuery<Guid>($"""
                SELECT DISTINCT c.customer_id AS "Value" FROM unnest({projects}) AS project (code) CROSS JOIN LATERAL (
                    SELECT p.customer_id FROM organization.customer_projects p WHERE p.project = project.code AND p.grade = {word} AND p.customer_id < {before}
                    ORDER BY p.customer_id DESC LIMIT {count}) AS c ORDER BY "Value" DESC LIMIT {count}
                """)).ToListAsync(ct);
    }

    private CustomerItem Item(Customer c) => new(
        c.Id, c.Name(keys), c.PhonesInOrder.FirstOrDefault()?.Phone(keys).Masked, [.. c.Projects.Select(p => p.Project).Order(StringComparer.Ordinal)], c.Grade, c.GradedByHand, c.KnownSince, c.Version);
}

internal static class ListCustomersEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/customers", (Query<ListCustomersQuery> query, Call call) => call.Ask(new ListCustomers(call.Scope, query.Value)))
        .Tells<Page<CustomerItem>>("listCustomers", "List customers", "The customers of the projects you may read, the latest known first. Phones are masked.", rules: "ORG-16")
        .Requires(OrganizationPermissions.ReadCustomers);
}
