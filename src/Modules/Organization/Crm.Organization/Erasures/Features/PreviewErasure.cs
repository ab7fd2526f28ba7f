using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Crm.Organization.Erasures.Features;

/// <param name="Phone">The whole number of the person, as people write it.</param>
internal sealed record PreviewErasureBody([property: Personal(Datum.CustomerPhone, Guard.TakenIn)] string Phone);

/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before; send the same body with it.</param>
internal sealed record PreviewErasureQuery(int? Limit = null, string? Cursor = null);

internal sealed record PreviewErasure(PreviewErasureBody Body, PreviewErasureQuery Query) : IRequest<ErasurePreview>;

/// <param name="Records">How many records hold something of the person; none where nothing is known of them.</param>
/// <param name="Kept">How many of them must be kept for now.</param>
/// <param name="Items">These records.</param>
/// <param name="Next">Pass it as <c>cursor</c> for the next page; null on the last page.</param>
internal sealed record ErasurePreview(int Records, int Kept, IReadOnlyList<ErasureRecord> Items, string? Next);

internal sealed class PreviewErasureValidator : AbstractValidator<PreviewErasureBody>
{
    public PreviewErasureValidator() => RuleFor(b => b.Phone).Must(p => Phone.TryParse(p, out _)).WithMessage(_ => Phone.Expected.Localized);
}

/// <summary>ORG-12: what would be erased and what would be kept. ORG-10: that somebody looked is written down first.</summary>
internal sealed class PreviewErasureHandler(OrganizationDb db, Forgetting forgetting, AuditedReads reads) : IRequestHandler<PreviewErasure, ErasurePreview>
{
    public async Task<ErasurePreview> Handle(PreviewErasure request, CancellationToken cancellationToken)
    {
        Phone.TryParse(request.Body.Phone, out var phone);
        var (limit, after) = (Paging.Limit(request.Query.Limit), Paging.ReadCursor<RecordKey>(request.Query.Cursor));
        var found = (await forgetting.FindAsync(phone, cancellationToken)).OrderBy(i => i.RecordId).ThenBy(i => i.Kind, StringComparer.Ordinal).ToArray();
        var left = after is null ? found : found.SkipWhile(i => (i.RecordId.CompareTo(after.Id), string.CompareOrdinal(i.Kind, after.Kind)) is ( < 0, _) or (0, <= 0));
        var page = Paging.Cut([.. left.Take(limit + 1).Select(ErasureRecord.Of)], limit, r => new RecordKey(r.Id, r.Kind));
        var shown = page.Items.Select(r => new ShownRecord(r.Kind, r.Id.ToString(), r.Project)).DefaultIfEmpty(new ShownRecord("erasure", "none", Project: null));
        await reads.WriteAsync(db, nameof(PreviewErasure), shown, cancellationToken);
        return new(found.Length, found.Count(i => i.KeptWhy is not null), page.Items, page.Next);
    }
}

internal static class PreviewErasureEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/personal-data/erasures/preview", (Body<PreviewErasureBody> body, Query<PreviewErasureQuery> query, Call call) => call.Ask(new PreviewErasure(body.Value, query.Value)))
        .Tells<ErasurePreview>(
            "previewErasure", "See what forgetting somebody would erase",
            "Every record of every module that holds something of the person with this phone, whether it can be erased now, and if not, why and until when. Changes nothing. That somebody looked is an entry of the audit, without the number.",
            rules: "ORG-10, ORG-12")
        .WithMetadata(new AsksSomething())
        .Example(new { phone = "138 0013 8000" })
        .RequiresEverywhere(OrganizationPermissions.ErasePersonalData);
}
