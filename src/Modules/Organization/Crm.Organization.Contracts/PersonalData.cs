using Crm.Shared.Access;
using Crm.Shared.Failures;

namespace Crm.Organization.Contracts;

/// <summary>ORG-12: the right that decides, in every module, whether personal data is shown in full or masked.</summary>
public static class PersonalData
{
    /// <summary>To see phones, e-mail addresses and identity numbers in full. Its name is older than what it covers.</summary>
    public static readonly Permission SeeInFull = new("complaints.see-phones", new Text(
        "See customers' phones, e-mail addresses and identity numbers in full.", "查看客户完整的电话、邮箱与身份号码。"));
}
