using Crm.Shared.Failures;
using Shouldly;

namespace Crm.RuleTests;

/// <summary>How a test insists on a refusal: the rule that is named, and what is said to be allowed instead.</summary>
internal static class Refused
{
    /// <summary>The act is refused by this rule, which names exactly what would be allowed (in any order).</summary>
    public static void By(string rule, Action act, params string[] allowed)
    {
        var broken = Should.Throw<BrokenRule>(act);
        broken.Rule.ShouldBe(rule);
        broken.Allowed.ShouldBe(allowed, ignoreOrder: true);
        broken.Text.En.ShouldNotBeNullOrWhiteSpace();
        broken.Text.Zh.ShouldNotBeNullOrWhiteSpace();
    }
}
