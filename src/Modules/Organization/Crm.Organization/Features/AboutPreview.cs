using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Id">What it is looked at and applied by.</param>
/// <param name="Deadlines">How many running deadlines it names.</param>
/// <param name="ExpiresAt">After this instant it can no longer be applied.</param>
/// <param name="Version">Grows when it is applied.</param>
internal sealed record PreviewAnswer(Guid Id, int Deadlines, Instant ExpiresAt, int Version);

/// <summary>Keeping and finding previews.</summary>
internal static class Previews
{
    /// <summary>Lets each module work out its part, then keeps the preview: one that can be found is whole.</summary>
    public static async Task<Answer<PreviewAnswer>> KeepAsync(
        this OrganizationDb db, ChangePreview preview, DeadlineChange change, IEnumerable<Deadlines> modules, CancellationToken ct)
    {
        var named = 0;
        foreach (var module in modules) named += await module.PreviewAsync(change, ct);
        preview.Names(named);
        db.Previews.Add(preview);
        return new(
            201, new PreviewAnswer(preview.Id, named, preview.ExpiresAt, preview.Version), new Deed("preview", preview.Id.ToString(), preview.Project, preview.MadeAt), preview.Version,
            $"/api/v1/{Path(preview.Kind)}/previews/{preview.Id}");
    }

    /// <summary>Where the changes of a kind are found.</summary>
    public static string Path(ChangeKind kind) => kind == ChangeKind.Policy ? "policies" : "calendar";

    /// <summary>Those of a kind in the scope's projects; what concerns every project, for those who have every project.</summary>
    public static IQueryable<ChangePreview> VisibleIn(this IQueryable<ChangePreview> previews, ProjectScope scope, ChangeKind kind) =>
        previews.Where(p => p.Kind == kind && (scope.Everywhere || (p.Project != null && scope.Projects.Contains(p.Project))));
}
