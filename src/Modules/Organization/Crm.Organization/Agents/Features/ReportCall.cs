using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Features;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Agents.Features;

/// <param name="System">Your software's name, always the same.</param>
/// <param name="Call">Your own id of the call. No phone number.</param>
/// <param name="Staff">The agent's staff code.</param>
/// <param name="Event">What happened to the call at this agent.</param>
/// <param name="At">When it happened: late is fine, more than 5 minutes ahead of the system's clock is not.</param>
internal sealed record ReportCallBody(string System, string Call, string Staff, CallEventKind Event, Instant At);

internal sealed record ReportCall(ReportCallBody Body) : ICommand<CallReported>;

/// <param name="System">The software's name.</param>
/// <param name="Call">Its own id of the call.</param>
/// <param name="New">False when exactly this was reported before.</param>
internal sealed record CallReported(string System, string Call, bool New);

internal sealed class ReportCallValidator : AbstractValidator<ReportCallBody>
{
    public ReportCallValidator()
    {
        RuleFor(b => b.System).NotEmpty().MaximumLength(100);
        RuleFor(b => b.Call).NotEmpty().MaximumLength(100);
        RuleFor(b => b.Staff).IsStaffCode();
    }
}

/// <summary>ORG-06: the call-centre software tells what happened to a call: in any order, late, and as often as it likes.</summary>
internal sealed class ReportCallHandler(OrganizationDb db, OrganizationDirectory directory, IClock clock) : IRequestHandler<ReportCall, Answer<CallReported>>
{
    private static readonly Duration ClockSkew = Duration.FromMinutes(5);

    public async Task<Answer<CallReported>> Handle(ReportCall request, CancellationToken cancellationToken)
    {
        var (b, now) = (request.Body, clock.GetCurrentInstant());
        if (directory.Current.FindStaff(b.Staff) is null) throw new NotFound("member of staff", "员工", field: "staff");
        if (b.At > now + ClockSkew)
            throw Malformed.Field("at", new Text($"must be at most 5 minutes ahead of the system's clock ({now})", $"不得晚于系统时间（{now}）5 分钟以上"));
        var isNew = await db.Database.ExecuteSqlAsync($"""
            INSERT INTO organization.call_events (staff, system, call, kind, at) VALUES ({b.Staff}, {b.System}, {b.Call}, {b.Event.ToWire()}, {b.At.ToDateTimeUtc()}) ON CONFLICT DO NOTHING
            """, cancellationToken) == 1;
        return new(isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK, new CallReported(b.System, b.Call, isNew), new Deed("call", $"{b.System}/{b.Call}", Project: null, now));
    }
}

internal static class ReportCallEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/agents/calls", (Body<ReportCallBody> body, Call call) => call.Send(new ReportCall(body.Value)))
        .Tells<CallReported>(
            "reportCall", "Report what happened to a call",
            "For the call-centre software, with an API key: answered, missed or ended, one event at a time, in any order, also long after. The same event reported again answers 200 and counts once; another instant for the same event is one more fact, and the first answer and the last end count.",
            status: 201, rules: "ORG-06")
        .Produces<CallReported>(200, "application/json")
        .WithMetadata(new CreatesSomething())
        .Example(new { system = "callcentre-1", call = "20261122-000871", staff = "call.agent", @event = "answered", at = "2026-11-22T01:12:44Z" })
        .RequiresEverywhere(OrganizationPermissions.ReportCalls);
}
