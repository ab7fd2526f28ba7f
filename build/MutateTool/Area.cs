namespace Crm.Build.Mutate;

/// <summary>One of the platform's promises: the files that keep it, and the test classes that must notice when they do not.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Files">Paths in the clone.</param>
/// <param name="Tests">They are run in this order: the quick ones, and those that know most, first.</param>
internal sealed record Area(string Name, IReadOnlyList<string> Files, IReadOnlyList<TestGroup> Tests)
{
    private const string Shared = "src/Modules/Shared", Organization = "src/Modules/Organization/Crm.Organization";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<Area> All =
    [
        new("outbox",
            [
                $"{Shared}/Events/Dispatcher.cs", $"{Shared}/Events/IntegrationEvent.cs", $"{Shared}/Events/OutboxOptions.cs",
                $"{Shared}/Events/OutboxQueue.cs", $"{Shared}/Events/OutboxSignal.cs", $"{Shared}/Events/Reaction.cs",
            ],
            [
                TestGroup.Rules("EventRoutesTests"), TestGroup.Api("OutboxQueueTests", "ConfigurationReferenceTests"), TestGroup.Api("EventTests", "EventWakingTests", "EventTimeoutTests"),
                TestGroup.Api("EventOrderTests", "WrongClockTests"),
            ]),
        new("clocks",
            [
                $"{Shared}/Clocks/Clock.cs", $"{Shared}/Clocks/ClockSweep.cs", $"{Shared}/Clocks/Desk.cs", $"{Shared}/Clocks/Subject.cs",
                $"{Shared}/Clocks/SweepJob.cs",
            ],
            [
                TestGroup.Rules(
                    "ClockTests", "ClockEndTests", "ClockBoundaryTests", "CycleTests", "EscalationTests", "CaseLifeTests", "SeverityTests", "AttemptTests",
                    "PlanningTests", "ClockMoveTests", "SweepAimTests"),
                TestGroup.Api("ClocksTestClockTests", "ClocksFollowUpTests", "ClocksSweepTests"), TestGroup.Api("ClocksPreviewTests", "EventWakingTests"),
                TestGroup.Api("ClocksDowntimeTests", "ClocksRaceTests", "WrongClockTests", "AccessTests", "TelemetryTests"),
            ]),
        new("idempotency",
            [$"{Shared}/Idempotency/StoredAnswer.cs", $"{Shared}/Commands/Command.cs", $"{Shared}/Commands/CommandTransaction.cs"],
            [TestGroup.Api("IdempotencyTests", "FirstComplaintTests"), TestGroup.Api("SameTicketTests", "AuditReasonTests", "EventWakingTests", "AccessTests")]),
        new("access",
            [
                $"{Shared}/Access/Caller.cs", $"{Shared}/Access/Permission.cs", $"{Shared}/Access/SubjectScope.cs", $"{Organization}/Access/AccessBook.cs",
                $"{Organization}/Access/CallerLookup.cs", $"{Organization}/Access/DirectoryRefresh.cs", $"{Organization}/ApiKey.cs",
            ],
            [TestGroup.Rules("AccessBookTests"), TestGroup.Api("AccessTests", "KeyRotationTests", "DirectoryAtStartTests"), TestGroup.Api("EveryOperationTests", "LookUpByPhoneTests", "ClocksPreviewTests", "DatabaseAwayTests")]),
    ];
}

/// <summary>Test classes that are run together, in one process.</summary>
/// <param name="Project">The test project they are in.</param>
/// <param name="Classes">Their names.</param>
internal sealed record TestGroup(string Project, IReadOnlyList<string> Classes)
{
    /// <summary>Pure ones.</summary>
    public static TestGroup Rules(params string[] classes) => new("Crm.RuleTests", classes);

    /// <summary>Over HTTP, or on a database.</summary>
    public static TestGroup Api(params string[] classes) => new("Crm.ApiTests", classes);
}
