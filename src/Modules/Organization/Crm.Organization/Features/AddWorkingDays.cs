using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="From">The day from which is counted; it never counts itself.</param>
/// <param name="Days">How many working days later, or earlier when negative, from -2500 to 2500. 0 is the day itself if it is worked, else the next working day.</param>
internal sealed record AddWorkingDaysBody(LocalDate From, int Days);

internal sealed record AddWorkingDays(AddWorkingDaysBody Body) : IRequest<WorkingDayFound>;

/// <param name="Date">The working day.</param>
/// <param name="Provisional">The notice of a year on the way is not out yet: the answer may still change.</param>
internal sealed record WorkingDayFound(LocalDate Date, bool Provisional);

internal sealed class AddWorkingDaysValidator : AbstractValidator<AddWorkingDaysBody>
{
    public AddWorkingDaysValidator()
    {
        RuleFor(b => b.From).Must(d => d.Year is >= 1920 and <= 2180).WithMessage(_ => new Text("must lie between 1920 and 2180", "应在 1920 年至 2180 年之间").Localized);
        RuleFor(b => b.Days).InclusiveBetween(-CalendarLimits.MostDays, CalendarLimits.MostDays);
    }
}

/// <summary>ORG-07: the n-th working day after a day.</summary>
internal sealed class AddWorkingDaysHandler(OrganizationDirectory directory) : IRequestHandler<AddWorkingDays, WorkingDayFound>
{
    public Task<WorkingDayFound> Handle(AddWorkingDays request, CancellationToken cancellationToken)
    {
        var (date, provisional) = directory.Current.Calendar.Add(request.Body.From, request.Body.Days);
        return Task.FromResult(new WorkingDayFound(date, provisional));
    }
}

internal static class AddWorkingDaysEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/calendar/working-days/addition", (Body<AddWorkingDaysBody> body, Call call) => call.Ask(new AddWorkingDays(body.Value)))
        .Tells<WorkingDayFound>(
            "addWorkingDays", "Add working days to a day", "The n-th working day after a day, by the working calendar. From a working day, adding n and then -n comes back to it.", rules: "ORG-07")
        .WithMetadata(new AsksSomething())
        .Example(new { from = "2026-02-13", days = 3 })
        .Requires(OrganizationPermissions.Read);
}
