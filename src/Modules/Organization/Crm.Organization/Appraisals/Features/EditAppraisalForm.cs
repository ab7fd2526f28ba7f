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

/// <param name="TitleEn">Its name in English.</param>
/// <param name="TitleZh">Its name in Chinese.</param>
/// <param name="Criteria">What it looks at from now on; the weights add up to 100.</param>
internal sealed record EditAppraisalFormBody(string TitleEn, string TitleZh, Criterion[] Criteria);

internal sealed record EditAppraisalForm(string Code, EditAppraisalFormBody Body) : ICommand<CodedAnswer>;

internal sealed class EditAppraisalFormValidator : AbstractValidator<EditAppraisalFormBody>
{
    public EditAppraisalFormValidator()
    {
        RuleFor(b => b.TitleEn).IsName();
        RuleFor(b => b.TitleZh).IsName();
        RuleFor(b => b.Criteria).AreCriteria();
    }
}

/// <summary>ORG-14: a form looks at something else from now on; appraisals that have begun keep the criteria they began with.</summary>
internal sealed class EditAppraisalFormHandler(OrganizationDb db, AppraisalFigures figures, CommandContext context, IClock clock) : IRequestHandler<EditAppraisalForm, Answer<CodedAnswer>>
{
    public async Task<Answer<CodedAnswer>> Handle(EditAppraisalForm request, CancellationToken cancellationToken)
    {
        var b = request.Body;
        await db.TakeNameAsync($"appraisal form {request.Code}", cancellationToken);
        var form = await db.AppraisalForms.SingleOrDefaultAsync(f => f.Code == request.Code, cancellationToken) ?? throw new NotFound("appraisal form", "考核表单");
        context.EnsureCurrent(form.Version);
        figures.EnsureKnown(b.Criteria);
        (form.TitleEn, form.TitleZh, form.Criteria) = (b.TitleEn, b.TitleZh, b.Criteria);
        form.Edited();
        return new(200, new CodedAnswer(form.Code, form.Version), new Deed("appraisalForm", form.Code, Project: null, clock.GetCurrentInstant()), form.Version);
    }
}

internal static class EditAppraisalFormEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPut("/appraisal-forms/{code}", (string code, Body<EditAppraisalFormBody> body, Call call) => call.Send(new EditAppraisalForm(code, body.Value)))
        .Tells<CodedAnswer>("editAppraisalForm", "Edit an appraisal form", "Its name and its criteria, for appraisals that begin from now on. Needs If-Match with the version that is listed.", rules: "ORG-14")
        .WithMetadata(new EditsSomething())
        .Example(new { titleEn = "Officer", titleZh = "专员考核", criteria = new object[] { new { code = "attitude", titleEn = "Attitude", titleZh = "态度", weight = 40 }, new { code = "on-time", titleEn = "On time", titleZh = "时限达成", weight = 60, figure = "complaints.on-time" } } })
        .RequiresEverywhere(OrganizationPermissions.DefineAppraisals);
}
