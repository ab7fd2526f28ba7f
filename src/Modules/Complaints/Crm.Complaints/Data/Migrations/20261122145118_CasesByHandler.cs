using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Complaints.Data.Migrations
{
    /// <inheritdoc />
    public partial class CasesByHandler : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_complaints_handler_id",
                schema: "complaints",
                table: "complaints",
                columns: new[] { "handler", "id" },
                filter: "handler IS NOT NULL AND status <> 'archived' AND status <> 'withdrawn'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_complaints_handler_id",
                schema: "complaints",
                table: "complaints");
        }
    }
}
