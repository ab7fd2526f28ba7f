using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Webhooks;

/// <summary>Which webhooks somebody may see and change.</summary>
internal static class WebhookScope
{
    /// <summary>Those of the scope's projects; one for every project is visible to those who have every project.</summary>
    public static IQueryable<Webhook> WebhooksIn(this OrganizationDb db, ProjectScope scope)
    {
        var present = db.Set<Webhook>().Where(w => w.DeletedAt == null);
        return scope.Everywhere ? present : present.Where(w => w.Project != null && scope.Projects.Contains(w.Project));
    }

    /// <summary>Takes one for a change: row lock, visibility, expected version.</summary>
    /// <exception cref="NotFound">Missing, or outside the scope.</exception>
    /// <exception cref="StaleVersion">If-Match names another version.</exception>
    public static async Task<Webhook> TakeWebhookAsync(this OrganizationDb db, Guid id, ProjectScope scope, CommandContext context, CancellationToken ct)
    {
        await db.LockAsync<Webhook>(id, ct);
        var webhook = await db.WebhooksIn(scope).SingleOrDefaultAsync(w => w.Id == id, ct) ?? throw Missing();
        context.EnsureCurrent(webhook.Version);
        return webhook;
    }

    /// <summary>What a caller is told who may not see it, or asks for one that is not there.</summary>
    public static NotFound Missing() => new("webhook", "Webhook");

    /// <summary>What a caller is told who asks for a delivery that this webhook never had.</summary>
    public static NotFound NoDelivery() => new("delivery", "投递记录");

    /// <summary>The path names a webhook.</summary>
    public static RouteHandlerBuilder AboutWebhook(this RouteHandlerBuilder endpoint) =>
        endpoint.About("webhook", "Webhook", (OrganizationDb db, Guid id, ProjectScope scope) => db.WebhooksIn(scope).Where(w => w.Id == id));
}
