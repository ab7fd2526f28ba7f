using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Duty.Features;

internal sealed record PublishRoster(string Project, string Month, ProjectScope Scope) : ICommand<RosterAnswer>;

/// <summary>ORG-04: from now on people count on the roster: they are told, and open hours are told to those who are to know.</summary>
internal sealed class PublishRosterHandler(OrganizationDb db, CommandContext context, RosterLayout layout, OpenHours hours, IClock clock) : IRequestHandler<PublishRoster, Answer<RosterAnswer>>
{
    public async Task<Answer<RosterAnswer>> Handle(PublishRoster request, CancellationToken cancellationToken)
    {
        var roster = await db.TakeRosterAsync(request.Scope, request.Project, request.Month, context, cancellationToken);
        roster.EnsureDraft();
        if (await layout.LayAsync(roster, cancellationToken) > 0)
            throw DutyRule.Broken("Shifts or the working calendar have changed since the draft was made: save its needs or generate it again, and look at it once more.", "编制草稿后班次或工作日历有变动，请重新保存人数或重新生成并核对后再发布。", "needs", "generation");
        var people = await db.Set<ShiftAssignment>().Where(a => a.Roster == roster.Id && a.OffAt == null).Select(a => a.Staff).Distinct().Order().ToListAsync(cancellationToken);
        // Leave that is being signed is signed before or after: then one of the two sees the other, and open hours are told.
        await db.LockStaffAsync(people, cancellationToken);
        var now = clock.GetCurrentInstant();
        roster.Publish(people, now);
        await hours.ReviewAsync(await db.Set<ShiftSlot>().Where(s => s.Roster == roster.Id).Select(s => s.Id).ToListAsync(cancellationToken), cancellationToken);
        return RosterAnswer.Of(200, roster, now);
    }
}

internal static class PublishRosterEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/rosters/{project}/{month}/publication", (string project, string month, Call call) => call.Send(new PublishRoster(project, month, call.Scope)))
        .Tells<RosterAnswer>("publishRoster", "Publish a roster", "Everybody with a shift in it is told. Afterwards it changes only by swaps, and by corrections with a reason. Open hours are told to the supervisors.", rules: DutyRule.Rule)
        .AboutRoster()
        .Requires(DutyPermissions.Arrange);
}
