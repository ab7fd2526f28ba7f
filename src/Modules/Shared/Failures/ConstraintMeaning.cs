namespace Crm.Shared.Failures;

/// <summary>What it means when the database refuses a row: races are decided there, and its answer is told in the caller's words.</summary>
/// <param name="Constraint">The constraint's name.</param>
/// <param name="Refusal">What the caller is told.</param>
public sealed record ConstraintMeaning(string Constraint, Func<Refusal> Refusal);
