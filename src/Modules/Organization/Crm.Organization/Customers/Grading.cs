using Crm.Organization.Contracts;
using Crm.Shared.Data;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Customers;

/// <param name="Fact">The name of a fact.</param>
/// <param name="AtLeast">How often at least.</param>
internal sealed record GradeRule(string Fact, int AtLeast);

/// <param name="A">One of them makes a customer an A.</param>
/// <param name="B">One of them makes a customer a B, where none makes them an A.</param>
internal sealed record GradeRules(GradeRule[] A, GradeRule[] B);

/// <summary>ORG-16: grades by rules: a function of the facts that are known of a customer, and of nothing else.</summary>
internal static class Grading
{
    /// <summary>How many homes are theirs.</summary>
    public const string HomesOwned = "homes.owned";

    /// <summary>How many homes they rent.</summary>
    public const string HomesRented = "homes.rented";

    /// <summary>The grade of somebody of whom these facts are known. Where several projects know them, the best that one of them gives.</summary>
    /// <param name="facts">How often each; what is missing never happened.</param>
    /// <param name="projects">The rules of each of their projects.</param>
    public static CustomerGrade Of(IReadOnlyDictionary<string, int> facts, IEnumerable<GradeRules> projects)
    {
        bool Holds(GradeRule rule) => facts.GetValueOrDefault(rule.Fact) >= rule.AtLeast;
        return projects.Select(rules => rules.A.Any(Holds) ? CustomerGrade.A : rules.B.Any(Holds) ? CustomerGrade.B : CustomerGrade.C).DefaultIfEmpty(CustomerGrade.C).Min();
    }
}

/// <summary>ORG-16: the numbers and choices that grades go by.</summary>
internal sealed class CustomerPolicies(IEnumerable<CustomerFact> facts)
{
    private const int MostRules = 20;

    /// <summary>What makes a customer an A or a B; everybody else is a C.</summary>
    public Policy<GradeRules> Grades { get; } = Of([.. facts.Select(f => f.Name), Grading.HomesOwned, Grading.HomesRented]);

    private static Policy<GradeRules> Of(HashSet<string> known)
    {
        bool AreSensible(GradeRule[] rules) => rules.Length <= MostRules && rules.All(r => r is not null && known.Contains(r.Fact) && r.AtLeast is >= 1 and <= 1_000_000);
        return new("customers.grades", "ORG-16", new Text(
            $"What makes a customer an A or a B: how often at least which fact. Facts: {string.Join(", ", known.Order(StringComparer.Ordinal))}.",
            $"客户评为 A 级、B 级的条件：各项事实的最少次数。可用事实：{string.Join("、", known.Order(StringComparer.Ordinal))}。"),
            new GradeRules([new(Grading.HomesOwned, 2)], [new(Grading.HomesOwned, 1)]), IsSensible: rules => AreSensible(rules.A) && AreSensible(rules.B));
    }
}

/// <summary>ORG-16: a module has reported a fact of one of its records. Append-only: facts are counted, never changed.</summary>
internal sealed class ReportedFact
{
    /// <summary>The event that reported it.</summary>
    public required Guid EventId { get; init; }

    public required string Fact { get; init; }

    public required string SubjectKind { get; init; }

    public required Guid SubjectId { get; init; }
}

/// <summary>ORG-16: a customer got a grade: which, when, by whom and why. Append-only.</summary>
internal sealed class CustomerGrading : IPartOfRecord
{
    public Guid Id { get; init; } = Ids.Next();

    public required Guid CustomerId { get; init; }

    public required CustomerGrade Grade { get; init; }

    /// <summary>It stands until it is taken back.</summary>
    public required bool ByHand { get; init; }

    /// <summary>A caller's subject, or <c>rule:ORG-16</c>.</summary>
    public required string By { get; init; }

    /// <summary>Why, as somebody has typed it; null where a rule gave it.</summary>
    [Personal(Datum.Reason, Guard.SealedUnderRecord)]
    public PersonalText? Reason { get; private set; }

    public Guid RecordId => CustomerId;

    public required Instant At { get; init; }

    /// <summary>Gives the reason.</summary>
    public CustomerGrading Because(string reason)
    {
        Reason = reason;
        return this;
    }
}
