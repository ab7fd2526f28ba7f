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

/// <param name="Code">Its code, for ever: small letters, digits and hyphens.</param>
/// <param name="TitleEn">Its name in English.</param>
/// <param name="TitleZh">Its name in Chinese.</param>
/// <param name="Criteria">What it looks at; the weights add up to 100.</param>
internal sealed record DefineAppraisalFormBody(string Code, string TitleEn, string TitleZh, Criterion[] Criteria);

internal sealed record DefineAppraisalForm(DefineAppraisalFormBody Body) : ICommand<CodedAnswer>;

internal sealed class DefineAppraisalFormValidator : AbstractValidator<DefineAppraisalFormBody>
{
    public DefineAppraisalFormValidator()
    {
        RuleFor(b => b.Code).IsCode();
        RuleFor(b => b.TitleEn).IsName();
        RuleFor(b => b.TitleZh).IsName();
        RuleFor(b => b.Criteria).AreCriteria();
    }
}

internal static class CriteriaRules
{
    /// <summary>1 to 30 criteria, each code once, whose weights of 1 to 100 add up to 100.</summary>
    public static IRuleBuilderOptions<T, Criterion[]> AreCriteria<T>(this IRuleBuilder<T, Criterion[]> rule) => rule
        .Must(criteria => criteria.Length is >= 1 and <= 30 && criteria.All(c => c is { Code.Length: >= 1 and <= 50, TitleEn.Length: >= 1 and <= 200, TitleZh.Length: >= 1 and <= 200, Weight: >= 1 and <= 100, Target: null or (>= 1 and <= 1_000_000) })
            && criteria.DistinctBy(c => c.Code).Count() == criteria.Length && criteria.Sum(c => c.Weight) == 100)
        .WithMessage(_ => new Text("must be 1 to 30 criteria, each code once, with weights of 1 to 100 that add up to 100", "应为 1 到 30 个项目，编码不重复，权重为 1 到 100 且合计 100").Localized);

    /// <summary>Each figure is one there is, with a target where it is a count, and only there.</summary>
    /// <exception cref="Malformed">It is not.</exception>
    public static void EnsureKnown(this AppraisalFigures figures, IEnumerable<Criterion> criteria)
    {
        var known = figures.Kinds;
        if (criteria.All(c => c.Figure is null ? c.Target is null : known.TryGetValue(c.Figure, out var kind) && c.Target is not null == (kind.Form == FigureForm.Count))) return;
        var names = string.Join(", ", known.Keys.Order(StringComparer.Ordinal));
        throw Malformed.Field("criteria", new Text($"a figure must be one of {names}, with a target if it is a count, and only then", $"figure 应为以下之一：{names}；计数类须有 target，其他不得有"));
    }
}

/// <summary>ORG-14: a new form.</summary>
internal sealed class DefineAppraisalFormHandler(OrganizationDb db, AppraisalFigures figures, IClock clock) : IRequestHandler<DefineAppraisalForm, Answer<CodedAnswer>>
{
    public async Task<Answer<CodedAnswer>> Handle(DefineAppraisalForm request, CancellationToken cancellationToken)
    {
        var b = request.Body;
        figures.EnsureKnown(b.Criteria);
        await db.TakeNameAsync($"appraisal form {b.Code}", cancellationToken);
        if (await db.AppraisalForms.AnyAsync(f => f.Code == b.Code, cancellationToken))
            throw new BrokenRule("ORG-14", new Text($"There is a form {b.Code} already.", $"考核表单 {b.Code} 已存在。"));
        var form = new AppraisalForm { Code = b.Code, TitleEn = b.TitleEn, TitleZh = b.TitleZh, Criteria = b.Criteria };
        db.AppraisalForms.Add(form);
        return new(201, new CodedAnswer(form.Code, form.Version), new Deed("appraisalForm", form.Code, Project: null, clock.GetCurrentInstant()), form.Version, $"/api/v1/appraisal-forms/{form.Code}");
    }
}

internal static class DefineAppraisalFormEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/appraisal-forms", (Body<DefineAppraisalFormBody> body, Call call) => call.Send(new DefineAppraisalForm(body.Value)))
        .Tells<CodedAnswer>(
            "defineAppraisalForm", "Define an appraisal form",
            "What an appraisal looks at, with how much weight: points given by hand, or a figure that the system counts (GET /appraisal-forms/figures says which there are and what exactly they count).",
            status: 201, rules: "ORG-14")
        .WithMetadata(new CreatesSomething())
        .Example(new
        {
            code = "officer", titleEn = "Customer-service officer", titleZh = "客服专员考核",
            criteria = new object[]
            {
                new { code = "attitude", titleEn = "Attitude", titleZh = "态度", weight = 20 },
                new { code = "ability", titleEn = "Ability", titleZh = "能力", weight = 20 },
                new { code = "satisfaction", titleEn = "Satisfaction", titleZh = "客户满意度", weight = 25, figure = "followups.satisfaction" },
                new { code = "on-time", titleEn = "On time", titleZh = "时限达成", weight = 20, figure = "complaints.on-time" },
                new { code = "handled", titleEn = "Cases handled", titleZh = "办结量", weight = 15, figure = "complaints.handled", target = 40 },
            },
        })
        .RequiresEverywhere(OrganizationPermissions.DefineAppraisals);
}
