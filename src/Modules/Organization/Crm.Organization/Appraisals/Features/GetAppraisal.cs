using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Appraisals.Features;

internal sealed record GetAppraisal(Guid Id, ProjectScope Scope) : IRequest<AppraisalDetails>;

/// <param name="Appraisal">Where it stands.</param>
/// <param name="Criteria">What it looks at, and what each comes to.</param>
/// <param name="Comment">What the person concerned says to it.</param>
/// <param name="ConfirmedBy">Who confirmed it.</param>
/// <param name="Steps">Everything that has happened to it, oldest first.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record AppraisalDetails(AppraisalItem Appraisal, CriterionItem[] Criteria, [property: Personal(Datum.StaffWords, Guard.InScope)] string? Comment, string? ConfirmedBy, AppraisalStepItem[] Steps, int Version) : IVersioned
{
    /// <summary>Reads the one there is. Of a draft, the figures are those of this moment; later, those it was submitted with.</summary>
    /// <exception cref="NotFound">There is none among these.</exception>
    public static async Task<AppraisalDetails> ReadAsync(IQueryable<Appraisal> visible, AppraisalFigures figures, OrganizationDirectory directory, CancellationToken ct)
    {
        var a = await visible.AsNoTracking().Include(a => a.Steps).SingleOrDefaultAsync(ct) ?? throw new NotFound("appraisal", "考核");
        var known = a.State == AppraisalState.Draft ? await figures.ReadAsync(a.Criteria, a.Staff, a.Project, a.Period.In(directory.Current.FindProject(a.Project)!.Zone), ct) : a.Figures;
        return new(
            AppraisalItem.Of(a), [.. a.Criteria.Select(c => CriterionItem.From(c, a.Given, known))], a.Comment, a.ConfirmedBy,
            [.. a.Steps.OrderBy(s => s.At).ThenBy(s => s.Id).Select(s => new AppraisalStepItem(s.Kind, s.At, s.By, s.Text, s.Total, s.Grade))], a.Version);
    }
}

/// <param name="Code">The criterion's code.</param>
/// <param name="Title">Its name, in the language asked for.</param>
/// <param name="Weight">How much of the whole it is, in percent.</param>
/// <param name="Figure">The figure its points come from; null when they are given by hand.</param>
/// <param name="Target">The count that is worth 100 points.</param>
/// <param name="Count">How many there were.</param>
/// <param name="Of">Of how many; 0 where there was nothing to measure.</param>
/// <param name="Points">What it comes to, of 100, shown to two decimals; the result is computed from the exact value. Null where there is nothing yet, or nothing to measure: then its weight is left out.</param>
internal sealed record CriterionItem(string Code, string Title, int Weight, string? Figure, int? Target, long? Count, long? Of, decimal? Points)
{
    public static CriterionItem From(Criterion c, GivenPoints[] given, FrozenFigure[] figures)
    {
        var figure = figures.SingleOrDefault(f => f.Criterion == c.Code);
        return new(c.Code, new Text(c.TitleEn, c.TitleZh).Localized, c.Weight, c.Figure, c.Target, figure?.Count, figure?.Of, Appraisals.Appraisal.PointsOf(c, given, figures)?.Rounded);
    }
}

/// <param name="Kind">What happened.</param>
/// <param name="At">When.</param>
/// <param name="By">Who did it.</param>
/// <param name="Text">The comment or the reason, where there is one.</param>
/// <param name="Total">The result at that moment.</param>
/// <param name="Grade">The grade at that moment.</param>
internal sealed record AppraisalStepItem(AppraisalStepKind Kind, Instant At, string By, [property: Personal(Datum.StaffWords, Guard.InScope)] string? Text, decimal? Total, string? Grade);

/// <summary>ORG-14: one appraisal with its history.</summary>
internal sealed class GetAppraisalHandler(OrganizationDb db, AppraisalFigures figures, OrganizationDirectory directory) : IRequestHandler<GetAppraisal, AppraisalDetails>
{
    public Task<AppraisalDetails> Handle(GetAppraisal request, CancellationToken cancellationToken) =>
        AppraisalDetails.ReadAsync(db.Appraisals.VisibleIn(request.Scope).Where(a => a.Id == request.Id), figures, directory, cancellationToken);
}

internal static class GetAppraisalEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/appraisals/{id:guid}", (Guid id, Call call) => call.Ask(new GetAppraisal(id, call.Scope)))
        .Tells<AppraisalDetails>("getAppraisal", "Get an appraisal", "Each criterion with its figure and points, the result, and every step. Of a draft the figures are those of this moment; once it is submitted they are frozen.", rules: "ORG-14")
        .About("appraisal", "考核", (OrganizationDb db, Guid id, ProjectScope scope) => db.Appraisals.VisibleIn(scope).Where(a => a.Id == id))
        .Requires(OrganizationPermissions.SeeAppraisals);
}
