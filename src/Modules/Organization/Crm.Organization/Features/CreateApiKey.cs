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

/// <param name="Name">What the key is for, e.g. "hotline of project demo".</param>
/// <param name="Permissions">The permissions it holds; you can give only what you hold yourself.</param>
/// <param name="Project">The project it works in. Absent: every project, which only somebody with every project can give.</param>
/// <param name="ExpiresAt">From this instant (real time) on it no longer works. Absent: until it is revoked.</param>
[NotPersonal("the name of a machine", "Name")]
internal sealed record CreateApiKeyBody(string Name, string[] Permissions, string? Project = null, Instant? ExpiresAt = null);

internal sealed record CreateApiKey(Caller Caller, ProjectScope Scope, CreateApiKeyBody Body) : ICommand<CreatedApiKey>;

/// <param name="Id">What to revoke it by.</param>
/// <param name="Key">The key itself: shown now and never again. Send it as <c>X-Api-Key</c>.</param>
/// <param name="Prefix">Its public beginning, shown in lists and history.</param>
/// <param name="Version">For If-Match.</param>
internal sealed record CreatedApiKey(Guid Id, string Key, string Prefix, int Version) : IVersioned;

internal sealed class CreateApiKeyValidator : AbstractValidator<CreateApiKeyBody>
{
    public CreateApiKeyValidator(IEnumerable<Permission> catalogue)
    {
        RuleFor(b => b.Name).NotEmpty().MaximumLength(100);
        RuleFor(b => b.Permissions).AreKnown([.. catalogue.Select(p => p.Name)]);
        RuleFor(b => b.ExpiresAt).LiesAhead();
    }
}

/// <summary>ORG-09: machines sign in with keys that are scoped and hashed.</summary>
internal sealed class CreateApiKeyHandler(OrganizationDb db, OrganizationDirectory directory, IClock clock) : IRequestHandler<CreateApiKey, Answer<CreatedApiKey>>
{
    public async Task<Answer<CreatedApiKey>> Handle(CreateApiKey request, CancellationToken cancellationToken)
    {
        var (caller, scope, body) = request;
        if (body.Project is { } project) directory.Current.ProjectIn(scope, project);
        caller.EnsureMayGiveKey(body.Permissions, body.Project);
        var now = clock.GetCurrentInstant();
        var (key, text) = ApiKey.Create(body.Name, body.Project, [.. body.Permissions.Distinct()], now, body.ExpiresAt);
        db.ApiKeys.Add(key);
        await db.ChangeDirectoryAsync(cancellationToken);
        return new(201, new CreatedApiKey(key.Id, text, key.Prefix, key.Version), new Deed("apiKey", key.Id.ToString(), body.Project, now), key.Version, $"/api/v1/api-keys/{key.Id}");
    }
}

/// <summary>ORG-09: what every new key must be, made or rotated.</summary>
internal static class NewKey
{
    /// <summary>Real time: keys do not live by the domain's clock.</summary>
    public static IRuleBuilderOptions<T, Instant?> LiesAhead<T>(this IRuleBuilder<T, Instant?> rule) => rule
        .Must(e => e is null || e.Value.ToDateTimeOffset() > TimeProvider.System.GetUtcNow()).WithMessage(_ => new Text("must lie in the future", "必须晚于当前时间").Localized);

    /// <summary>Lets the caller give a key these permissions, in the project or, where it is null, in all.</summary>
    /// <exception cref="BrokenRule">ORG-09, with what the caller could give there.</exception>
    public static void EnsureMayGiveKey(this Caller caller, IEnumerable<string> permissions, string? project)
    {
        var givable = caller.Grants.Where(g => g.Key != Role.Everything && (g.Value.Everywhere || (project is not null && g.Value.Includes(project)))).Select(g => g.Key).ToHashSet();
        if (!permissions.All(givable.Contains))
            throw new BrokenRule("ORG-09", new Text("You can give a key only permissions you hold yourself, and only where you hold them.", "只能授予您本人在该范围内拥有的权限。"), [.. givable.Order()]);
    }
}

internal static class CreateApiKeyEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/api-keys", (Body<CreateApiKeyBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new CreateApiKey(call.Caller, call.Scope, body.Value)), ct))
        .Tells<CreatedApiKey>("createApiKey", "Create an API key", "A key for a machine, such as call-centre software. Its text is in this answer only.", status: 201, rules: "ORG-09")
        .WithMetadata(new CreatesSomething())
        .Example(new { name = "hotline", permissions = new[] { "complaints.register", "complaints.read" }, project = "demo" })
        .Requires(OrganizationPermissions.ManageKeys);
}
