using Crm.Organization.Access;
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
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Appraisals.Features;

/// <param name="Project">The project's code.</param>
/// <param name="Staff">The staff code of whom it appraises: somebody of this project, not yourself.</param>
/// <param name="Form">The code of the form.</param>
/// <param name="Period">Month, quarter or year.</param>
/// <param name="Start">The period's first day.</param>
internal sealed record BeginAppraisalBody(string Project, string Staff, string Form, PeriodKind Period, LocalDate Start);

internal sealed record BeginAppraisal(ProjectScope Scope, BeginAppraisalBody Body) : ICommand<AppraisalAnswer>;

/// <param name="Id">The appraisal.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Result">Its result; null until it is submitted.</param>
/// <param name="Version">For If-Match; also the ETag.</param>
internal sealed record AppraisalAnswer(Guid Id, AppraisalState State, AppraisalResult? Result, int Version) : IVersioned
{
    public static Answer<AppraisalAnswer> Of(Appraisal a, Instant now, int status = 200) => new(
        status, new AppraisalAnswer(a.Id, a.State, ResultOf(a), a.Version), new Deed("appraisal", a.Id.ToString(), a.Project, now), a.Version, status == 201 ? $"/api/v1/appraisals/{a.Id}" : null);

    /// <summary>The result it was submitted with; null before that.</summary>
    public static AppraisalResult? ResultOf(Appraisal a) => a.Total is { } total ? new(total, a.Grade!, a.Proposes!.Value) : null;
}

internal sealed class BeginAppraisalValidator : AbstractValidator<BeginAppraisalBody>
{
    public BeginAppraisalValidator()
    {
        RuleFor(b => b.Project).MaximumLength(50);
        RuleFor(b => b.Staff).IsStaffCode();
        RuleFor(b => b.Form).IsCode();
        RuleFor(b => b.Start).Must((b, start) => new AppraisalPeriod(b.Period, start).IsOne)
            .WithMessage(_ => new Text("must be the first day of such a period", "应为该考核期的第一天").Localized);
    }
}

/// <summary>ORG-14: an appraisal is begun; one for each person, form and period.</summary>
internal sealed class BeginAppraisalHandler(OrganizationDb db, OrganizationDirectory directory, CommandContext context, IClock clock) : IRequestHandler<BeginAppraisal, Answer<AppraisalAnswer>>
{
    public async Task<Answer<AppraisalAnswer>> Handle(BeginAppraisal request, CancellationToken cancellationToken)
    {
        var b = request.Body;
        var project = directory.Current.ProjectIn(request.Scope, b.Project);
        if (!await db.StaffIn(ProjectScope.Of([project.Code])).AnyAsync(s => s.Code == b.Staff, cancellationToken)) throw new NotFound("member of staff", "员工", field: "staff");
        var form = await db.AppraisalForms.AsNoTracking().SingleOrDefaultAsync(f => f.Code == b.Form, cancellationToken) ?? throw new NotFound("appraisal form", "考核表单", field: "form");
        var now = clock.GetCurrentInstant();
        var appraisal = Appraisal.Begin(b.Staff, project, form, new(b.Period, b.Start), context.Caller.Deciding("ORG-14"), now);
        db.Appraisals.Add(appraisal);
        return AppraisalAnswer.Of(appraisal, now, status: 201);
    }
}

internal static class BeginAppraisalEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/appraisals", (Body<BeginAppraisalBody> body, Call call) => call.Send(new BeginAppraisal(call.Scope, body.Value)))
        .Tells<AppraisalAnswer>("beginAppraisal", "Begin an appraisal", "A draft, of which you are the appraiser. There is one for each person, form and period.", status: 201, rules: "ORG-14")
        .WithMetadata(new CreatesSomething())
        .Example(new { project = "demo", staff = "demo.officer", form = "officer", period = "month", start = "2026-10-01" })
        .Requires(OrganizationPermissions.Appraise);
}
