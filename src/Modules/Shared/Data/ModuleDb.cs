using Crm.Shared.Audit;
using Crm.Shared.Clocks;
using Crm.Shared.Events;
using Crm.Shared.Failures;
using Crm.Shared.Idempotency;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using NodaTime;
using Npgsql;

namespace Crm.Shared.Data;

/// <summary>
/// The database of one module: its own schema, reached through its own role, which PostgreSQL itself keeps inside it. Every module has the
/// same platform tables (outbox, inbox, stored answers, audit, clocks) beside its own, so that a command stays one transaction.
/// </summary>
public abstract class ModuleDb : DbContext
{
    /// <summary>Opens nothing yet.</summary>
    protected ModuleDb(DbContextOptions options) : base(options)
    {
        // A command that fails is rolled back as a whole: a savepoint around each save would be two round trips for nothing.
        Database.AutoSavepointsEnabled = false;
    }

    /// <summary>The module's schema; also the name of its part in events and roles.</summary>
    public abstract string Schema { get; }

    /// <summary>What this module reported to others. Never changed; forgotten long after everybody has received it.</summary>
    public DbSet<OutboxEvent> Outbox => Set<OutboxEvent>();

    /// <summary>Who still has to receive what. A row is deleted when its consumer has committed.</summary>
    public DbSet<OutboxDelivery> Deliveries => Set<OutboxDelivery>();

    /// <summary>What this module has received from others, and what came of it.</summary>
    public DbSet<InboxEntry> Inbox => Set<InboxEntry>();

    /// <summary>Answers kept for retries.</summary>
    public DbSet<StoredAnswer> StoredAnswers => Set<StoredAnswer>();

    /// <summary>Who did what. Append-only.</summary>
    public DbSet<AuditEntry> Audit => Set<AuditEntry>();

    /// <summary>Running and ended deadlines.</summary>
    public DbSet<Clock> Clocks => Set<Clock>();

    /// <summary>ORG-08: which deadlines previewed changes would move, and what became of it.</summary>
    public DbSet<PlannedMove> PlannedMoves => Set<PlannedMove>();

    /// <summary>ORG-12: the rows that hold the keys of these records, where they are no part of the aggregate at hand.</summary>
    public virtual Task<IReadOnlyList<Privacy.IHoldsRecordKey>> RecordKeysAsync(Guid[] records, CancellationToken ct) => Task.FromResult<IReadOnlyList<Privacy.IHoldsRecordKey>>([]);

    /// <summary>A save since this was last set to false has written deliveries: their dispatcher is worth waking.</summary>
    internal bool HasDeliveries { get; set; }

    /// <summary>The use of this context in which a transaction is open; null when none is. Kept by <see cref="TransactionGuard"/>.</summary>
    internal DbContextId? InTransaction { get; set; }

    /// <summary>
    /// Keeps this context's connection open for statements outside a transaction. Always <c>await using</c>: EF counts how often a connection
    /// was opened, and a pooled context takes what was left open along to its next user, whose connection then goes back only when all its work
    /// is done: who asks for a second one of the same pool meanwhile may wait for ever.
    /// </summary>
    public async Task<HeldConnection> HoldConnectionAsync(CancellationToken ct)
    {
#pragma warning disable RS0030 // The one place where what is opened is sure to be closed.
        await Database.OpenConnectionAsync(ct);
#pragma warning restore RS0030
        return new(this);
    }

    /// <summary>An empty batch on this context's connection and transaction. The connection must be open.</summary>
    public NpgsqlBatch Batch()
    {
        TransactionGuard.EnsureHolds(this, Database.GetDbConnection());
        return new((NpgsqlConnection)Database.GetDbConnection(), (NpgsqlTransaction?)Database.CurrentTransaction?.GetDbTransaction());
    }

    /// <summary>
    /// Takes the row lock that every change of this row takes first. Read the clock and the row only after it: what was read before may be old.
    /// </summary>
    public async Task LockAsync<TRow>(Guid id, CancellationToken ct) where TRow : Aggregate
    {
        await using var batch = Batch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT 1 FROM {Table<TRow>()} WHERE id = $1 FOR UPDATE") { Parameters = { new() { Value = id } } });
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Locks those of the rows that nobody else holds at this moment, and says which.</summary>
    public async Task<IReadOnlyList<Guid>> LockFreeRowsAsync<TRow>(Guid[] ids, CancellationToken ct) where TRow : Aggregate
    {
        await using var batch = Batch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT id FROM {Table<TRow>()} WHERE id = ANY($1) ORDER BY id FOR UPDATE SKIP LOCKED") { Parameters = { new() { Value = ids } } });
        var locked = new List<Guid>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) locked.Add(reader.GetGuid(0));
        return locked;
    }

    /// <summary>Asks for a name for the transaction: true when nobody else holds it. It is given back when the transaction ends.</summary>
    public static NpgsqlBatchCommand TryTake(string name) =>
        new("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))") { Parameters = { new() { Value = name } } };

    /// <summary>Takes a name for this transaction, so that two requests about the same thing do not both create it.</summary>
    /// <exception cref="InProgress">Somebody holds the name at this moment.</exception>
    public async Task TakeNameAsync(string name, CancellationToken ct)
    {
        await using var batch = Batch();
        batch.BatchCommands.Add(TryTake(name));
        if (await batch.ExecuteScalarAsync(ct) is not true) throw new InProgress();
    }

    /// <summary>
    /// Takes a name and then looks for what an earlier transaction with this name created: two statements and two snapshots, so that it is
    /// seen, in one round trip.
    /// </summary>
    /// <param name="name">What the requests have in common.</param>
    /// <param name="lookup">Asks for one value.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The value; null when there is none.</returns>
    /// <exception cref="InProgress">Somebody holds the name at this moment.</exception>
    public async Task<object?> TakeNameAndFindAsync(string name, NpgsqlBatchCommand lookup, CancellationToken ct)
    {
        await using var batch = Batch();
        batch.BatchCommands.Add(TryTake(name));
        batch.BatchCommands.Add(lookup);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        if (!reader.GetBoolean(0)) throw new InProgress();
        await reader.NextResultAsync(ct);
        return await reader.ReadAsync(ct) ? reader.GetValue(0) : null;
    }

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Instant>().HaveConversion<InstantConverter>();
        configurationBuilder.Properties<LocalDate>().HaveConversion<LocalDateConverter>();
        configurationBuilder.Properties<Duration>().HaveConversion<DurationConverter>();
        configurationBuilder.Conventions.Add(_ => new SnakeCaseConvention());
        configurationBuilder.Conventions.Add(_ => new KeysComeFromCodeConvention());
        configurationBuilder.Conventions.Add(_ => new NoCascadesConvention());
        configurationBuilder.Conventions.Add(_ => new EnumsAsCamelCaseConvention());
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.Ignore<IntegrationEvent>();
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ModuleDb).Assembly, type => !type.IsAbstract);
        modelBuilder.ApplyConfigurationsFromAssembly(GetType().Assembly);
    }

    private string Table<TRow>()
    {
        var type = Model.FindEntityType(typeof(TRow))!;
        return $"{type.GetSchema()}.{type.GetTableName()}";
    }
}

/// <summary>A connection that stays open until this is disposed of.</summary>
public readonly struct HeldConnection(ModuleDb db) : IAsyncDisposable
{
    /// <summary>Gives it back.</summary>
    public ValueTask DisposeAsync() => new(db.Database.CloseConnectionAsync());
}
