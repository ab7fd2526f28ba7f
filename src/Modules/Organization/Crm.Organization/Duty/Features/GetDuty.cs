using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Duty.Features;

/// <param name="Project">The project's code.</param>
/// <param name="At">The instant; now when absent.</param>
internal sealed record GetDutyQuery(string Project, Instant? At = null);

internal sealed record GetDuty(ProjectScope Scope, GetDutyQuery Query) : IRequest<DutyView>;

/// <param name="Project">The project's code.</param>
/// <param name="At">The instant asked about.</param>
/// <param name="People">Who is on duty then, in the order in which they go off duty; nobody where no published roster says so.</param>
internal sealed record DutyView(string Project, Instant At, IReadOnlyList<OnDuty> People);

/// <summary>ORG-04: who is on duty.</summary>
internal sealed class GetDutyHandler(OrganizationDirectory directory, CurrentDuty duty, IClock clock) : IRequestHandler<GetDuty, DutyView>
{
    public async Task<DutyView> Handle(GetDuty request, CancellationToken cancellationToken)
    {
        var (project, at) = (directory.Current.ProjectIn(request.Scope, request.Query.Project), request.Query.At ?? clock.GetCurrentInstant());
        return new(project.Code, at, await duty.AtAsync(project.Code, at, cancellationToken));
    }
}

internal static class GetDutyEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/duty", (Query<GetDutyQuery> query, Call call) => call.Ask(new GetDuty(call.Scope, query.Value)))
        .Tells<DutyView>("getDuty", "Who is on duty", "In a project at an instant: who, in which shift, and until when. Extensions count, and who is on leave is not there. A shift includes its beginning, not its end.", rules: DutyRule.Rule)
        .Requires(DutyPermissions.Read);
}
