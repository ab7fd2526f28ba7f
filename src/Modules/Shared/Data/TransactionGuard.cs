using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Crm.Shared.Data;

/// <summary>
/// A transaction ends with its connection. When the server has ended the session in the middle (this process stood still for too long, say), EF opens
/// another connection for the next save and goes on there without a transaction: what was written before is gone, what is written now stays. That is the end of
/// the work instead, as if the database were away; whoever asked may ask again.
/// </summary>
internal sealed class TransactionGuard : DbConnectionInterceptor, IDbTransactionInterceptor, IDbCommandInterceptor
{
    /// <exception cref="NpgsqlException">A transaction was open, and its connection is not any more.</exception>
    public static void EnsureHolds(ModuleDb db, DbConnection connection)
    {
        // A context that went back to the pool meanwhile has begun anew.
        if (db.InTransaction == db.ContextId && connection.State != ConnectionState.Open) throw new NpgsqlException("The connection was lost in the middle of a transaction.");
    }

    public ValueTask<DbTransaction> TransactionStartedAsync(DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is ModuleDb db) db.InTransaction = db.ContextId;
        return new(result);
    }

    public ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        // A transaction that has lost its connection has none.
        if (eventData.Context is ModuleDb && transaction.Connection is null) throw new NpgsqlException("The connection was lost before the transaction was committed.");
        return new(result);
    }

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) => Ended(eventData);

    public Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) => Ended(eventData);

    /// <summary>One that was given up ends when its connection is given back. That of a lost connection does not come here.</summary>
    public override Task ConnectionClosedAsync(DbConnection connection, ConnectionEndEventData eventData) => Ended(eventData);

    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is ModuleDb db) EnsureHolds(db, connection);
        return new(result);
    }

    public InterceptionResult<DbCommand> CommandCreating(CommandCorrelatedEventData eventData, InterceptionResult<DbCommand> result)
    {
        if (eventData.Context is ModuleDb db) EnsureHolds(db, eventData.Connection);
        return result;
    }

    private static Task Ended(DbContextEventData eventData)
    {
        if (eventData.Context is ModuleDb db) db.InTransaction = null;
        return Task.CompletedTask;
    }
}
