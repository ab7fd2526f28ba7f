using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace Crm.Organization.Presence.Features;

/// <param name="State">What you are doing: <c>onDuty</c> (an agent: ready), <c>withCustomer</c> (an agent: busy), <c>away</c> or <c>off</c>.</param>
/// <param name="Project">Where. Absent only for who works for the whole group, such as its call centre.</param>
/// <param name="Reason">Why you are away: required with <c>away</c>, and only then.</param>
internal sealed record SetPresenceBody(PresenceState State, string? Project = null, AwayReason? Reason = null);

internal sealed record SetPresence(Caller Caller, ProjectScope Scope, SetPresenceBody Body) : ICommand<OwnPresence>;

internal sealed class SetPresenceValidator : AbstractValidator<SetPresenceBody>
{
    public SetPresenceValidator()
    {
        RuleFor(b => b.Project).MaximumLength(50);
        RuleFor(b => b.Reason).NotNull().When(b => b.State == PresenceState.Away).WithMessage(_ => new Text("required with state away", "状态为 away 时必填").Localized);
        RuleFor(b => b.Reason).Null().When(b => b.State != PresenceState.Away).WithMessage(_ => new Text("only with state away", "仅用于状态 away").Localized);
    }
}

/// <summary>ORG-04: somebody says what they are doing; of two clients at once, one comes after the other.</summary>
internal sealed class SetPresenceHandler(OrganizationDb db, OrganizationDirectory directory, IClock clock) : IRequestHandler<SetPresence, Answer<OwnPresence>>
{
    public async Task<Answer<OwnPresence>> Handle(SetPresence request, CancellationToken cancellationToken)
    {
        var (caller, scope, body) = request;
        var staff = OwnPresence.OwnerOf(caller);
        var project = body.Project is null ? null : directory.Current.ProjectIn(scope, body.Project);
        if (project is null && !scope.Everywhere)
            throw Malformed.Field("project", new Text("is required: only who works for the whole group is present in no project", "必填：仅服务于整个集团的人员可不填项目"));

        await db.LockStaffAsync(staff, cancellationToken);
        var presence = await db.Presences.SingleOrDefaultAsync(p => p.Staff == staff, cancellationToken);
        if (presence is null) db.Presences.Add(presence = new PersonPresence { Staff = staff });
        var now = clock.GetCurrentInstant();
        var limits = project is null ? PresencePolicies.Limits.Default : directory.Current.Read(PresencePolicies.Limits, project, now).Value;
        db.PresenceChanges.AddRange(presence.Say(new(body.State, body.Reason, project?.Code), limits, project?.Zone ?? GroupZone.Zone, now, caller.Subject));
        return new(200, OwnPresence.Of(presence, now), new Deed("presence", staff, project?.Code, now));
    }
}

internal static class SetPresenceEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/presence", (Body<SetPresenceBody> body, Call call) => call.Send(new SetPresence(call.Caller, call.Scope, body.Value)))
        .Tells<OwnPresence>(
            "setPresence", "Say what you are doing",
            "Your own presence, from this moment on. Saying the same again is a sign of life: an open screen sends it every quarter of an hour or so. Who falls silent, or forgets to sign off, is set off by a rule, at the instant that the answer names.",
            rules: "ORG-04, ORG-06")
        .Example(new { state = "onDuty", project = "demo" })
        .Requires(OrganizationPermissions.SetPresence);
}
