using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="From">The day from which is counted; it never counts itself.</param>
/// <param name="To">The last day that counts, within ten years of the first; earlier than it for a negative answer.</param>
internal sealed record CountWorkingDaysBody(LocalDate From, LocalDate To);

internal sealed record CountWorkingDays(CountWorkingDaysBody Body) : IRequest<WorkingDaysCounted>;

/// <param name="Days">How many working days lie between; negative when <c>to</c> is earlier.</param>
/// <param name="Provisional">The notice of a year on the way is not out yet: the answer may still change.</param>
internal sealed record WorkingDaysCounted(int Days, bool Provisional);

/// <summary>ORG-07: how many working days lie between two days.</summary>
internal sealed class CountWorkingDaysHandler(OrganizationDirectory directory) : IRequestHandler<CountWorkingDays, WorkingDaysCounted>
{
    public Task<WorkingDaysCounted> Handle(CountWorkingDays request, CancellationToken cancellationToken)
    {
        var (from, to) = request.Body;
        CalendarLimits.EnsureNear(from, to, field: "to");
        var (days, provisional) = directory.Current.Calendar.Between(from, to);
        return Task.FromResult(new WorkingDaysCounted(days, provisional));
    }
}

internal static class CountWorkingDaysEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/calendar/working-days/count", (Body<CountWorkingDaysBody> body, Call call) => call.Ask(new CountWorkingDays(body.Value)))
        .Tells<WorkingDaysCounted>(
            "countWorkingDays", "Count working days", "How many working days lie after a day up to and with another. Between working days it undoes the addition.", rules: "ORG-07")
        .WithMetadata(new AsksSomething())
        .Example(new { from = "2026-02-13", to = "2026-02-25" })
        .Requires(OrganizationPermissions.Read);
}
