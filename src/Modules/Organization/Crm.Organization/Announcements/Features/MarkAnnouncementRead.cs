using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Announcements.Features;

internal sealed record MarkAnnouncementRead(Guid Id, Caller Caller, ProjectScope Scope) : ICommand<MarkedRead>;

/// <summary>No body.</summary>
internal sealed record MarkedRead;

/// <summary>ORG-15: a member of staff has read the valid edition; once more changes nothing.</summary>
internal sealed class MarkAnnouncementReadHandler(OrganizationDb db, IClock clock) : IRequestHandler<MarkAnnouncementRead, Answer<MarkedRead>>
{
    public async Task<Answer<MarkedRead>> Handle(MarkAnnouncementRead request, CancellationToken cancellationToken)
    {
        var (id, caller, scope) = request;
        var now = clock.GetCurrentInstant();
        var announcement = await db.AnnouncementsTo(scope).Begun(now).ShownTo(caller).AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, cancellationToken);
        if (announcement is null || caller.Staff is not { } staff) throw new NotFound("announcement", "公告");
        if (!announcement.AddressesStaff) throw new BrokenRule("ORG-15", new Text("It addresses residents: staff are not asked to mark it as read.", "该公告面向住户，员工无需标记已读。"));
        var at = now.ToDateTimeUtc();
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO organization.announcement_reads (announcement_id, edition, staff, read_at) VALUES ({id}, {announcement.Edition}, {staff}, {at}) ON CONFLICT DO NOTHING", cancellationToken);
        return new(204, new MarkedRead(), new Deed("announcement", id.ToString(), announcement.Project, now));
    }
}

internal static class MarkAnnouncementReadEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/announcements/{id:guid}/read-mark", (Guid id, Call call) => call.Send(new MarkAnnouncementRead(id, call.Caller, call.Scope)))
        .Tells<MarkedRead>("markAnnouncementRead", "Mark an announcement as read", "You have read its valid edition. A correction is to be read again.", status: 204, rules: "ORG-15")
        .About("announcement", "公告", (OrganizationDb db, Guid id, ProjectScope scope) => db.AnnouncementsTo(scope).Where(a => a.Id == id))
        .Requires(OrganizationPermissions.ReadAnnouncements);
}
