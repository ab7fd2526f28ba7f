using System.Linq.Expressions;
using System.Text.Json;
using Crm.Organization.Access;
using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Commands;
using Crm.Shared.Failures;
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
/// <param name="Value">The new value, of the listed value's form: durations as ISO 8601 text, counts as numbers.</param>
/// <param name="Reason">Why.</param>
/// <param name="EffectiveFrom">From when it counts: now when absent. Not in the past: what was decided stays decided.</param>
[NotPersonal("the name of a policy value", "Name")]
internal sealed record SetPolicyBody(string Project, string Name, JsonElement Value, [property: Personal(Datum.Reason, Guard.TakenIn)] string Reason, Instant? EffectiveFrom = null);

internal sealed record SetPolicy(Caller Caller, ProjectScope Scope, SetPolicyBody Body) : ICommand<PolicySet>, IGivesReason
{
    public string Reason => Body.Reason;
}

/// <param name="Project">The project's code.</param>
/// <param name="Name">The policy's name.</param>
/// <param name="Version">The project's new version of the value.</param>
/// <param name="EffectiveFrom">From when it counts.</param>
[NotPersonal("the name of a policy value", "Name")]
internal sealed record PolicySet(string Project, string Name, int Version, Instant EffectiveFrom);

internal sealed class SetPolicyValidator : AbstractValidator<SetPolicyBody>
{
    public SetPolicyValidator(IEnumerable<Policy> policies)
    {
        this.RulesForValue(policies, b => b.Name, b => b.Value);
        RuleFor(b => b.Reason).NotEmpty().MaximumLength(500);
    }
}

internal static class PolicyValueRules
{
    /// <summary>The policy must be known, and its value one that it can have.</summary>
    public static void RulesForValue<T>(
        this AbstractValidator<T> validator, IEnumerable<Policy> policies, Expression<Func<T, string>> name, Expression<Func<T, JsonElement>> value)
    {
        var (known, nameOf) = (policies.ToDictionary(p => p.Name), name.Compile());
        validator.RuleFor(name).Must(known.ContainsKey).WithMessage(_ => new Text(
            "must be one of " + string.Join(", ", known.Keys.Order()), "应为以下之一：" + string.Join("、", known.Keys.Order())).Localized);
        validator.RuleFor(value).Must((body, given) => !known.TryGetValue(nameOf(body), out var policy) || policy.Accepts(given.GetRawText()))
            .WithMessage(body => new Text("must be like " + known[nameOf(body)].Forms.En, "格式应如 " + known[nameOf(body)].Forms.Zh).Localized);
    }
}

/// <summary>ORG-08: a new value of a policy. It moves no running deadline: each remembers the version it was computed from.</summary>
internal sealed class SetPolicyHandler(OrganizationDb db, OrganizationDirectory directory, IClock clock) : IRequestHandler<SetPolicy, Answer<PolicySet>>
{
    public async Task<Answer<PolicySet>> Handle(SetPolicy request, CancellationToken cancellationToken)
    {
        var (caller, scope, body) = request;
        directory.Current.ProjectIn(scope, body.Project);
        await db.TakePolicyAsync(body.Project, body.Name, cancellationToken);
        var now = clock.GetCurrentInstant();
        var proposal = new PolicyProposal(body.Project, body.Name, body.Value, body.EffectiveFrom);
        var value = db.AddNext(proposal, await db.LastVersionAsync(body.Project, body.Name, cancellationToken), proposal.From(now), caller.Subject, body.Reason, now);
        await db.ChangeDirectoryAsync(cancellationToken);
        return new(201, new PolicySet(value.Project, value.Name, value.Version, value.EffectiveFrom), new Deed("policy", $"{body.Project}/{body.Name}", body.Project, now));
    }
}

internal static class SetPolicyEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/policies", (Body<SetPolicyBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new SetPolicy(call.Caller, call.Scope, body.Value)), ct))
        .Tells<PolicySet>("setPolicy", "Set a policy value", "A project's own value, from an instant on. Running deadlines keep the value they were computed from.", status: 201, rules: "ORG-08")
        .WithMetadata(new CreatesSomething())
        .Example(new { project = "demo", name = "complaints.feedback", value = "PT12H", reason = "the developer's new promise" })
        .Requires(OrganizationPermissions.SetPolicies);
}
