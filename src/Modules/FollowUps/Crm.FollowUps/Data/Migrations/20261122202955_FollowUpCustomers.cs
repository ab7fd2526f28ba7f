using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.FollowUps.Data.Migrations
{
    /// <inheritdoc />
    public partial class FollowUpCustomers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "customer_id",
                schema: "followups",
                table: "origin_cycles",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "customer_id",
                schema: "followups",
                table: "follow_ups",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_origin_cycles_customer_id",
                schema: "followups",
                table: "origin_cycles",
                column: "customer_id",
                filter: "customer_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_follow_ups_customer_id_planned_at",
                schema: "followups",
                table: "follow_ups",
                columns: new[] { "customer_id", "planned_at" },
                filter: "customer_id IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_origin_cycles_customer_id",
                schema: "followups",
                table: "origin_cycles");

            migrationBuilder.DropIndex(
                name: "ix_follow_ups_customer_id_planned_at",
                schema: "followups",
                table: "follow_ups");

            migrationBuilder.DropColumn(
                name: "customer_id",
                schema: "followups",
                table: "origin_cycles");

            migrationBuilder.DropColumn(
                name: "customer_id",
                schema: "followups",
                table: "follow_ups");
        }
    }
}
