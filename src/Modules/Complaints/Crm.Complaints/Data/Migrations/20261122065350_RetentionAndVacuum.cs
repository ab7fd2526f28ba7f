using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Complaints.Data.Migrations
{
    /// <inheritdoc />
    public partial class RetentionAndVacuum : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterTable(
                name: "stored_answers",
                schema: "complaints")
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.050000000000000003)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.050000000000000003);

            migrationBuilder.AlterTable(
                name: "outbox_events",
                schema: "complaints")
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.050000000000000003)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.050000000000000003);

            migrationBuilder.AlterTable(
                name: "outbox_deliveries",
                schema: "complaints")
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0)
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_threshold", 1000)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_cost_delay", 0)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_threshold", 1000);

            migrationBuilder.AlterTable(
                name: "inbox",
                schema: "complaints")
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.050000000000000003)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.050000000000000003);

            migrationBuilder.AlterTable(
                name: "clocks",
                schema: "complaints")
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterTable(
                name: "stored_answers",
                schema: "complaints")
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.050000000000000003)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.050000000000000003);

            migrationBuilder.AlterTable(
                name: "outbox_events",
                schema: "complaints")
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.050000000000000003)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.050000000000000003);

            migrationBuilder.AlterTable(
                name: "outbox_deliveries",
                schema: "complaints")
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_analyze_threshold", 1000)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_cost_delay", 0)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_threshold", 1000);

            migrationBuilder.AlterTable(
                name: "inbox",
                schema: "complaints")
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.050000000000000003)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.050000000000000003);

            migrationBuilder.AlterTable(
                name: "clocks",
                schema: "complaints")
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02);
        }
    }
}
