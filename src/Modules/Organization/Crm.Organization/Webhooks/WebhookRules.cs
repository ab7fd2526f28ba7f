using Crm.Organization.Contracts;
using Crm.Shared.Failures;
using FluentValidation;

namespace Crm.Organization.Webhooks;

/// <summary>ORG-11: what a webhook may be, whether it is made or edited.</summary>
internal sealed class WebhookRules(IEnumerable<WebhookEvent> offered, WebhookOptions options)
{
    private readonly string[] known = [.. offered.Select(e => e.Name).Order(StringComparer.Ordinal)];

    public void Apply<T>(IRuleBuilder<T, string> name, IRuleBuilder<T, string> url, IRuleBuilder<T, string[]> eventTypes, IRuleBuilder<T, string?> owner)
    {
        name.NotEmpty().MaximumLength(100);
        url.NotEmpty().MaximumLength(2_000).Must(address => Receiver.Fault(address, options) is null).WithMessage((_, address) => Receiver.Fault(address, options)!.Localized);
        eventTypes.NotEmpty().Must(types => types.All(known.Contains) && types.Distinct().Count() == types.Length).WithMessage(_ => new Text(
            "must name each event type once; event types are " + string.Join(", ", known), "每个事件类型只能出现一次，事件类型包括：" + string.Join("、", known)).Localized);
        owner.MaximumLength(100);
    }

    /// <summary>The member of staff who answers for it.</summary>
    /// <exception cref="Malformed">Nobody is named, and the caller is a machine.</exception>
    /// <exception cref="NotFound">Nobody who works here is.</exception>
    public static string OwnerOf(string? staff, OrganizationSnapshot organization) => staff is null
        ? throw Malformed.Field("owner", new Text("is required from a machine: who answers for the webhook", "机器调用时必填：由何人负责"))
        : organization.FindStaff(staff) is { Active: true } ? staff : throw new NotFound("member of staff", "员工", field: "owner");
}
