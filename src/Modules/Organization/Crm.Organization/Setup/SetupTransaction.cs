using Crm.Organization.Data;
using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Commands;
using Crm.Shared.Data;
using Crm.Shared.Privacy;
using Crm.Shared.Time;

namespace Crm.Organization.Setup;

/// <summary>The frame around what is set up at the console, before anybody can sign in: one transaction as the owner, with its audit row.</summary>
internal static class SetupTransaction
{
    /// <summary>Who did it, in the audit: nobody has signed in yet.</summary>
    public const string Actor = "console";

    /// <summary>Carries out <paramref name="act"/>; two at once go one after the other.</summary>
    /// <param name="ownerConnection">The migration connection.</param>
    /// <param name="keys">What the audit row is marked with.</param>
    /// <param name="action">The deed's name in the audit.</param>
    /// <param name="act">The change; answers the kind, id and project of what it made.</param>
    /// <param name="ct">Cancels it; nothing is done then.</param>
    public static async Task RunAsync(string ownerConnection, KeyRing keys, string action, Func<OrganizationDb, Task<(string Kind, string Id, string? Project)>> act, CancellationToken ct)
    {
        await using var db = new OrganizationDb(ModuleRegistration.Options<OrganizationDb>(ownerConnection, OrganizationModule.Schema));
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // First: its row lock makes the others wait, so that what is looked at below cannot change.
        await db.ChangeDirectoryAsync(ct);
        var (kind, id, project) = await act(db);
        var context = new CommandContext { Caller = new Caller(Actor, Staff: null, new Dictionary<string, ProjectScope>()) };
        db.Audit.Add(new AuditEntry(action, new Deed(kind, id, project, new RealClock().GetCurrentInstant()), context).Mark(db.Schema, keys));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(CancellationToken.None);
    }
}
