using Crm.Organization.Access;
using Crm.Organization.Contracts;
using Crm.Shared.Access;
using Crm.Shared.Failures;

namespace Crm.Organization.Webhooks;

/// <summary>
/// ORG-11, ORG-03: a webhook is told of nothing that its people may not read themselves: not whoever makes or changes it, and not its owner,
/// whose rights are looked at again whenever something is sent. Closed by default: a type of event that nobody offers is nobody's to have.
/// </summary>
internal sealed class WebhookRights(IEnumerable<WebhookEvent> offered, DirectoryRefresh directory)
{
    /// <summary>The type of what is sent as a test: it holds nothing, so it needs no right. Nobody can subscribe to it, and every receiver may get it.</summary>
    public const string Test = "webhook.test";

    private readonly Dictionary<string, Permission> needs = offered.ToDictionary(e => e.Name, e => e.Needs);

    /// <summary>Lets caller and owner have another system told of these events.</summary>
    /// <param name="caller">Who makes or changes the webhook.</param>
    /// <param name="owner">Who answers for it.</param>
    /// <param name="project">Its project; null for every project.</param>
    /// <param name="types">Types that are offered.</param>
    /// <exception cref="BrokenRule">One of them may not read what one of the events tells of; with the types that both may.</exception>
    public void Ensure(Caller caller, string owner, string? project, IReadOnlyCollection<string> types)
    {
        var answering = directory.Access.FindByCode(owner);
        bool MayHave(string type) => MayRead(caller, project, type) && MayRead(answering, project, type);
        if (types.All(MayHave)) return;
        throw new BrokenRule("ORG-11", new Text(
            "A webhook can be told only of what you and its owner may read there.", "Webhook 只能订阅您和负责人在该范围内均有权查看的事件。"), [.. needs.Keys.Where(MayHave).Order(StringComparer.Ordinal)]);
    }

    /// <summary>True while the owner may read what events of this type tell of. Who seems to have lost a right is asked after once more: the picture may be a second old.</summary>
    public async Task<bool> StillHoldAsync(Webhook webhook, string type, CancellationToken ct)
    {
        if (type == Test || MayRead(directory.Access.FindByCode(webhook.Owner), webhook.Project, type)) return true;
        await directory.RefreshAsync(ct);
        return MayRead(directory.Access.FindByCode(webhook.Owner), webhook.Project, type);
    }

    private bool MayRead(Caller? who, string? project, string type) => who is not null && needs.TryGetValue(type, out var permission)
        && who.Scope(permission.Name) is var scope && (scope.Everywhere || (project is not null && scope.Includes(project)));
}
