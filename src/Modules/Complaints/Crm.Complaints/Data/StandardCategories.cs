using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;

namespace Crm.Complaints.Data;

/// <summary>CMP-05: the categories the sources name, which every project begins with.</summary>
internal static class StandardCategories
{
    private static readonly (string Code, string? Parent, string En, string Zh, bool Incident)[] Tree =
    [
        (Category.Other, null, "Other", "其他", false),
        ("sales", null, "Sales", "销售", false),
        ("sold-twice", "sales", "Unit sold twice", "一房二卖", false),
        ("discount", "sales", "Discount miscalculated", "折扣计算错误", false),
        ("payment-terms", "sales", "Fees or payment terms refused", "对费用或付款方式有异议", false),
        ("over-promise", "sales", "Wrong introduction, over-promise or oral hold", "介绍失实、过度承诺或口头留房", false),
        ("data-leak", "sales", "Customer data leaked", "客户资料泄露", true),
        ("group-protest", "sales", "Group protest", "群体投诉", true),
        ("accident", "sales", "Site safety or accident", "现场安全或意外", true),
        ("inspection", "sales", "Authority inspection", "政府部门检查", true),
        ("property-loss", "sales", "Loss of customer's property", "客户财物丢失", true),
        ("property", null, "Property", "物业", false),
        ("repair", "property", "Repair", "维修", false),
        ("cleaning", "property", "Cleaning", "保洁", false),
        ("greening", "property", "Greening", "绿化", false),
        ("security", "property", "Security", "安保", false),
        ("parking", "property", "Parking", "停车", false),
        ("lifts", "property", "Lifts", "电梯", false),
        ("water-power", "property", "Water and power", "水电", false),
        ("noise", "property", "Noise and neighbours", "噪音与邻里", false),
        ("fees", "property", "Fees", "收费", false),
        ("attitude", "property", "Staff attitude", "服务态度", false),
        ("fit-out", "property", "Fit-out", "装修", false),
    ];

    public static async Task SeedDemoAsync(string ownerConnection, CancellationToken ct)
    {
        foreach (var project in new[] { "demo", "harbour" }) await SeedAsync(ownerConnection, project, ct);
    }

    public static async Task SeedAsync(string ownerConnection, string project, CancellationToken ct)
    {
        await using var db = new ComplaintsDb(ModuleRegistration.Options<ComplaintsDb>(ownerConnection, ComplaintsModule.Schema));
        if (await AddAsync(db, project, ct)) await db.SaveChangesAsync(ct);
    }

    /// <summary>Adds them for a project that has none yet; saving is the caller's.</summary>
    /// <returns>False when it has some.</returns>
    public static async Task<bool> AddAsync(ComplaintsDb db, string project, CancellationToken ct)
    {
        if (await db.Categories.AnyAsync(c => c.Project == project, ct)) return false;
        db.Categories.AddRange(Tree.Select(c => new Category { Project = project, Code = c.Code, Parent = c.Parent, NameEn = c.En, NameZh = c.Zh, Incident = c.Incident }));
        return true;
    }
}
