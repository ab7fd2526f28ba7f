using Crm.Shared.Clocks;
using Crm.Shared.Data;
using Crm.Shared.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Crm.Organization.Contracts;

/// <summary>ORG-07, ORG-08: a change of a policy value or of the working calendar that somebody wants to see the effect of.</summary>
/// <param name="Preview">What the planned moves are kept under.</param>
/// <param name="After">The organization as it would be.</param>
/// <param name="Policy">The value that changes; null when the calendar does.</param>
/// <param name="Project">Where it changes; null for everywhere.</param>
/// <param name="At">The instant at which the changed value is looked up.</param>
public sealed record DeadlineChange(Guid Preview, OrganizationSnapshot After, string? Policy, string? Project, Instant At);

/// <summary>ORG-08: a preview was applied: the deadlines it named are to be moved.</summary>
/// <param name="Preview">The preview.</param>
/// <param name="By">Who applied it.</param>
public sealed record PreviewApplied(Guid Preview, string By) : IntegrationEvent;

/// <summary>ORG-08: one module's running deadlines, as the Organization module asks about them without knowing what they are about.</summary>
public abstract class Deadlines
{
    /// <summary>The module's name.</summary>
    public abstract string Module { get; }

    /// <summary>Works out which running deadlines a change would move, and keeps the list.</summary>
    /// <returns>How many.</returns>
    public abstract Task<int> PreviewAsync(DeadlineChange change, CancellationToken ct);

    /// <summary>The moves of a preview after this deadline, in the order of the deadlines' ids.</summary>
    public abstract Task<IReadOnlyList<PlannedMove>> MovesAsync(Guid preview, Guid? after, int take, CancellationToken ct);

    /// <summary>A module's reaction to <see cref="PreviewApplied"/>: what the preview names is handed to the sweep, which moves it a few at a time.</summary>
    public static async Task<Outcome> ReleaseAsync(ModuleDb db, PreviewApplied happened, CancellationToken ct)
    {
        var released = await db.PlannedMoves.Where(m => m.PreviewId == happened.Preview && m.ReleasedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.ReleasedAt, happened.OccurredAt).SetProperty(m => m.ReleasedBy, happened.By), ct);
        return released > 0 ? Outcome.Done : Outcome.Ignored("names no deadline of this module");
    }
}

/// <summary>The deadlines of a module whose subjects have clocks.</summary>
/// <typeparam name="TDb">The module's database.</typeparam>
/// <param name="module">The module's name.</param>
/// <param name="scopes">Where its database comes from.</param>
/// <param name="limits">The policy values its deadlines are computed from.</param>
/// <param name="warnAt">The policy value that says when they warn.</param>
internal sealed class Deadlines<TDb>(string module, IServiceScopeFactory scopes, IEnumerable<Policy<TimeLimit>> limits, Policy<int> warnAt) : Deadlines
    where TDb : ModuleDb
{
    private const int Piece = 1_000;
    private readonly Dictionary<string, Policy<TimeLimit>> limits = limits.ToDictionary(p => p.Name);

    public override string Module => module;

    public override async Task<int> PreviewAsync(DeadlineChange change, CancellationToken ct)
    {
        if (!Concerns(change.Policy)) return 0;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        // One snapshot from the first piece to the last: what starts meanwhile starts by the value of its own moment.
        await using var transaction = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
        var (planned, after) = (0, Guid.Empty);
        while (true)
        {
            var piece = await db.Clocks.AsNoTracking()
                .Where(c => c.NextRungAt != null && (change.Project == null || c.Project == change.Project) && c.Id.CompareTo(after) > 0)
                .OrderBy(c => c.Id).Take(Piece).ToListAsync(ct);
            var moves = piece.Select(clock => (Clock: clock, Setting: Set(clock, change)))
                .Where(m => m.Setting.DueAt != m.Clock.DueAt || m.Setting.WarnsAt != m.Clock.WarnAt)
                .Select(m => new PlannedMove(change.Preview, m.Clock, m.Setting)).ToArray();
            db.PlannedMoves.AddRange(moves);
            await db.SaveChangesAsync(ct);
            db.ChangeTracker.Clear();
            planned += moves.Length;
            if (piece.Count < Piece) break;
            after = piece[^1].Id;
        }

        await transaction.CommitAsync(CancellationToken.None);
        return planned;
    }

    public override async Task<IReadOnlyList<PlannedMove>> MovesAsync(Guid preview, Guid? after, int take, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<TDb>().PlannedMoves.AsNoTracking()
            .Where(m => m.PreviewId == preview && (after == null || m.ClockId.CompareTo(after.Value) > 0)).OrderBy(m => m.ClockId).Take(take).ToListAsync(ct);
    }

    private bool Concerns(string? changed) =>
        changed is null || changed == warnAt.Name || changed == OrganizationPolicies.WorkingHours.Name || limits.ContainsKey(changed);

    /// <summary>How a running deadline would be set. What the change is not about stays as it was when the deadline began.</summary>
    private ClockSetting Set(Clock clock, DeadlineChange change)
    {
        var project = change.After.FindProject(clock.Project)!;
        var (limit, version) = (TimeLimit.Parse(clock.Given), clock.PolicyVersion);
        if (change.Policy == clock.Policy)
        {
            var reading = change.After.Read(limits[clock.Policy], project, change.At);
            (limit, version) = (reading.Value, reading.Version);
        }

        var isCountedAnew = change.Policy == clock.Policy || (change.Policy is null && limit.IsWorking) || (change.Policy == OrganizationPolicies.WorkingHours.Name && limit.IsWorkingTime);
        var budget = isCountedAnew ? change.After.Give(limit, project, clock.StartedAt - clock.Consumed, change.At) : new(clock.Budget, clock.IsProvisional);
        var warn = change.Policy == warnAt.Name ? change.After.Read(warnAt, project, change.At).Value : clock.WarnPercent;
        return new(clock.Kind, clock.StartedAt, budget.Value, warn, clock.Policy, version, clock.Consumed) { Given = limit.ToString(), IsProvisional = budget.IsProvisional };
    }
}

/// <summary>The registration of what the Organization module may ask a module.</summary>
public static class DeadlineRegistration
{
    /// <summary>Lets changes of policy values and of the working calendar be previewed for this module's deadlines.</summary>
    public static IServiceCollection AddDeadlines<TDb>(this IServiceCollection services, string module, IEnumerable<Policy> policies, Policy<int> warnAt) where TDb : ModuleDb =>
        services.AddSingleton<Deadlines>(sp => new Deadlines<TDb>(module, sp.GetRequiredService<IServiceScopeFactory>(), policies.OfType<Policy<TimeLimit>>(), warnAt));
}
