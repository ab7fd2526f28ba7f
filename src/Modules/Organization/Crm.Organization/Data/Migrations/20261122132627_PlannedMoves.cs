using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Crm.Organization.Data.Migrations
{
    /// <inheritdoc />
    public partial class PlannedMoves : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "given",
                schema: "organization",
                table: "clocks",
                type: "text",
                nullable: false,
                defaultValue: "");

            // Until now all time ran around the clock: what a deadline was given is what it came to.
            migrationBuilder.Sql("UPDATE organization.clocks SET given = 'PT' || trim_scale(extract(epoch FROM budget)) || 'S'");

            migrationBuilder.AddColumn<bool>(
                name: "is_provisional",
                schema: "organization",
                table: "clocks",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "calendar_corrections",
                schema: "organization",
                columns: table => new
                {
                    number = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    json = table.Column<string>(type: "jsonb", nullable: false),
                    changed_by = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    changed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_calendar_corrections", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "change_previews",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    project = table.Column<string>(type: "text", nullable: true),
                    change = table.Column<string>(type: "jsonb", nullable: false),
                    basis_policy_version = table.Column<int>(type: "integer", nullable: false),
                    basis_calendar_version = table.Column<int>(type: "integer", nullable: false),
                    made_by = table.Column<string>(type: "text", nullable: false),
                    made_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    deadlines = table.Column<int>(type: "integer", nullable: false),
                    applied_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    applied_by = table.Column<string>(type: "text", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true),
                    moved_deadlines = table.Column<bool>(type: "boolean", nullable: true),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_change_previews", x => x.id);
                    table.ForeignKey(
                        name: "fk_change_previews_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "planned_moves",
                schema: "organization",
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
                name: "ix_change_previews_project",
                schema: "organization",
                table: "change_previews",
                column: "project");

            migrationBuilder.CreateIndex(
                name: "ix_planned_moves_clock_id",
                schema: "organization",
                table: "planned_moves",
                column: "clock_id",
                filter: "outcome = 'moved'");

            migrationBuilder.CreateIndex(
                name: "ix_planned_moves_released_at",
                schema: "organization",
                table: "planned_moves",
                column: "released_at",
                filter: "released_at IS NOT NULL AND outcome IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "calendar_corrections",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "change_previews",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "planned_moves",
                schema: "organization");

            migrationBuilder.DropColumn(
                name: "given",
                schema: "organization",
                table: "clocks");

            migrationBuilder.DropColumn(
                name: "is_provisional",
                schema: "organization",
                table: "clocks");
        }
    }
}
