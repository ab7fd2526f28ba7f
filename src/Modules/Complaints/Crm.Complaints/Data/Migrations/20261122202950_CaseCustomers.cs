using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Complaints.Data.Migrations
{
    /// <inheritdoc />
    public partial class CaseCustomers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "customer_id",
                schema: "complaints",
                table: "complaints",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_complaints_customer_id_registered_at",
                schema: "complaints",
                table: "complaints",
                columns: new[] { "customer_id", "registered_at" },
                filter: "customer_id IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_complaints_customer_id_registered_at",
                schema: "complaints",
                table: "complaints");

            migrationBuilder.DropColumn(
                name: "customer_id",
                schema: "complaints",
                table: "complaints");
        }
    }
}
