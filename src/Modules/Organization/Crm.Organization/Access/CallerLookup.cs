using System.Security.Claims;
using Crm.Shared.Access;
using Microsoft.AspNetCore.Http;

namespace Crm.Organization.Access;

/// <summary>Turns an authenticated principal into the caller the database knows. The token only says who; the database says what they may.</summary>
internal sealed class CallerLookup(DirectoryRefresh directory, KeyUses uses)
{
    /// <summary>The member of staff a token speaks for; null for somebody this company does not know.</summary>
    public async Task<Caller?> FindAsync(ClaimsPrincipal principal, HttpContext context)
    {
        if (!directory.IsLoaded) await directory.RefreshAsync(context.RequestAborted);
        return principal.FindFirstValue("sub") is { } subject ? directory.Access.FindStaff(subject) : null;
    }

    /// <summary>The machine an API key belongs to; null for a wrong, expired or revoked key.</summary>
    public async Task<Caller?> FindAsync(string apiKey, CancellationToken ct)
    {
        if (!directory.Access.Knows(apiKey)) await directory.RefreshAsync(ct);
        var machine = directory.Access.FindMachine(apiKey, TimeProvider.System.GetUtcNow());
        if (machine is not null) uses.Note(ApiKey.PrefixOf(apiKey));
        return machine;
    }
}
