using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Presence.Features;

internal sealed record GetOwnPresence(string Staff) : IRequest<OwnPresence>;

/// <param name="State">What you are doing.</param>
/// <param name="Reason">Why you are away; null in other states.</param>
/// <param name="Project">Where; null for the whole group.</param>
/// <param name="Since">Since when; null for somebody who has never said anything.</param>
/// <param name="ByRule">True when a rule has set you off.</param>
/// <param name="OffAt">When a rule sets you off unless you give a sign of life before; null while you are off.</param>
internal sealed record OwnPresence(PresenceState State, AwayReason? Reason, string? Project, Instant? Since, bool ByRule, Instant? OffAt)
{
    public static OwnPresence Of(PersonPresence presence, Instant now)
    {
        var at = presence.At(now);
        return new(at.State, at.Reason, at.Project, at.Since, at.ByRule, at.State == PresenceState.Off ? null : presence.OffAt);
    }

    /// <summary>The staff code of whose presence a call means: nobody else's but the caller's.</summary>
    /// <exception cref="NotFound">The caller is a machine.</exception>
    public static string OwnerOf(Caller caller) => caller.Staff ?? throw new NotFound("presence", "在岗状态");
}

/// <summary>ORG-04: one's own presence.</summary>
internal sealed class GetOwnPresenceHandler(OrganizationDb db, IClock clock) : IRequestHandler<GetOwnPresence, OwnPresence>
{
    public async Task<OwnPresence> Handle(GetOwnPresence request, CancellationToken cancellationToken) =>
        await db.Presences.AsNoTracking().SingleOrDefaultAsync(p => p.Staff == request.Staff, cancellationToken) is { } presence
            ? OwnPresence.Of(presence, clock.GetCurrentInstant())
            : new(PresenceState.Off, Reason: null, Project: null, Since: null, ByRule: false, OffAt: null);
}

internal static class GetOwnPresenceEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/presence/own", (Call call) => call.Ask(new GetOwnPresence(OwnPresence.OwnerOf(call.Caller))))
        .Tells<OwnPresence>("getOwnPresence", "See your own presence", "What the system takes you to be doing at this moment, and when a rule would set you off.", rules: "ORG-04")
        .Requires(OrganizationPermissions.SetPresence);
}
