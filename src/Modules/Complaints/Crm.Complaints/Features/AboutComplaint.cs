using Crm.Complaints.Data;
using Crm.Shared.Access;
using Crm.Shared.Http;
using Microsoft.AspNetCore.Builder;

namespace Crm.Complaints.Features;

internal static class ComplaintPaths
{
    /// <summary>The <c>{id}</c> of the path is a case of the caller's projects.</summary>
    public static RouteHandlerBuilder AboutComplaint(this RouteHandlerBuilder endpoint) =>
        endpoint.About("complaint", "投诉", (ComplaintsDb db, Guid id, ProjectScope scope) => db.Complaints.VisibleIn(scope).Where(c => c.Id == id));
}
