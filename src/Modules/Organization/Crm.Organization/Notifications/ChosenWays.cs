using Crm.Organization.Contracts;
using Crm.Organization.Data;
using Microsoft.EntityFrameworkCore;

namespace Crm.Organization.Notifications;

/// <summary>How people want to be told, read once for everything that is delivered in one transaction.</summary>
internal sealed class ChosenWays(OrganizationDb db, MailOptions mail)
{
    private readonly Dictionary<string, NotificationPreferences> known = [];

    /// <summary>The preferences of each of these people.</summary>
    public async Task<IReadOnlyList<NotificationPreferences>> OfAsync(IReadOnlyList<string> people, CancellationToken ct)
    {
        var unknown = people.Where(p => !known.ContainsKey(p)).ToArray();
        if (unknown.Length > 0)
        {
            foreach (var chosen in await db.Set<NotificationPreferences>().AsNoTracking().Where(p => unknown.Contains(p.Staff)).ToListAsync(ct)) known[chosen.Staff] = chosen;
            foreach (var person in unknown) known.TryAdd(person, new NotificationPreferences { Staff = person });
        }

        return [.. people.Select(p => known[p])];
    }

    /// <summary>Whether somebody can be told by e-mail.</summary>
    public async Task<EmailWay> ByEmailAsync(string staff, CancellationToken ct) =>
        !mail.IsSetUp ? EmailWay.NotSetUp : await db.Staff.AnyAsync(s => s.Code == staff && s.SealedEmail != null, ct) ? EmailWay.Ready : EmailWay.NoAddress;
}
