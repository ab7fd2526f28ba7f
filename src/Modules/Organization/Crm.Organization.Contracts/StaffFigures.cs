using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using NodaTime;

namespace Crm.Organization.Contracts;

/// <summary>ORG-14: how a figure is read as points of 100.</summary>
public enum FigureForm
{
    /// <summary>So many of so many: the percentage, more being better. Nothing of nothing is no points, but no figure.</summary>
    Share,

    /// <summary>So many: the percentage of a target, 100 at most.</summary>
    Count,

    /// <summary>So many points that are taken from 100, as far as there are any.</summary>
    Deduction,
}

/// <summary>ORG-14: something that a module can count of a person's work in a stretch of time.</summary>
/// <param name="Name">The stable name, e.g. "complaints.on-time": appraisal forms refer to it.</param>
/// <param name="Form">How it becomes points.</param>
/// <param name="Meaning">Exactly what is counted.</param>
[NotPersonal("the name of a figure", "Name")]
public sealed record FigureKind(string Name, FigureForm Form, Text Meaning);

/// <summary>ORG-14: a figure, exact: nothing is divided before the end.</summary>
/// <param name="Count">How many.</param>
/// <param name="Of">Of how many; 0 where there is nothing to measure. Of a count or a deduction 1.</param>
public readonly record struct Figure(long Count, long Of);

/// <summary>ORG-06, ORG-14: what a module knows of a person's work. Each module that appraisals or monitors read figures of has one of these.</summary>
public abstract class StaffFigures
{
    /// <summary>Cases somebody registered: what the agent monitor counts.</summary>
    public const string CasesRegistered = "complaints.registered";

    /// <summary>The figures it gives.</summary>
    public abstract IReadOnlyList<FigureKind> Kinds { get; }

    /// <summary>All of its figures of one person, by name, served by indexes.</summary>
    /// <param name="staff">The staff code.</param>
    /// <param name="project">Only work for this project; null for all.</param>
    /// <param name="period">The stretch of time: its end lies outside. As far as it has come.</param>
    /// <param name="ct">Cancels.</param>
    public abstract Task<IReadOnlyDictionary<string, Figure>> ReadAsync(string staff, string? project, Interval period, CancellationToken ct);
}
