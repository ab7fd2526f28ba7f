using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Organization.Data.Migrations
{
    /// <inheritdoc />
    public partial class EstateAndAnnouncements : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "announcements",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    audience = table.Column<string>(type: "text", nullable: false),
                    reach = table.Column<string>(type: "text", nullable: false),
                    projects = table.Column<string[]>(type: "text[]", nullable: false),
                    pinned = table.Column<bool>(type: "boolean", nullable: false),
                    title = table.Column<string>(type: "text", nullable: false),
                    body = table.Column<string>(type: "text", nullable: false),
                    title_en = table.Column<string>(type: "text", nullable: true),
                    body_en = table.Column<string>(type: "text", nullable: true),
                    status = table.Column<string>(type: "text", nullable: false),
                    edition = table.Column<int>(type: "integer", nullable: false),
                    correction = table.Column<string>(type: "text", nullable: true),
                    corrected_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    published_from = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    published_until = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    announced_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    written_by = table.Column<string>(type: "text", nullable: false),
                    written_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    withdrawn_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    withdrawal_reason = table.Column<string>(type: "text", nullable: true),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_announcements", x => x.id);
                    table.CheckConstraint("ends_after_it_begins", "published_until > published_from");
                    table.CheckConstraint("of_one_reach", "(reach = 'everywhere') = (cardinality(projects) = 0)");
                });

            migrationBuilder.CreateTable(
                name: "buildings",
                schema: "organization",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_buildings", x => new { x.project, x.code });
                    table.ForeignKey(
                        name: "fk_buildings_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "stations",
                schema: "organization",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    address = table.Column<string>(type: "text", nullable: false),
                    hours = table.Column<string>(type: "jsonb", nullable: false),
                    in_charge = table.Column<string>(type: "text", nullable: false),
                    closed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    closing_reason = table.Column<string>(type: "text", nullable: true),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_stations", x => x.code);
                    table.ForeignKey(
                        name: "fk_stations_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                    table.ForeignKey(
                        name: "fk_stations_staff_in_charge",
                        column: x => x.in_charge,
                        principalSchema: "organization",
                        principalTable: "staff",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "announcement_editions",
                schema: "organization",
                columns: table => new
                {
                    announcement_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    title = table.Column<string>(type: "text", nullable: false),
                    body = table.Column<string>(type: "text", nullable: false),
                    title_en = table.Column<string>(type: "text", nullable: true),
                    body_en = table.Column<string>(type: "text", nullable: true),
                    correction = table.Column<string>(type: "text", nullable: true),
                    by = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_announcement_editions", x => new { x.announcement_id, x.number });
                    table.ForeignKey(
                        name: "fk_announcement_editions_announcements_announcement_id",
                        column: x => x.announcement_id,
                        principalSchema: "organization",
                        principalTable: "announcements",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "units",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    building = table.Column<string>(type: "text", nullable: false),
                    number = table.Column<string>(type: "text", nullable: false),
                    floor = table.Column<int>(type: "integer", nullable: true),
                    kind = table.Column<string>(type: "text", nullable: false),
                    area = table.Column<decimal>(type: "numeric(10,2)", precision: 10, scale: 2, nullable: true),
                    tenure = table.Column<string>(type: "text", nullable: false),
                    occupancy = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_units", x => x.id);
                    table.CheckConstraint("area_is_one", "area > 0");
                    table.CheckConstraint("floor_is_one", "floor BETWEEN -9 AND 200 AND floor <> 0");
                    table.ForeignKey(
                        name: "fk_units_buildings_project_building",
                        columns: x => new { x.project, x.building },
                        principalSchema: "organization",
                        principalTable: "buildings",
                        principalColumns: new[] { "project", "code" });
                });

            migrationBuilder.CreateTable(
                name: "announcement_reads",
                schema: "organization",
                columns: table => new
                {
                    announcement_id = table.Column<Guid>(type: "uuid", nullable: false),
                    edition = table.Column<int>(type: "integer", nullable: false),
                    staff = table.Column<string>(type: "text", nullable: false),
                    read_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_announcement_reads", x => new { x.announcement_id, x.edition, x.staff });
                    table.ForeignKey(
                        name: "fk_announcement_reads_announcement_editions_announcement_id_ed~",
                        columns: x => new { x.announcement_id, x.edition },
                        principalSchema: "organization",
                        principalTable: "announcement_editions",
                        principalColumns: new[] { "announcement_id", "number" });
                    table.ForeignKey(
                        name: "fk_announcement_reads_staff_staff",
                        column: x => x.staff,
                        principalSchema: "organization",
                        principalTable: "staff",
                        principalColumn: "code");
                });

            migrationBuilder.CreateIndex(
                name: "ix_announcement_reads_staff",
                schema: "organization",
                table: "announcement_reads",
                column: "staff");

            migrationBuilder.CreateIndex(
                name: "ix_announcements_pinned_published_from_id",
                schema: "organization",
                table: "announcements",
                columns: new[] { "pinned", "published_from", "id" },
                descending: new bool[0],
                filter: "status = 'published'");

            migrationBuilder.CreateIndex(
                name: "ix_announcements_to_tell",
                schema: "organization",
                table: "announcements",
                column: "published_from",
                filter: "status = 'published' AND announced_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_buildings_project_name",
                schema: "organization",
                table: "buildings",
                columns: new[] { "project", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_stations_in_charge",
                schema: "organization",
                table: "stations",
                column: "in_charge");

            migrationBuilder.CreateIndex(
                name: "ix_stations_project_kind_code",
                schema: "organization",
                table: "stations",
                columns: new[] { "project", "kind", "code" });

            migrationBuilder.CreateIndex(
                name: "ix_units_project_building_number",
                schema: "organization",
                table: "units",
                columns: new[] { "project", "building", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_units_project_floor_building_number",
                schema: "organization",
                table: "units",
                columns: new[] { "project", "floor", "building", "number" });

            migrationBuilder.CreateIndex(
                name: "ix_units_project_kind_building_number",
                schema: "organization",
                table: "units",
                columns: new[] { "project", "kind", "building", "number" });

            migrationBuilder.CreateIndex(
                name: "ix_units_project_tenure_occupancy_building_number",
                schema: "organization",
                table: "units",
                columns: new[] { "project", "tenure", "occupancy", "building", "number" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "announcement_reads",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "stations",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "units",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "announcement_editions",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "buildings",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "announcements",
                schema: "organization");
        }
    }
}
