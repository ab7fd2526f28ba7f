using Crm.Shared.Failures;
using FluentValidation;

namespace Crm.Organization.Features;

/// <summary>What a list of permissions may hold.</summary>
internal static class KnownPermissions
{
    private const int Most = 200;

    /// <summary>At least one, and only such as there are.</summary>
    public static IRuleBuilderOptions<T, string[]> AreKnown<T>(this IRuleBuilder<T, string[]> rule, IReadOnlyCollection<string> known) => rule
        .NotEmpty().Must(p => p.Length <= Most && p.All(known.Contains))
        .WithMessage(_ => new Text("must be a list of known permissions: " + string.Join(", ", known.Order()), "应为已知权限的列表：" + string.Join("、", known.Order())).Localized);
}
