using Crm.Shared.Access;
using Crm.Shared.Failures;

namespace Crm.Organization.Access;

/// <summary>What is decided about people is decided by somebody, in their own name.</summary>
internal static class InPerson
{
    /// <summary>The staff code of who decides. A machine's key is nobody: whoever made it could decide by it about themselves.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="rule">The rule under which it is decided.</param>
    /// <exception cref="BrokenRule">The caller is a machine.</exception>
    public static string Deciding(this Caller caller, string rule) =>
        caller.Staff ?? throw new BrokenRule(rule, new Text("Somebody signed in decides this: a machine's key does not.", "须由本人登录办理，不接受机器密钥。"));
}
