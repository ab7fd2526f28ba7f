using System.Reflection;
using Crm.Shared.Failures;

namespace Crm.Shared.Privacy;

/// <summary>ORG-12: a kind of personal data that the system keeps, and whose it is.</summary>
public enum Datum
{
    /// <summary>The name a customer left.</summary>
    CustomerName,

    /// <summary>A customer's phone number.</summary>
    CustomerPhone,

    /// <summary>A customer's number of the national identity card.</summary>
    CustomerIdNumber,

    /// <summary>Where a customer lives: building and unit.</summary>
    CustomerHome,

    /// <summary>A customer's e-mail or other address for answers.</summary>
    CustomerAddress,

    /// <summary>What a customer said, or somebody typed about a customer's matter.</summary>
    CustomerWords,

    /// <summary>What one shift tells the next, or somebody writes of a problem: it may speak of customers.</summary>
    ShiftWords,

    /// <summary>The reference of a customer's signature.</summary>
    CustomerSignature,

    /// <summary>A customer's recorded voice.</summary>
    CustomerVoice,

    /// <summary>Another system's number for a customer's matter: it leads to the person there.</summary>
    CustomerReference,

    /// <summary>A key under which a person's data is sealed.</summary>
    PersonKey,

    /// <summary>A reason that somebody typed for an act: it may speak of anybody.</summary>
    Reason,

    /// <summary>The name of a member of staff.</summary>
    StaffName,

    /// <summary>How a member of staff is known to the identity provider.</summary>
    StaffSignIn,

    /// <summary>How a member of staff can be reached.</summary>
    StaffAddress,

    /// <summary>What somebody typed about a member of staff.</summary>
    StaffWords,

    /// <summary>The network address that somebody called from.</summary>
    NetworkAddress,
}

/// <summary>ORG-12: how a place guards the personal data in it.</summary>
public enum Guard
{
    /// <summary>In the database: sealed under a data key of the key ring, which lies outside the database.</summary>
    Sealed,

    /// <summary>In the database: sealed under the key of the record it belongs to, which is sealed by the key ring; destroying that key erases it.</summary>
    SealedUnderRecord,

    /// <summary>In the database: a blind index, by which equal values are found and nothing can be read.</summary>
    BlindIndex,

    /// <summary>In the database: as it is, behind the role of its module.</summary>
    Plain,

    /// <summary>In a request: taken in, and never repeated by an answer to those who may not see it.</summary>
    TakenIn,

    /// <summary>In an answer: to those who may read the record, in their projects.</summary>
    InScope,

    /// <summary>In an answer: masked, unless the caller holds the permission named.</summary>
    Masked,

    /// <summary>In an answer: to the person it is about, or who gave it.</summary>
    OnesOwn,
}

/// <summary>ORG-12: the property holds personal data. Everything marked so stands in docs/personal-data.md.</summary>
/// <param name="datum">What it is.</param>
/// <param name="guard">How it is protected here.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PersonalAttribute(Datum datum, Guard guard) : Attribute
{
    /// <summary>What it is.</summary>
    public Datum Datum { get; } = datum;

    /// <summary>How it is protected here.</summary>
    public Guard Guard { get; } = guard;

    /// <summary>With <see cref="Privacy.Guard.Masked"/>: the permission that shows it in full.</summary>
    public string? Unless { get; init; }
}

/// <summary>ORG-12: the property looks like personal data and is none; the reason is for whoever asks.</summary>
/// <param name="why">What it is instead.</param>
/// <param name="properties">On a type: which of its properties. On a property: nothing.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Struct, AllowMultiple = true)]
public sealed class NotPersonalAttribute(string why, params string[] properties) : Attribute
{
    /// <summary>What it is instead.</summary>
    public string Why { get; } = why;

    /// <summary>Which properties of the type.</summary>
    public IReadOnlyList<string> Properties { get; } = properties;
}

/// <summary>ORG-12: whose a kind of personal data is, what it is for, and how long it is kept.</summary>
/// <param name="Kind">The category: phone, name, home, national ID, e-mail, free text, voice …</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Retention">How long it is kept, and what ends it.</param>
public sealed record DatumRule(Text Kind, Text Purpose, Text Retention)
{
    private static readonly Text AsTheMatter = new(
        "As long as the matter it belongs to; erased at the person's request once the matter is over and its retention has passed (CMP-24), with POST /personal-data/erasures.",
        "与所属事项同期保存；事项办结并满保存期限（CMP-24）后，可应当事人要求删除（POST /personal-data/erasures）。");

    private static readonly Text AsTheAudit = new("As long as the audit, unless erased with its subject's key.", "与审计记录同期保存，可随对象密钥销毁而删除。");

    private static readonly Text AsTheStaff = new("For good: what was done and decided names who did it.", "长期保存：历史与决定须注明经办人。");

    /// <summary>The rule of each kind.</summary>
    public static DatumRule Of(Datum datum) => datum switch
    {
        Datum.CustomerName => new(new("name", "姓名"), new("To address the customer and write to them.", "称呼和书面答复客户。"), AsTheMatter),
        Datum.CustomerPhone => new(new("phone", "电话"), new("To call the customer back, and to find their matters when they call.", "回访客户，并在来电时找到其事项。"), AsTheMatter),
        Datum.CustomerIdNumber => new(new("national ID", "身份证号"), new("To tell two people of one name apart.", "区分同名客户。"), AsTheMatter),
        Datum.CustomerHome => new(new("home", "住址"), new("To know where to go and what is broken.", "确定上门地点和报修部位。"), AsTheMatter),
        Datum.CustomerAddress => new(new("e-mail", "电子邮箱"), new("To answer the customer in writing.", "书面答复客户。"), AsTheMatter),
        Datum.CustomerWords => new(new("free text", "自由文本"), new("To settle the matter and to show how it was settled.", "处理事项并留存处理过程。"), AsTheMatter),
        Datum.ShiftWords => new(
            new("free text", "自由文本"), new("To hand work over from one shift to the next, and to learn from problems (ORG-05).", "用于班次交接与问题改进（ORG-05）。"),
            new("For the time of Crm:Retention:ShiftNotes (180 days); a note that is about a case or a call back, no longer than that is kept.", "按 Crm:Retention:ShiftNotes 的期限（180 天）；涉及某事项或回访的交接记录随其删除。")),
        Datum.CustomerSignature => new(new("signature", "签名"), new("To prove a visit in person (FUP-05).", "证明上门回访（FUP-05）。"), AsTheMatter),
        Datum.CustomerVoice => new(new("voice", "录音"), new("To settle what was said on the phone.", "核实通话内容。"), AsTheMatter),
        Datum.CustomerReference => new(new("reference", "外部编号"), new("To know the same ticket again when it is posted twice (CMP-02).", "识别重复提交的同一工单（CMP-02）。"), new("For good: it says nothing without the software that gave it.", "长期保存：脱离来源系统即无意义。")),
        Datum.PersonKey => new(new("key", "密钥"), new("To open what is sealed under it.", "解封所保护的数据。"), AsTheMatter),
        Datum.Reason => new(new("free text", "自由文本"), new("To show why something was done (ORG-10).", "说明操作原因（ORG-10）。"), AsTheAudit),
        Datum.StaffName => new(new("name", "姓名"), new("To know who answers for something.", "明确责任人。"), AsTheStaff),
        Datum.StaffSignIn => new(new("sign-in", "登录标识"), new("To know who calls.", "识别调用者。"), AsTheStaff),
        Datum.StaffAddress => new(new("e-mail", "电子邮箱"), new("To tell members of staff what is theirs to do.", "通知员工待办事项。"), new("While they work here.", "在职期间。")),
        Datum.StaffWords => new(new("free text", "自由文本"), new("To lead and judge work.", "管理与评价工作。"), AsTheStaff),
        Datum.NetworkAddress => new(new("network address", "网络地址"), new("To look into misuse (ORG-10).", "调查滥用（ORG-10）。"), AsTheAudit),
        _ => throw new ArgumentOutOfRangeException(nameof(datum), datum, message: null),
    };
}

/// <summary>ORG-12: what is declared of a property.</summary>
/// <param name="Personal">It is personal data; null where it is not.</param>
/// <param name="NotPersonal">Why it is not; null where it is, or nothing is declared.</param>
internal sealed record Declaration(PersonalAttribute? Personal, string? NotPersonal)
{
    public static Declaration Of(PropertyInfo property)
    {
        var own = property.GetCustomAttribute<NotPersonalAttribute>()?.Why
            ?? property.ReflectedType!.GetCustomAttributes<NotPersonalAttribute>().FirstOrDefault(n => n.Properties.Contains(property.Name))?.Why
            ?? property.DeclaringType!.GetCustomAttributes<NotPersonalAttribute>().FirstOrDefault(n => n.Properties.Contains(property.Name))?.Why;
        return new(property.GetCustomAttribute<PersonalAttribute>(), own);
    }
}
