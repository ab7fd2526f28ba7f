using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Erasures.Features;

/// <param name="Phone">The whole number of the person, as people write it.</param>
internal sealed record PreviewErasureBody([property: Personal(Datum.CustomerPhone, Guard.TakenIn)] string Phone);

internal sealed record PreviewErasure(PreviewErasureBody Body) : IRequest<ErasurePreview>;

/// <param name="Records">Each record that holds something of the person; none where nothing is known of them.</param>
internal sealed record ErasurePreview(IReadOnlyList<ErasureRecord> Records);

/// <param name="Module">The module it belongs to.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its id.</param>
/// <param name="Number">Its people-facing number; null for none.</param>
/// <param name="Project">Its project; null for what is wider than one.</param>
/// <param name="Belongs">The record with which it is erased; null for one of its own.</param>
/// <param name="Kept">Why it must be kept for now; null when it can be erased, or has been.</param>
/// <param name="ErasedAt">When it was erased; null while it is not.</param>
internal sealed record ErasureRecord(string Module, string Kind, Guid Id, string? Number, string? Project, Guid? Belongs, KeptView? Kept, Instant? ErasedAt)
{
    public static ErasureRecord Of(ErasureItem i) => new(i.Module, i.Kind, i.RecordId, i.Number, i.Project, i.Belongs, i.KeptWhy is null ? null : new(i.KeptWhy, Say(i.KeptWhy).Localized, i.KeptUntil), i.ErasedAt);

    private static Text Say(string why) => why switch
    {
        "open" => new("There is still something to do for the customer in it: it is erased when it is over and its retention has passed.", "事项尚未办结，办结并满保存期限后删除。"),
        _ => new("A filed case is kept whole for the time that the policy complaints.retention says (CMP-24), and erased then.", "归档件须按策略 complaints.retention 完整保存（CMP-24），期满后删除。"),
    };
}

/// <param name="Why">open or retention.</param>
/// <param name="Explanation">The same in words.</param>
/// <param name="Until">When it ends; null where an act ends it.</param>
internal sealed record KeptView(string Why, string Explanation, Instant? Until);

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
        var found = await forgetting.FindAsync(phone, cancellationToken);
        var shown = found.Select(i => new ShownRecord(i.Kind, i.RecordId.ToString(), i.Project)).DefaultIfEmpty(new ShownRecord("erasure", "none", Project: null));
        await reads.WriteAsync(db, nameof(PreviewErasure), shown, cancellationToken);
        return new([.. found.Select(ErasureRecord.Of)]);
    }
}

internal static class PreviewErasureEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/personal-data/erasures/preview", (Body<PreviewErasureBody> body, Call call) => call.Ask(new PreviewErasure(body.Value)))
        .Tells<ErasurePreview>(
            "previewErasure", "See what forgetting somebody would erase",
            "Every record of every module that holds something of the person with this phone, whether it can be erased now, and if not, why and until when. Changes nothing. That somebody looked is an entry of the audit, without the number.",
            rules: "ORG-10, ORG-12")
        .WithMetadata(new AsksSomething())
        .Example(new { phone = "138 0013 8000" })
        .RequiresEverywhere(OrganizationPermissions.ErasePersonalData);
}
