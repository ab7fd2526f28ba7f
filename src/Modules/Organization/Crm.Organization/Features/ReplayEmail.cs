using Crm.Organization.Data;
using Crm.Organization.Deliveries;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Features;

internal sealed record ReplayEmail(Guid Id) : ICommand<EmailReplayed>;

/// <summary>No body.</summary>
internal sealed record EmailReplayed;

/// <summary>ORG-11: an e-mail is sent once more, to the address the person has now, when what stood in its way has been put right. It is still not sent for what was acknowledged.</summary>
internal sealed class ReplayEmailHandler(OrganizationDb db, IClock clock) : IRequestHandler<ReplayEmail, Answer<EmailReplayed>>
{
    public async Task<Answer<EmailReplayed>> Handle(ReplayEmail request, CancellationToken cancellationToken)
    {
        var again = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE organization.deliveries SET state = 'waiting', attempts = 0, tried_since = NULL, next_attempt_at = clock_timestamp(), ended_at = NULL
            WHERE id = {request.Id} AND lane = {Delivery.Mail}
            """, cancellationToken);
        if (again == 0) throw new NotFound("e-mail", "邮件");
        return new(204, new EmailReplayed(), new Deed("email", request.Id.ToString(), Project: null, clock.GetCurrentInstant()));
    }
}

internal static class ReplayEmailEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/emails/{id:guid}/replay", (Guid id, Call call) => call.Send(new ReplayEmail(id)))
        .Tells<EmailReplayed>("replayEmail", "Replay an e-mail", "It is sent again at once, to the address the person has now, with fresh attempts; not when they have acknowledged what it tells of.", status: 204, rules: "ORG-11")
        .About("e-mail", "邮件", (OrganizationDb db, Guid id, ProjectScope _) => db.Set<Delivery>().Where(d => d.Lane == Delivery.Mail && d.Id == id))
        .RequiresEverywhere(OrganizationPermissions.ManageStaff);
}
