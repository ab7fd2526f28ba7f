using Crm.Organization.Data;
using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Crm.Organization.Access;

/// <summary>
/// The one connection over which this host reads its picture of the organization, beside the module's pool: whoever waits for a new picture may
/// hold a connection of that pool meanwhile, and if reading needed one more of them, enough of these would wait for each other.
/// </summary>
internal sealed class DirectoryConnection(DatabaseAddress address, DbContextOptions<OrganizationDb> options) : IDisposable
{
    private readonly NpgsqlDataSource source = address.Open(OrganizationModule.Schema, connections: 1, name: "directory");

    /// <summary>For one reading at a time.</summary>
    public OrganizationDb Open()
    {
        var db = new OrganizationDb(options);
        db.Database.SetDbConnection(source.CreateConnection(), contextOwnsConnection: true);
        return db;
    }

    /// <summary>After trouble, the next reading begins with a new connection.</summary>
    public void LetGo() => source.Clear();

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();
}
