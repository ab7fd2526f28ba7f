using Crm.Organization.Data;
using Crm.Shared.Failures;
using Crm.Shared.Http;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Crm.Organization.Estate.Import;

/// <summary>ORG-01: the units of a file in the database: read by one statement, written by one batch, however many they are.</summary>
internal static class UnitsBatch
{
    private const string Named =
        "SELECT u.* FROM organization.units u JOIN unnest({1}::text[], {2}::text[]) AS named (building, number) ON u.building = named.building AND u.number = named.number WHERE u.project = {0} ORDER BY u.id";

    /// <summary>Those units of the project that are known already.</summary>
    /// <param name="db">The database.</param>
    /// <param name="project">The project.</param>
    /// <param name="places">Building and number of each.</param>
    /// <param name="locked">They are to be changed: nobody else changes them until this transaction ends.</param>
    /// <param name="ct">Cancels.</param>
    public static Task<List<Unit>> KnownUnitsAsync(this OrganizationDb db, string project, IReadOnlyCollection<(string Building, string Number)> places, bool locked, CancellationToken ct) =>
        db.Set<Unit>().FromSqlRaw(locked ? $"{Named} FOR UPDATE OF u" : Named, project, places.Select(p => p.Building).ToArray(), places.Select(p => p.Number).ToArray())
            .AsNoTracking().ToListAsync(ct);

    /// <summary>Writes what is planned, in the transaction at hand.</summary>
    /// <exception cref="InProgress">Somebody has entered one of the new units at this moment; nothing stays of the rest.</exception>
    public static async Task WriteAsync(this OrganizationDb db, string project, IReadOnlyList<PlannedUnit> planned, CancellationToken ct)
    {
        Unit[] created = [.. planned.Where(p => p.Outcome == LineOutcome.Created).Select(p => new Unit(project, p.Facts))];
        PlannedUnit[] changed = [.. planned.Where(p => p.Outcome == LineOutcome.Changed)];
        await using var batch = db.Batch();
        if (created.Length > 0)
        {
            batch.BatchCommands.Add(Command("""
                INSERT INTO organization.units (id, building, number, floor, kind, area, tenure, occupancy, project, version, event_sequence)
                SELECT n.id, n.building, n.number, n.floor, n.kind, n.area, n.tenure, n.occupancy, $9, 1, 0
                FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS n (id, building, number, floor, kind, area, tenure, occupancy)
                ON CONFLICT (project, building, number) DO NOTHING
                """, project, [.. created.Select(u => (u.Id, u.Facts))]));
        }

        if (changed.Length > 0)
        {
            batch.BatchCommands.Add(Command("""
                UPDATE organization.units u SET floor = n.floor, kind = n.kind, area = n.area, tenure = n.tenure, occupancy = n.occupancy, version = u.version + 1
                FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS n (id, building, number, floor, kind, area, tenure, occupancy)
                WHERE u.id = n.id AND u.project = $9
                """, project, [.. changed.Select(p => (p.Unit!.Id, p.Facts))]));
        }

        if (batch.BatchCommands.Count > 0 && await batch.ExecuteNonQueryAsync(ct) != created.Length + changed.Length) throw new InProgress();
    }

    private static NpgsqlBatchCommand Command(string sql, string project, IReadOnlyList<(Guid Id, UnitFacts Facts)> units)
    {
        NpgsqlParameter Column<T>(NpgsqlDbType type, Func<UnitFacts, T> value) => new() { Value = units.Select(u => value(u.Facts)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };
        return new(sql)
        {
            Parameters =
            {
                new() { Value = units.Select(u => u.Id).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
                Column(NpgsqlDbType.Text, f => f.Building), Column(NpgsqlDbType.Text, f => f.Number), Column(NpgsqlDbType.Integer, f => f.Floor), Column(NpgsqlDbType.Text, f => f.Kind.ToWire()),
                Column(NpgsqlDbType.Numeric, f => f.Area), Column(NpgsqlDbType.Text, f => f.Tenure.ToWire()), Column(NpgsqlDbType.Text, f => f.Occupancy.ToWire()), new() { Value = project },
            },
        };
    }
}
