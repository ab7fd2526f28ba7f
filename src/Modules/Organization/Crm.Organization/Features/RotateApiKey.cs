using Crm.Organization.Access;
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

namespace Crm.Organization.Features;

/// <param name="Overlap">How long the old key works on, in real time: from PT0S to P90D.</param>
/// <param name="ExpiresAt">From this instant (real time) on the new key no longer works. Absent: until it is revoked.</param>
internal sealed record RotateApiKeyBody(Duration Overlap, Instant? ExpiresAt = null);

internal sealed record RotateApiKey(Guid Id, Caller Caller, ProjectScope Scope, RotateApiKeyBody Body) : ICommand<CreatedApiKey>;

internal sealed class RotateApiKeyValidator : AbstractValidator<RotateApiKeyBody>
{
    private static readonly Duration Longest = Duration.FromDays(90);

    public RotateApiKeyValidator()
    {
        RuleFor(b => b.Overlap).Must(o => o >= Duration.Zero && o <= Longest).WithMessage(_ => new Text("must be from PT0S to P90D", "应在 PT0S 到 P90D 之间").Localized);
        RuleFor(b => b.ExpiresAt).LiesAhead();
    }
}

/// <summary>ORG-09: a key is replaced without its machine being locked out: both work for the overlap.</summary>
internal sealed class RotateApiKeyHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<RotateApiKey, Answer<CreatedApiKey>>
{
    public async Task<Answer<CreatedApiKey>> Handle(RotateApiKey request, CancellationToken cancellationToken)
    {
        var (id, caller, scope, body) = request;
        await db.LockAsync<ApiKey>(id, cancellationToken);
        var old = await db.ApiKeys.VisibleIn(scope).SingleOrDefaultAsync(k => k.Id == id, cancellationToken) ?? throw new NotFound("API key", "API 密钥");
        context.EnsureCurrent(old.Version);
        caller.EnsureMayGiveKey(old.Permissions, old.Project);
        var now = clock.GetCurrentInstant();
        var (key, text) = old.Rotate(now, Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow()), body.Overlap, body.ExpiresAt);
        db.ApiKeys.Add(key);
        await db.ChangeDirectoryAsync(cancellationToken);
        return new(201, new CreatedApiKey(key.Id, text, key.Prefix, key.Version), new Deed("apiKey", old.Id.ToString(), key.Project, now), key.Version, $"/api/v1/api-keys/{key.Id}");
    }
}

internal static class RotateApiKeyEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/api-keys/{id:guid}/rotation", (Guid id, Body<RotateApiKeyBody> body, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new RotateApiKey(id, call.Caller, call.Scope, body.Value)), ct))
        .Tells<CreatedApiKey>("rotateApiKey", "Rotate an API key", "A new key with the same name, permissions and project. The old one works on for the overlap, so that no call is refused while the new one is brought to its machine.", status: 201, rules: "ORG-09")
        .WithMetadata(new CreatesSomething())
        .About("API key", "API 密钥", (OrganizationDb db, Guid id, ProjectScope scope) => db.ApiKeys.VisibleIn(scope).Where(k => k.Id == id))
        .Example(new { overlap = "PT24H" })
        .Requires(OrganizationPermissions.ManageKeys);
}
