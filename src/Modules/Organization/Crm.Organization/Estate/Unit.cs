using Crm.Shared.Data;
using Crm.Shared.Privacy;

namespace Crm.Organization.Estate;

/// <summary>ORG-01: what a unit was built as.</summary>
internal enum UnitKind
{
    /// <summary>住宅、公寓.</summary>
    Apartment,

    /// <summary>别墅.</summary>
    House,

    /// <summary>商铺.</summary>
    Shop,

    /// <summary>写字楼、办公.</summary>
    Office,

    /// <summary>车位.</summary>
    Parking,

    /// <summary>储藏室.</summary>
    Storage,

    /// <summary>其他.</summary>
    Other,
}

/// <summary>ORG-01: whose the unit is. Holds and reservations end by themselves and are no property of the unit: they belong to sales (LEA-18).</summary>
internal enum UnitTenure
{
    /// <summary>未售: the developer's, to be sold.</summary>
    Unsold,

    /// <summary>已售: somebody has bought it.</summary>
    Sold,

    /// <summary>自持: the company keeps it, to let or to use.</summary>
    Retained,
}

/// <summary>ORG-01: who is in the unit.</summary>
internal enum UnitOccupancy
{
    /// <summary>空置.</summary>
    Vacant,

    /// <summary>自用: its owner.</summary>
    OwnerOccupied,

    /// <summary>出租: a tenant.</summary>
    Leased,
}

/// <summary>ORG-01: what is known of a unit.</summary>
/// <param name="Building">The code of its building.</param>
/// <param name="Number">The number on its door, unique in the building.</param>
/// <param name="Floor">From -9 to 200, and never 0; null where there is none, or nobody has said.</param>
/// <param name="Kind">What it was built as.</param>
/// <param name="Area">In square metres, to two decimals; null when nobody has said.</param>
/// <param name="Tenure">Whose it is.</param>
/// <param name="Occupancy">Who is in it.</param>
[NotPersonal("a place, whoever lives there", "Building")]
internal sealed record UnitFacts(string Building, string Number, int? Floor, UnitKind Kind, decimal? Area, UnitTenure Tenure, UnitOccupancy Occupancy);

/// <summary>ORG-01: a home, shop, office or parking space in a building of a project. Other modules know it by its id.</summary>
[NotPersonal("a place, whoever lives there", "Building")]
internal sealed class Unit : Aggregate
{
    private Unit() => (Project, Building, Number) = ("", "", "");

    /// <summary>Enters a unit into a project's list.</summary>
    public Unit(string project, UnitFacts facts) : this()
    {
        Project = project;
        Set(facts);
    }

    public string Project { get; private set; }

    public string Building { get; private set; }

    public string Number { get; private set; }

    public int? Floor { get; private set; }

    public UnitKind Kind { get; private set; }

    public decimal? Area { get; private set; }

    public UnitTenure Tenure { get; private set; }

    public UnitOccupancy Occupancy { get; private set; }

    public UnitFacts Facts => new(Building, Number, Floor, Kind, Area, Tenure, Occupancy);

    /// <summary>Puts right what is known of it.</summary>
    public void Describe(UnitFacts facts)
    {
        Set(facts);
        Touch();
    }

    private void Set(UnitFacts facts) => (Building, Number, Floor, Kind, Area, Tenure, Occupancy) = facts;
}
