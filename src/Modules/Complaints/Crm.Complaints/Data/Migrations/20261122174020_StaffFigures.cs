using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Complaints.Data.Migrations
{
    /// <inheritdoc />
    public partial class StaffFigures : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_complaints_handler",
                schema: "complaints",
                table: "complaints",
                column: "handler",
                filter: "handler IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_complaint_steps_by_at",
                schema: "complaints",
                table: "complaint_steps",
                columns: new[] { "by", "at" },
                filter: "kind = 'resolved'");

            migrationBuilder.CreateIndex(
                name: "ix_complaint_records_registered_by_registered_at",
                schema: "complaints",
                table: "complaint_records",
                columns: new[] { "registered_by", "registered_at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_complaints_handler",
                schema: "complaints",
                table: "complaints");

            migrationBuilder.DropIndex(
                name: "ix_complaint_steps_by_at",
                schema: "complaints",
                table: "complaint_steps");

            migrationBuilder.DropIndex(
                name: "ix_complaint_records_registered_by_registered_at",
                schema: "complaints",
                table: "complaint_records");
        }
    }
}
