namespace Crm.Shared.Data;

/// <summary>A module's part of the demo company: written once as the owner, never again where it already is.</summary>
public sealed record DemoData(Func<string, CancellationToken, Task> SeedAsync);

/// <summary>What a module gives every new project to begin with: written as the owner before the project is there, never again where it already is.</summary>
public sealed record ProjectSeed(Func<string, string, CancellationToken, Task> SeedAsync);
