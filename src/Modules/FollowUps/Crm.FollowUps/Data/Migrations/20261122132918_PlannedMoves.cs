using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.FollowUps.Data.Migrations
{
    /// <inheritdoc />
    public partial class PlannedMoves : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "given",
                schema: "followups",
                table: "clocks",
                type: "text",
                nullable: false,
                defaultValue: "");

            // Until now all time ran around the clock: what a deadline was given is what it came to.
            migrationBuilder.Sql("UPDATE followups.clocks SET given = 'PT' || trim_scale(extract(epoch FROM budget)) || 'S'");

            migrationBuilder.AddColumn<bool>(
                name: "is_provisional",
                schema: "followups",
                table: "clocks",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "planned_moves",
                schema: "followups",
                columns: table => new
                {
                    preview_id = table.Column<Guid>(type: "uuid", nullable: false),
                    clock_id = table.Column<Guid>(type: "uuid", nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    policy = table.Column<string>(type: "text", nullable: false),
                    policy_version = table.Column<int>(type: "integer", nullable: false),
                    given = table.Column<string>(type: "text", nullable: false),
                    is_provisional = table.Column<bool>(type: "boolean", nullable: false),
                    budget = table.Column<TimeSpan>(type: "interval", nullable: false),
                    warn_percent = table.Column<int>(type: "integer", nullable: false),
                    due_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    warn_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    new_due_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    new_warn_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    released_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    released_by = table.Column<string>(type: "text", nullable: true),
                    outcome = table.Column<string>(type: "text", nullable: true),
                    done_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_planned_moves", x => new { x.preview_id, x.clock_id });
                });

            migrationBuilder.CreateIndex(
                name: "ix_planned_moves_clock_id",
                schema: "followups",
                table: "planned_moves",
                column: "clock_id",
                filter: "outcome = 'moved'");

            migrationBuilder.CreateIndex(
                name: "ix_planned_moves_released_at",
                schema: "followups",
                table: "planned_moves",
                column: "released_at",
                filter: "released_at IS NOT NULL AND outcome IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "planned_moves",
                schema: "followups");

            migrationBuilder.DropColumn(
                name: "given",
                schema: "followups",
                table: "clocks");

            migrationBuilder.DropColumn(
                name: "is_provisional",
                schema: "followups",
                table: "clocks");
        }
    }
}
