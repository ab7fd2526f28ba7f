using Crm.Organization.Access;
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

namespace Crm.Organization.Features;

internal sealed record RevokeApiKey(Guid Id, ProjectScope Scope) : ICommand<Revoked>;

/// <summary>No body.</summary>
internal sealed record Revoked;

/// <summary>ORG-09: a revoked key stops working here at once, and on every other host within seconds.</summary>
internal sealed class RevokeApiKeyHandler(OrganizationDb db, CommandContext context, IClock clock) : IRequestHandler<RevokeApiKey, Answer<Revoked>>
{
    public async Task<Answer<Revoked>> Handle(RevokeApiKey request, CancellationToken cancellationToken)
    {
        await db.LockAsync<ApiKey>(request.Id, cancellationToken);
        var key = await db.ApiKeys.VisibleIn(request.Scope).SingleOrDefaultAsync(k => k.Id == request.Id, cancellationToken) ?? throw new NotFound("API key", "API 密钥");
        context.EnsureCurrent(key.Version);
        var now = clock.GetCurrentInstant();
        key.Revoke(now);
        await db.ChangeDirectoryAsync(cancellationToken);
        return new(204, new Revoked(), new Deed("apiKey", key.Id.ToString(), key.Project, now), key.Version);
    }
}

internal static class RevokeApiKeyEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapDelete("/api-keys/{id:guid}", (Guid id, Call call, DirectoryRefresh directory, CancellationToken ct) =>
            directory.AfterAsync(call.Send(new RevokeApiKey(id, call.Scope)), ct))
        .Tells<Revoked>("revokeApiKey", "Revoke an API key", "The key stops working for good. Needs If-Match.", status: 204, rules: "ORG-09")
        .WithMetadata(new EditsSomething())
        .About("API key", "API 密钥", (OrganizationDb db, Guid id, ProjectScope scope) => db.ApiKeys.VisibleIn(scope).Where(k => k.Id == id))
        .Requires(OrganizationPermissions.ManageKeys);
}
