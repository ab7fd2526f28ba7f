using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Crm.Organization.Customers.Features;

/// <param name="Phone">The whole number, as people write it.</param>
internal sealed record LookUpCallerBody([property: Personal(Datum.CustomerPhone, Guard.TakenIn)] string Phone);

internal sealed record LookUpCaller(Caller Caller, ProjectScope Scope, LookUpCallerBody Body) : IRequest<CallerFound>;

/// <param name="Customer">Who calls; null for a phone that is nobody's, or whose customer you may not see.</param>
/// <param name="Modules">What each module that you may read has to do with them; empty where nobody was found.</param>
/// <param name="Withheld">Modules left out because you may not read them in any project.</param>
internal sealed record CallerFound(CallerCard? Customer, IReadOnlyList<CallerModule> Modules, IReadOnlyList<string> Withheld);

/// <param name="Module">The module.</param>
/// <param name="Records">What is open first, then the latest first.</param>
/// <param name="More">There are more than these.</param>
internal sealed record CallerModule(string Module, IReadOnlyList<CallerRecord> Records, bool More);

/// <summary>ORG-16: what an agent sees while the phone rings. ORG-10: that somebody looked is written down before they are told.</summary>
internal sealed class LookUpCallerHandler(
    [FromKeyedServices(OrganizationModule.Schema)] NpgsqlDataSource source, AuditedReads reads, IEnumerable<ICallerRecords> modules, KeyRing keys) : IRequestHandler<LookUpCaller, CallerFound>
{
    private const int Most = 20;

    public async Task<CallerFound> Handle(LookUpCaller request, CancellationToken cancellationToken)
    {
        var (caller, scope, body) = request;
        Phone.TryParse(body.Phone, out var phone);
        var open = modules.Select(m => (Module: m, Scope: caller.Scope(m.Permission.Name))).ToArray();
        string[] withheld = [.. open.Where(m => m.Scope.IsEmpty).Select(m => m.Module.Name)];
        var found = await CallerCard.FindAsync(source, keys, phone, scope, caller.Scope(PersonalData.SeeInFull.Name), cancellationToken);
        var looked = reads.WriteAsync(
            source, OrganizationModule.Schema, nameof(LookUpCaller), [new ShownRecord("customer", found?.Id.ToString() ?? "none", found?.Projects.FirstOrDefault(scope.Includes))], cancellationToken);
        if (found is null)
        {
            await looked;
            return new CallerFound(Customer: null, [], withheld);
        }

        var read = Task.WhenAll(open.Where(m => !m.Scope.IsEmpty).Select(m => ReadAsync(m.Module, found.Id, m.Scope, cancellationToken)));
        await Task.WhenAll(looked, read);
        return new CallerFound(found, await read, withheld);
    }

    private static async Task<CallerModule> ReadAsync(ICallerRecords module, Guid customer, ProjectScope scope, CancellationToken ct)
    {
        var records = await module.ListAsync(customer, scope, Most + 1, ct);
        return new(module.Name, records.Count > Most ? [.. records.Take(Most)] : records, records.Count > Most);
    }
}

internal sealed class LookUpCallerValidator : AbstractValidator<LookUpCallerBody>
{
    public LookUpCallerValidator() => RuleFor(b => b.Phone).Must(p => Phone.TryParse(p, out _)).WithMessage(_ => Phone.Expected.Localized);
}

internal static class LookUpCallerEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/customers/lookup", (Body<LookUpCallerBody> body, Call call) => call.Ask(new LookUpCaller(call.Caller, call.Scope, body.Value)))
        .Tells<CallerFound>(
            "lookUpCaller", "Find out who calls",
            "What every module knows of the caller with this phone: the customer, and their cases and follow-ups, open ones first, each within your own rights there. The number stands in the body, so that it is in no address and no log; it is found whole or not at all, however it is written. A phone that is nobody's is answered with 200 and nothing found. That somebody looked is an entry of the audit, without the number.",
            rules: "ORG-10, ORG-12, ORG-16")
        .WithMetadata(new AsksSomething())
        .Example(new { phone = "138 0013 8000" })
        .Requires(OrganizationPermissions.ReadCustomers);
}
