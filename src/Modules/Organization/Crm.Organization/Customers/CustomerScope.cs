using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Customers;

/// <summary>ORG-16: who sees which customers: whoever may see one of their projects.</summary>
internal static class CustomerScope
{
    public static IQueryable<Customer> CustomersIn(this OrganizationDb db, ProjectScope scope) =>
        scope.Everywhere ? db.Customers : db.Customers.Where(c => db.Set<CustomerProject>().Any(p => p.CustomerId == c.Id && scope.Projects.Contains(p.Project)));

    /// <summary>The customer of this id; the one that stays, where the record was merged.</summary>
    public static IQueryable<Customer> CustomersIn(this OrganizationDb db, ProjectScope scope, Guid id) =>
        db.CustomersIn(scope).Where(c => c.Id == db.Customers.Where(known => known.Id == id).Select(known => known.MergedInto ?? known.Id).FirstOrDefault());

    /// <summary>With everything the rules look at.</summary>
    public static IQueryable<Customer> Whole(this IQueryable<Customer> customers) =>
        customers.Include(c => c.Phones).Include(c => c.Homes).Include(c => c.Projects).AsSingleQuery();

    /// <summary>The <c>{id}</c> of the path is a customer of the caller's projects.</summary>
    public static RouteHandlerBuilder AboutCustomer(this RouteHandlerBuilder endpoint) =>
        endpoint.About("customer", "客户", (OrganizationDb db, Guid id, ProjectScope scope) => db.CustomersIn(scope, id));
}
