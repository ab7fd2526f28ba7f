using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Organization.Data.Migrations
{
    /// <inheritdoc />
    public partial class RetentionAndVacuum : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterTable(
                name: "stored_answers",
                schema: "organization")
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.050000000000000003)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.050000000000000003);

            migrationBuilder.AlterTable(
                name: "outbox_events",
                schema: "organization")
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.050000000000000003)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.050000000000000003);

            migrationBuilder.AlterTable(
                name: "outbox_deliveries",
                schema: "organization")
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0)
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_threshold", 1000)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_cost_delay", 0)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_threshold", 1000);

            migrationBuilder.AlterTable(
                name: "inbox",
                schema: "organization")
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.050000000000000003)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.050000000000000003);

            migrationBuilder.AlterTable(
                name: "clocks",
                schema: "organization")
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterTable(
                name: "stored_answers",
                schema: "organization")
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.050000000000000003)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.050000000000000003);

            migrationBuilder.AlterTable(
                name: "outbox_events",
                schema: "organization")
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.050000000000000003)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.050000000000000003);

            migrationBuilder.AlterTable(
                name: "outbox_deliveries",
                schema: "organization")
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_analyze_threshold", 1000)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_cost_delay", 0)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_threshold", 1000);

            migrationBuilder.AlterTable(
                name: "inbox",
                schema: "organization")
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.050000000000000003)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.050000000000000003);

            migrationBuilder.AlterTable(
                name: "clocks",
                schema: "organization")
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02);
        }
    }
}
