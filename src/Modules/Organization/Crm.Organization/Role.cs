using Crm.Shared.Access;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Crm.Shared.Privacy;

namespace Crm.Organization;

/// <summary>ORG-02: how wide a role may be held at most.</summary>
internal enum RoleTier
{
    /// <summary>集团: such as the call centre.</summary>
    Group,

    /// <summary>公司: such as the customer supervisor.</summary>
    Company,

    /// <summary>项目: such as the front desk, or the manager of an area's projects.</summary>
    Project,
}

/// <summary>ORG-03: in what somebody holds a role.</summary>
internal enum ScopeKind
{
    /// <summary>集团: every project there is and will be.</summary>
    Group,

    /// <summary>公司: every project of a company.</summary>
    Company,

    /// <summary>片区: every project of an area.</summary>
    Area,

    /// <summary>项目: one project.</summary>
    Project,
}

/// <summary>ORG-03: the place in which a role is held.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Place">Its code; null for the group.</param>
internal readonly record struct RoleScope(ScopeKind Kind, string? Place)
{
    /// <summary>The whole group.</summary>
    public static RoleScope Group { get; } = new(ScopeKind.Group, Place: null);

    /// <summary>True when the project lies in the place now.</summary>
    public bool Holds(ProjectRow project) => Kind switch
    {
        ScopeKind.Project => project.Code == Place,
        ScopeKind.Area => project.Area == Place,
        ScopeKind.Company => project.Company == Place,
        _ => true,
    };

    /// <summary>True when this permission's scope holds everything that is or will be in the place.</summary>
    public bool LiesIn(ProjectScope scope) => Kind == ScopeKind.Project ? scope.Includes(Place!) : scope.Covers(ToString());

    /// <summary>As audits and <see cref="ProjectScope.Covers"/> name it: <c>group</c>, <c>area:east</c>.</summary>
    public override string ToString() => Kind == ScopeKind.Group ? Kind.ToWire() : $"{Kind.ToWire()}:{Place}";
}

/// <summary>ORG-02, ORG-03: a named set of permissions; "*" stands for all, future ones included.</summary>
[NotPersonal("the name of a role", "Name")]
internal sealed class Role : Aggregate
{
    public const string Everything = "*";

    public required string Name { get; init; }

    public RoleTier Tier { get; set; }

    public required string TitleEn { get; set; }

    public required string TitleZh { get; set; }

    public required string[] Permissions { get; set; }

    /// <summary>Marks an edit.</summary>
    public void Edited() => Touch();

    /// <summary>ORG-02: a role is held in nothing wider than its tier.</summary>
    /// <exception cref="BrokenRule">ORG-02, with the kinds of scope that would do.</exception>
    public void EnsureMayBeHeldIn(ScopeKind kind)
    {
        ScopeKind[] allowed = Tier switch
        {
            RoleTier.Group => [ScopeKind.Group, ScopeKind.Company, ScopeKind.Area, ScopeKind.Project],
            RoleTier.Company => [ScopeKind.Company, ScopeKind.Area, ScopeKind.Project],
            _ => [ScopeKind.Area, ScopeKind.Project],
        };
        if (!allowed.Contains(kind))
            throw new BrokenRule("ORG-02", new Text($"The role {Name} belongs to the tier {Tier.ToWire()}: it cannot be held that wide.", $"角色 {Name} 属于 {Tier.ToWire()} 层级，不能在更大的范围内授予。"), [.. allowed.Select(k => k.ToWire())]);
    }
}

/// <summary>ORG-03: nobody gives, and nobody takes, what they do not hold themselves, nor where they do not hold it.</summary>
internal static class Giving
{
    /// <summary>Lets the caller deal with these permissions in this place.</summary>
    /// <exception cref="BrokenRule">ORG-03, with the permissions that the caller does hold there.</exception>
    public static void EnsureHolds(this Caller caller, IEnumerable<string> permissions, RoleScope place)
    {
        var held = caller.Grants.Where(g => place.LiesIn(g.Value)).Select(g => g.Key).ToHashSet();
        if (!permissions.All(held.Contains))
            throw new BrokenRule("ORG-03", new Text("You can give and take only permissions you hold yourself, and only where you hold them.", "只能授予或收回您本人在该范围内拥有的权限。"), [.. held.Order(StringComparer.Ordinal)]);
    }
}

/// <summary>ORG-03: somebody's role in a project, an area or a company, or everywhere.</summary>
internal sealed class RoleAssignment
{
    public Guid Id { get; init; } = Ids.Next();

    public required string Staff { get; init; }

    public required string Role { get; init; }

    /// <summary>At most one of the three is set; none means the whole group.</summary>
    public string? Company { get; init; }

    public string? Area { get; init; }

    public string? Project { get; init; }

    public RoleScope Scope => this switch
    {
        { Project: { } project } => new(ScopeKind.Project, project),
        { Area: { } area } => new(ScopeKind.Area, area),
        { Company: { } company } => new(ScopeKind.Company, company),
        _ => RoleScope.Group,
    };

    /// <summary>A role held in a place.</summary>
    public static RoleAssignment Of(string staff, string role, RoleScope scope) => new()
    {
        Staff = staff, Role = role,
        Company = scope.Kind == ScopeKind.Company ? scope.Place : null,
        Area = scope.Kind == ScopeKind.Area ? scope.Place : null,
        Project = scope.Kind == ScopeKind.Project ? scope.Place : null,
    };
}
