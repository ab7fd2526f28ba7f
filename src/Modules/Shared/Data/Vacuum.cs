using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Crm.Shared.Data;

/// <summary>When PostgreSQL clears dead rows away: earlier than it would by itself, so that a table of many changes stays as large as what lives in it.</summary>
internal static class Vacuum
{
    /// <summary>A large table: after this share of its rows has changed (PostgreSQL's own: 0.2).</summary>
    public static EntityTypeBuilder<T> Vacuumed<T>(this EntityTypeBuilder<T> entity, double share) where T : class => entity
        .HasStorageParameter("autovacuum_vacuum_scale_factor", share)
        .HasStorageParameter("autovacuum_analyze_scale_factor", share);

    /// <summary>A queue, which is empty most of the time: after so many rows have gone, without pausing in between.</summary>
    public static EntityTypeBuilder<T> VacuumedAfter<T>(this EntityTypeBuilder<T> entity, int rows) where T : class => entity
        .HasStorageParameter("autovacuum_vacuum_scale_factor", 0)
        .HasStorageParameter("autovacuum_vacuum_threshold", rows)
        .HasStorageParameter("autovacuum_vacuum_cost_delay", 0)
        .HasStorageParameter("autovacuum_analyze_scale_factor", 0)
        .HasStorageParameter("autovacuum_analyze_threshold", rows);
}
