namespace Crm.Shared.Data;

/// <summary>A module's part of the demo company: written once as the owner, never again where it already is.</summary>
public sealed record DemoData(Func<string, CancellationToken, Task> SeedAsync);
