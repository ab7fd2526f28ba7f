using System.Text.Json;
using Crm.Organization.Access;
using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Http;
using Crm.Shared.Privacy;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Crm.Organization.Features;

/// <param name="Project">The project's code.</param>
/// <param name="Name">The policy's name, as listed.</param>
/// <param name="Value">The new value, of the listed value's form. A time is <c>PT24H</c>, <c>PT8H working</c> or <c>3 working days</c>.</param>
/// <param name="EffectiveFrom">From when it would count for new deadlines: from its application when absent.</param>
[NotPersonal("the name of a policy value", "Name")]
internal sealed record PreviewPolicyBody(string Project, string Name, JsonElement Value, Instant? EffectiveFrom = null);

internal sealed record PreviewPolicy(Caller Caller, ProjectScope Scope, PreviewPolicyBody Body) : ICommand<PreviewAnswer>;

internal sealed class PreviewPolicyValidator : AbstractValidator<PreviewPolicyBody>
{
    public PreviewPolicyValidator(IEnumerable<Policy> policies) => this.RulesForValue(policies, b => b.Name, b => b.Value);
}

/// <summary>ORG-08: which running deadlines a new value would move. Nothing is changed yet.</summary>
internal sealed class PreviewPolicyHandler(OrganizationDb db, DirectoryRefresh refresh, OrganizationDirectory directory, IEnumerable<Deadlines> deadlines, IClock clock)
    : IRequestHandler<PreviewPolicy, Answer<PreviewAnswer>>
{
    public async Task<Answer<PreviewAnswer>> Handle(PreviewPolicy request, CancellationToken cancellationToken)
    {
        var (caller, scope, body) = request;
        directory.Current.ProjectIn(scope, body.Project);
        await refresh.RefreshAsync(cancellationToken);
        var (now, snapshot) = (clock.GetCurrentInstant(), directory.Current);
        var proposal = new PolicyProposal(body.Project, body.Name, body.Value, body.EffectiveFrom);
        var (from, lastVersion) = (proposal.From(now), snapshot.LastVersion(body.Name, body.Project));
        var preview = new ChangePreview(
            ChangeKind.Policy, body.Project, JsonSerializer.Serialize(proposal, CrmJson.Options), new ChangeBasis(lastVersion, snapshot.CalendarVersion), caller.Subject, now);
        var after = snapshot.With(new PolicyOverride(body.Project, body.Name, body.Value.GetRawText(), from, lastVersion + 1));
        return await db.KeepAsync(preview, new DeadlineChange(preview.Id, after, body.Name, body.Project, from), deadlines, cancellationToken);
    }
}

internal static class PreviewPolicyEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/policies/preview", (Body<PreviewPolicyBody> body, Call call) => call.Send(new PreviewPolicy(call.Caller, call.Scope, body.Value)))
        .Tells<PreviewAnswer>(
            "previewPolicy", "Preview a policy value",
            "Which running deadlines a new value would move, and to when; nothing is changed. Within an hour the preview can be applied: then exactly those are moved. A new value of how often and at which hours customers are tried counts from the next attempt on, and moves nothing.",
            status: 201, rules: "ORG-08")
        .WithMetadata(new CreatesSomething())
        .Example(new { project = "demo", name = "complaints.feedback", value = "PT12H" })
        .Requires(OrganizationPermissions.SetPolicies);
}
