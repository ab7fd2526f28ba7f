using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Organization.Features;
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

namespace Crm.Organization.Violations.Features;

/// <param name="Project">The project's code.</param>
/// <param name="Staff">The staff code of whose violation it is: somebody of this project.</param>
/// <param name="Kind">The code of the kind of violation.</param>
/// <param name="OccurredAt">When it was done; not in the future.</param>
/// <param name="Facts">What was done.</param>
/// <param name="Evidence">Where the evidence is found: a reference, not the evidence itself.</param>
internal sealed record RecordViolationBody(string Project, string Staff, string Kind, Instant OccurredAt, [property: Personal(Datum.StaffWords, Guard.TakenIn)] string Facts, string? Evidence = null);

internal sealed record RecordViolation(ProjectScope Scope, RecordViolationBody Body) : ICommand<ViolationAnswer>;

/// <param name="Id">The violation.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Offence">Which offence of its kind it is.</param>
/// <param name="Sanctions">What that leads to.</param>
/// <param name="AppealableUntil">The last instant at which the person concerned may appeal.</param>
/// <param name="Version">For If-Match; also the ETag.</param>
internal sealed record ViolationAnswer(Guid Id, ViolationState State, int Offence, Sanction[] Sanctions, Instant AppealableUntil, int Version) : IVersioned
{
    public static Answer<ViolationAnswer> Of(Violation v, Instant now, int status = 200) => new(
        status, new ViolationAnswer(v.Id, v.State, v.Number, v.Sanctions, v.AppealableUntil, v.Version), new Deed("violation", v.Id.ToString(), v.Project, now), v.Version,
        status == 201 ? $"/api/v1/violations/{v.Id}" : null);
}

internal sealed class RecordViolationValidator : AbstractValidator<RecordViolationBody>
{
    public RecordViolationValidator()
    {
        RuleFor(b => b.Project).MaximumLength(50);
        RuleFor(b => b.Staff).IsStaffCode();
        RuleFor(b => b.Kind).IsCode();
        RuleFor(b => b.Facts).NotEmpty().MaximumLength(4_000);
        RuleFor(b => b.Evidence).NotEmpty().MaximumLength(500).When(b => b.Evidence is not null);
    }
}

/// <summary>ORG-13: a violation is recorded; which offence it is and what it leads to follows from what was recorded before.</summary>
internal sealed class RecordViolationHandler(ViolationRegister register, OrganizationDb db, OrganizationDirectory directory, CommandContext context) : IRequestHandler<RecordViolation, Answer<ViolationAnswer>>
{
    public async Task<Answer<ViolationAnswer>> Handle(RecordViolation request, CancellationToken cancellationToken)
    {
        var b = request.Body;
        var project = directory.Current.ProjectIn(request.Scope, b.Project);
        if (!await db.StaffIn(ProjectScope.Of([project.Code])).AnyAsync(s => s.Code == b.Staff, cancellationToken)) throw new NotFound("member of staff", "员工", field: "staff");
        var violation = await register.RecordAsync(b.Staff, project, b.Kind, b.OccurredAt, b.Facts, b.Evidence, context.Caller.Subject, source: null, reference: null, cancellationToken);
        return ViolationAnswer.Of(violation, violation.RecordedAt, status: 201);
    }
}

internal static class RecordViolationEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/violations", (Body<RecordViolationBody> body, Call call) => call.Send(new RecordViolation(call.Scope, body.Value)))
        .Tells<ViolationAnswer>(
            "recordViolation", "Record a violation",
            "Records what somebody did. The answer says which offence of its kind it is, counted by what was recorded before, and what that leads to. The person concerned is told, and may appeal.",
            status: 201, rules: "ORG-13")
        .WithMetadata(new CreatesSomething())
        .Example(new { project = "demo", staff = "demo.officer", kind = "record-tampering", occurredAt = "2026-11-20T02:30:00Z", facts = "更改已审核的来访登记。", evidence = "audit:01a2019d-863d" })
        .Requires(OrganizationPermissions.RecordViolations);
}
