using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Customers;

/// <param name="Id">The customer.</param>
/// <param name="Version">For If-Match; also the ETag.</param>
internal sealed record CustomerAnswer(Guid Id, int Version) : IVersioned;

/// <param name="Id">What it is named by: the home, or the phone.</param>
/// <param name="Customer">The customer.</param>
/// <param name="Version">The customer's version, for If-Match; also the ETag.</param>
internal sealed record CustomerPartAnswer(Guid Id, Guid Customer, int Version) : IVersioned;

/// <summary>No body.</summary>
internal sealed record CustomerPartRemoved;

/// <summary>Where every command takes its customer in hand: row lock, visibility, expected version, then the clock.</summary>
internal sealed class CustomerDesk(OrganizationDb db, CommandContext context, KeyRing keys, IClock clock)
{
    /// <summary>Who gives the command.</summary>
    public string By => context.Caller.Subject;

    /// <summary>What values are sealed with.</summary>
    public KeyRing Keys => keys;

    /// <exception cref="NotFound">Missing, or outside the scope.</exception>
    /// <exception cref="BrokenRule">The record was merged into another, or the person was forgotten.</exception>
    /// <exception cref="StaleVersion">If-Match names another version.</exception>
    public async Task<(Customer Customer, Instant Now)> TakeAsync(Guid id, ProjectScope scope, CancellationToken ct)
    {
        await db.LockAsync<Customer>(id, ct);
        var customer = await db.CustomersIn(scope, id).Whole().SingleOrDefaultAsync(ct) ?? throw Missing();
        if (customer.Id != id)
            throw new BrokenRule("ORG-16", new Text($"The record was merged into {customer.Id}: change that one.", $"该记录已并入 {customer.Id}，请修改该记录。"));
        if (customer.IsErased) throw PersonalTexts.Erased;
        context.EnsureCurrent(customer.Version);
        return (customer, clock.GetCurrentInstant());
    }

    /// <summary>What a caller is told who may not see it, or asks for one that is not there.</summary>
    public static NotFound Missing(string? field = null) => new("customer", "客户", field);

    /// <summary>What the audit says of a command on a customer.</summary>
    public static Deed Deed(Customer customer, ProjectScope scope, Instant at) => new("customer", customer.Id.ToString(), customer.ProjectIn(scope), at);

    /// <summary>The answer of a command that has changed the customer.</summary>
    public static Answer<CustomerAnswer> Changed(Customer customer, ProjectScope scope, Instant at, int status = 200) => new(
        status, new CustomerAnswer(customer.Id, customer.Version), Deed(customer, scope, at), customer.Version, status == 201 ? Path(customer.Id) : null);

    /// <summary>The answer of a command that has given the customer a home or a phone.</summary>
    public static Answer<CustomerPartAnswer> Given(Guid part, Customer customer, ProjectScope scope, Instant at) => new(
        201, new CustomerPartAnswer(part, customer.Id, customer.Version), Deed(customer, scope, at), customer.Version, Path(customer.Id));

    /// <summary>The answer of a command that has taken one away.</summary>
    public static Answer<CustomerPartRemoved> Taken(Customer customer, ProjectScope scope, Instant at) => new(204, new CustomerPartRemoved(), Deed(customer, scope, at), customer.Version);

    private static string Path(Guid id) => $"/api/v1/customers/{id}";
}
