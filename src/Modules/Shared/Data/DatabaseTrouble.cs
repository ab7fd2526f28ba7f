using System.Net.Sockets;
using Crm.Shared.Privacy;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Crm.Shared.Data;

/// <summary>Failures of the database, told apart by whose fault they are and what helps.</summary>
public sealed class DatabaseTrouble(IEnumerable<Module> modules, IServiceProvider services)
{
    /// <summary>
    /// The database, or the way to it, is not there at the moment: connections refused or cut, a server that starts or stops, a disk or a list
    /// of connections that is full, files it cannot read or write, a session it has ended because this process stood still in the middle of a transaction. It says nothing about what was asked, and goes by without anybody changing that.
    /// </summary>
    public static bool IsAway(Exception e) => Root(e) switch
    {
        null => false,
        PostgresException { SqlState: "57014" } => false,
        PostgresException { SqlState: var state } => state[..2] is "08" or "53" or "57" or "58" || state is "25006" or "25P03",
        _ => !Causes(e).OfType<TimeoutException>().Any(),
    };

    /// <summary>Sent again, the same request may succeed: the database is away, or others were in the way for too long.</summary>
    public static bool MayPass(Exception e) => IsAway(e) || Root(e) switch
    {
        null => false,
        PostgresException { SqlState: var state } => state is "57014" or "40001" or "40P01" or "55P03",
        _ => true,
    };

    /// <summary>
    /// Lets all connections go when the library's and the server's lists of prepared statements differ ("exists already", "does not exist"):
    /// such a connection stays that way, and its like may be, too.
    /// </summary>
    /// <returns>True when that was the trouble; what was asked may be asked again.</returns>
    public bool LetGoIfOutOfStep(Exception e)
    {
        var outOfStep = Causes(e).Any(c => c is PostgresException
        {
            SqlState: PostgresErrorCodes.DuplicatePreparedStatement or PostgresErrorCodes.InvalidSqlStatementName,
        });
        if (!outOfStep) return false;
        foreach (var module in modules) services.GetRequiredKeyedService<NpgsqlDataSource>(module.Schema).Clear();
        return true;
    }

    /// <summary>ORG-12: a value came under a key that is no longer in use; from now on this process uses the newest it has.</summary>
    /// <returns>True when that was the trouble; what was asked may be asked again.</returns>
    public bool KeysHaveChanged(Exception e)
    {
        if (!Causes(e).Any(c => c is PostgresException { ConstraintName: { } constraint } && KeyRotation.IsKeyInUse(constraint))) return false;
        services.GetRequiredService<KeyRing>().UseNewest();
        return true;
    }

    /// <summary>The kind of failure, by the database's own code where it gave one: no text, which could quote a value.</summary>
    public static string KindOf(Exception e) => Root(e) switch
    {
        PostgresException postgres => $"{nameof(PostgresException)} {postgres.SqlState}",
        { } root => root.GetType().Name,
        null => e.GetType().Name,
    };

    private static Exception? Root(Exception e) => Causes(e).FirstOrDefault(c => c is NpgsqlException or SocketException or TimeoutException);

    /// <summary>The exception, what caused it, and so on.</summary>
    private static IEnumerable<Exception> Causes(Exception e)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException) yield return cause;
    }
}
