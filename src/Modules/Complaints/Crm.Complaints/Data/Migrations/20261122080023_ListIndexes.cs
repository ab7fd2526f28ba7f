using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Complaints.Data.Migrations
{
    /// <inheritdoc />
    public partial class ListIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_complaints_project_earliest_due_at",
                schema: "complaints",
                table: "complaints");

            migrationBuilder.DropIndex(
                name: "ix_complaint_records_project_source_system_source_ticket",
                schema: "complaints",
                table: "complaint_records");

            migrationBuilder.CreateIndex(
                name: "ix_complaints_earliest_due_at_project",
                schema: "complaints",
                table: "complaints",
                columns: new[] { "earliest_due_at", "project" },
                filter: "earliest_due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_complaints_project_kind_registered_at_id",
                schema: "complaints",
                table: "complaints",
                columns: new[] { "project", "kind", "registered_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_complaints_status_registered_at_id",
                schema: "complaints",
                table: "complaints",
                columns: new[] { "status", "registered_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_complaint_records_source_system_source_ticket_project",
                schema: "complaints",
                table: "complaint_records",
                columns: new[] { "source_system", "source_ticket", "project" },
                unique: true,
                filter: "source_system IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_clocks_subject_id",
                schema: "complaints",
                table: "clocks",
                column: "subject_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_complaints_earliest_due_at_project",
                schema: "complaints",
                table: "complaints");

            migrationBuilder.DropIndex(
                name: "ix_complaints_project_kind_registered_at_id",
                schema: "complaints",
                table: "complaints");

            migrationBuilder.DropIndex(
                name: "ix_complaints_status_registered_at_id",
                schema: "complaints",
                table: "complaints");

            migrationBuilder.DropIndex(
                name: "ix_complaint_records_source_system_source_ticket_project",
                schema: "complaints",
                table: "complaint_records");

            migrationBuilder.DropIndex(
                name: "ix_clocks_subject_id",
                schema: "complaints",
                table: "clocks");

            migrationBuilder.CreateIndex(
                name: "ix_complaints_project_earliest_due_at",
                schema: "complaints",
                table: "complaints",
                columns: new[] { "project", "earliest_due_at" },
                filter: "earliest_due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_complaint_records_project_source_system_source_ticket",
                schema: "complaints",
                table: "complaint_records",
                columns: new[] { "project", "source_system", "source_ticket" },
                unique: true,
                filter: "source_system IS NOT NULL");
        }
    }
}
