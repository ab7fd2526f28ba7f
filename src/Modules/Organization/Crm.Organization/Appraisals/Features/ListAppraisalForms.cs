using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Appraisals.Features;

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListAppraisalFormsQuery(int? Limit = null, string? Cursor = null);

internal sealed record ListAppraisalForms(ListAppraisalFormsQuery Query) : IRequest<Page<AppraisalFormItem>>;

/// <param name="Code">The code by which every other call names it.</param>
/// <param name="Title">Its name, in the language asked for.</param>
/// <param name="TitleEn">Its name in English.</param>
/// <param name="TitleZh">Its name in Chinese.</param>
/// <param name="Criteria">What it looks at.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record AppraisalFormItem(string Code, string Title, string TitleEn, string TitleZh, Criterion[] Criteria, int Version);

/// <summary>ORG-14: the forms there are, by code: what everybody is measured by, open to everybody.</summary>
internal sealed class ListAppraisalFormsHandler(OrganizationDb db) : IRequestHandler<ListAppraisalForms, Page<AppraisalFormItem>>
{
    public async Task<Page<AppraisalFormItem>> Handle(ListAppraisalForms request, CancellationToken cancellationToken)
    {
        var limit = Paging.Limit(request.Query.Limit);
        var forms = db.AppraisalForms.AsNoTracking();
        if (Paging.ReadCursor<CodeKey>(request.Query.Cursor) is { Code: var after }) forms = forms.Where(f => f.Code.CompareTo(after) > 0);
        var rows = await forms.OrderBy(f => f.Code).Take(limit + 1).ToListAsync(cancellationToken);
        return Paging.Cut([.. rows.Select(f => new AppraisalFormItem(f.Code, new Text(f.TitleEn, f.TitleZh).Localized, f.TitleEn, f.TitleZh, f.Criteria, f.Version))], limit, f => new CodeKey(f.Code));
    }
}

internal static class ListAppraisalFormsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/appraisal-forms", (Query<ListAppraisalFormsQuery> query, Call call) => call.Ask(new ListAppraisalForms(query.Value)))
        .Tells<Page<AppraisalFormItem>>("listAppraisalForms", "List appraisal forms", "The forms there are and what they look at, by code.", rules: "ORG-14")
        .Requires(OrganizationPermissions.Read);
}
