using Crm.Organization.Data;
using Crm.Organization.Deliveries;
using Crm.Organization.Notifications;
using Crm.Shared.Access;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="State">Only those that stand there.</param>
/// <param name="Limit">Page size, 1 to 200; 50 when absent.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal sealed record ListEmailsQuery(DeliveryState? State = null, int? Limit = null, string? Cursor = null);

internal sealed record ListEmails(ListEmailsQuery Query) : IRequest<Page<EmailItem>>;

/// <param name="Id">What to replay it by; the notification it tells of has the same.</param>
/// <param name="Staff">The staff code of whom it is for; never their address.</param>
/// <param name="Kind">The kind of notice.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">How often it was tried since it was due, or last replayed.</param>
/// <param name="LastStatus">The SMTP status of the last answer; null when there was none.</param>
/// <param name="LastFailure">Why it was not delivered; null when nothing is wrong.</param>
/// <param name="LastLatency">How long the last attempt took; null before the first.</param>
/// <param name="LastAttemptAt">When it was last tried; real time.</param>
/// <param name="NextAttemptAt">When it is tried next; real time; null when it is not.</param>
/// <param name="OccurredAt">When what it tells of happened, by the domain's clock.</param>
internal sealed record EmailItem(
    Guid Id, string Staff, string Kind, DeliveryState State, int Attempts, int? LastStatus, DeliveryFailure? LastFailure, Duration? LastLatency, Instant? LastAttemptAt, Instant? NextAttemptAt, Instant OccurredAt);

/// <summary>ORG-11: the e-mails that were due, and what became of each, newest first. What is still waiting for the end of quiet hours is not among them.</summary>
internal sealed class ListEmailsHandler(OrganizationDb db) : IRequestHandler<ListEmails, Page<EmailItem>>
{
    public async Task<Page<EmailItem>> Handle(ListEmails request, CancellationToken cancellationToken)
    {
        var query = request.Query;
        var limit = Paging.Limit(query.Limit);
        var emails = db.Set<Delivery>().Where(d => d.Lane == Delivery.Mail);
        if (query.State is { } state) emails = emails.Where(d => d.State == state);
        if (Paging.ReadCursor<ListDeliveriesHandler.IdKey>(query.Cursor)?.Id is { } last) emails = emails.Where(d => d.Id.CompareTo(last) < 0);
        var rows = await (
            from d in emails
            join n in db.Set<Notification>() on d.MessageId equals n.Id
            orderby d.Id descending
            select new EmailItem(
                d.Id, n.Staff, d.Type, d.State, d.Attempts, d.LastStatus, d.LastFailure, d.LastLatency, d.LastAttemptAt, d.State == DeliveryState.Waiting ? d.NextAttemptAt : null, d.OccurredAt))
            .Take(limit + 1).ToListAsync(cancellationToken);
        return Paging.Cut(rows, limit, e => new ListDeliveriesHandler.IdKey(e.Id));
    }
}

internal static class ListEmailsEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/emails", (Query<ListEmailsQuery> query, Call call) => call.Ask(new ListEmails(query.Value)))
        .Tells<Page<EmailItem>>(
            "listEmails", "List e-mails to staff", "What was to be told by e-mail and what became of it, newest first, without anybody's address; kept for 30 days after the end. Those for whom nobody gave an address are failed, with noAddress.", rules: "ORG-11")
        .RequiresEverywhere(OrganizationPermissions.ManageStaff);
}
