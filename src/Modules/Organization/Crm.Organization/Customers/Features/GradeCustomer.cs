using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Customers.Features;

/// <param name="Grade">The grade from now on, whatever the rules say; null takes back what was set, and the rules decide again.</param>
/// <param name="Reason">Why.</param>
internal sealed record GradeCustomerBody(CustomerGrade? Grade, [property: Personal(Datum.Reason, Guard.TakenIn)] string Reason);

internal sealed record GradeCustomer(Guid Id, ProjectScope Scope, GradeCustomerBody Body) : ICommand<CustomerAnswer>, IGivesReason
{
    public string Reason => Body.Reason;
}

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListGradingsQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListGradings(Guid Id, ProjectScope Scope, ListGradingsQuery Query) : IRequest<Page<GradingItem>>;

/// <param name="Grade">The grade they had from then on.</param>
/// <param name="ByHand">It was set by somebody, and stood until it was taken back.</param>
/// <param name="By">Who; rule:ORG-16 where a rule gave it.</param>
/// <param name="Reason">Why; null where a rule gave it, or the customer was forgotten.</param>
/// <param name="At">When.</param>
internal sealed record GradingItem(CustomerGrade Grade, bool ByHand, string By, [property: Personal(Datum.Reason, Guard.InScope)] string? Reason, Instant At);

internal sealed class GradeCustomerValidator : AbstractValidator<GradeCustomerBody>
{
    public GradeCustomerValidator() => RuleFor(b => b.Reason).NotEmpty().MaximumLength(500);
}

/// <summary>ORG-16: a grade is set by hand, with a reason, and stands until it is taken back.</summary>
internal sealed class GradeCustomerHandler(OrganizationDb db, CustomerDesk desk, GradeBook grades, KeyRing keys)
    : IRequestHandler<GradeCustomer, Answer<CustomerAnswer>>, IRequestHandler<ListGradings, Page<GradingItem>>
{
    public async Task<Answer<CustomerAnswer>> Handle(GradeCustomer request, CancellationToken cancellationToken)
    {
        var (customer, now) = await desk.TakeAsync(request.Id, request.Scope, cancellationToken);
        if (customer.GradeByHand(request.Body.Grade, desk.By, now) is { } grading) db.Add(grading.Because(request.Body.Reason));
        await grades.RegradeAsync(customer, now, cancellationToken);
        return CustomerDesk.Changed(customer, request.Scope, now);
    }

    public async Task<Page<GradingItem>> Handle(ListGradings request, CancellationToken cancellationToken)
    {
        var (limit, after) = (Paging.Limit(request.Query.Limit), Paging.ReadCursor<TimeKey>(request.Query.Cursor));
        var customer = await db.CustomersIn(request.Scope, request.Id).Select(c => new { c.Id, c.SealedKey }).SingleOrDefaultAsync(cancellationToken) ?? throw CustomerDesk.Missing();
        var gradings = db.Set<CustomerGrading>().AsNoTracking().Where(g => g.CustomerId == customer.Id);
        if (after is { At: var at, Id: var id }) gradings = gradings.Where(g => EF.Functions.LessThan(ValueTuple.Create(g.At, g.Id), ValueTuple.Create(at, id)));
        var rows = await gradings.OrderByDescending(g => g.At).ThenByDescending(g => g.Id).Take(limit + 1).ToListAsync(cancellationToken);
        var key = keys.OpenRecord(customer.SealedKey, db.Schema, customer.Id);
        var page = Paging.Cut(rows, limit, g => new TimeKey(g.At, g.Id));
        return new([.. page.Items.Select(g => new GradingItem(g.Grade, g.ByHand, g.By, key.Open(g.Reason, g.Id), g.At))], page.Next);
    }
}

internal static class GradeCustomerEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/customers/{id:guid}/grade", (Guid id, Body<GradeCustomerBody> body, Call call) => call.Send(new GradeCustomer(id, call.Scope, body.Value)))
            .Tells<CustomerAnswer>(
                "gradeCustomer", "Set a customer's grade",
                "By hand, with a reason: it stands, whatever the rules say (policy customers.grades), until it is taken back with the grade null.", rules: "ORG-16")
            .Example(new { grade = "a", reason = "业委会主任" })
            .AboutCustomer()
            .Requires(OrganizationPermissions.GradeCustomers);
        routes.MapGet("/customers/{id:guid}/grades", (Guid id, Query<ListGradingsQuery> query, Call call) => call.Ask(new ListGradings(id, call.Scope, query.Value)))
            .Tells<Page<GradingItem>>("listCustomerGrades", "List a customer's grades", "Every grade the customer has had since the first, which is C, latest first: when, by whom or by which rule, and why.", rules: "ORG-16")
            .AboutCustomer()
            .Requires(OrganizationPermissions.ReadCustomers);
    }
}
