using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Organization.Data.Migrations
{
    /// <inheritdoc />
    public partial class Shifts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "leave_requests",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    staff = table.Column<string>(type: "text", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    starts_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ends_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    reason = table.Column<byte[]>(type: "bytea", nullable: false),
                    asked_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    decided_by = table.Column<string>(type: "text", nullable: true),
                    decided_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    refusal = table.Column<byte[]>(type: "bytea", nullable: true),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_leave_requests", x => x.id);
                    table.CheckConstraint("of_some_leave", "starts_at < ends_at");
                    table.ForeignKey(
                        name: "fk_leave_requests_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                    table.ForeignKey(
                        name: "fk_leave_requests_staff_staff",
                        column: x => x.staff,
                        principalSchema: "organization",
                        principalTable: "staff",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "problem_entries",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    staff = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    needs_help = table.Column<bool>(type: "boolean", nullable: false),
                    texts = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_problem_entries", x => x.id);
                    table.ForeignKey(
                        name: "fk_problem_entries_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                    table.ForeignKey(
                        name: "fk_problem_entries_staff_staff",
                        column: x => x.staff,
                        principalSchema: "organization",
                        principalTable: "staff",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "rosters",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    month = table.Column<DateOnly>(type: "date", nullable: false),
                    needs = table.Column<string>(type: "jsonb", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    published_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rosters", x => x.id);
                    table.ForeignKey(
                        name: "fk_rosters_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "shifts",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    code = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_shifts", x => x.id);
                    table.ForeignKey(
                        name: "fk_shifts_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "shift_slots",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    roster = table.Column<Guid>(type: "uuid", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    shift = table.Column<string>(type: "text", nullable: false),
                    date = table.Column<DateOnly>(type: "date", nullable: false),
                    starts_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ends_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    needed = table.Column<int>(type: "integer", nullable: false),
                    after_hours = table.Column<bool>(type: "boolean", nullable: false),
                    missing = table.Column<TimeSpan>(type: "interval", nullable: false),
                    remind_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_shift_slots", x => x.id);
                    table.ForeignKey(
                        name: "fk_shift_slots_rosters_roster",
                        column: x => x.roster,
                        principalSchema: "organization",
                        principalTable: "rosters",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "shift_terms",
                schema: "organization",
                columns: table => new
                {
                    shift = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    from = table.Column<DateOnly>(type: "date", nullable: false),
                    until = table.Column<DateOnly>(type: "date", nullable: true),
                    name_zh = table.Column<string>(type: "text", nullable: false),
                    name_en = table.Column<string>(type: "text", nullable: false),
                    begins = table.Column<TimeOnly>(type: "time without time zone", nullable: false),
                    ends = table.Column<TimeOnly>(type: "time without time zone", nullable: false),
                    said_by = table.Column<string>(type: "text", nullable: false),
                    said_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_shift_terms", x => new { x.shift, x.number });
                    table.ForeignKey(
                        name: "fk_shift_terms_shifts_shift",
                        column: x => x.shift,
                        principalSchema: "organization",
                        principalTable: "shifts",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "shift_assignments",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    slot = table.Column<Guid>(type: "uuid", nullable: false),
                    roster = table.Column<Guid>(type: "uuid", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    shift = table.Column<string>(type: "text", nullable: false),
                    date = table.Column<DateOnly>(type: "date", nullable: false),
                    staff = table.Column<string>(type: "text", nullable: false),
                    starts_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    ends_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    until = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    rest_until = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    given_by = table.Column<string>(type: "text", nullable: false),
                    given_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    off_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    off_because = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_shift_assignments", x => x.id);
                    table.CheckConstraint("of_some_time", "starts_at < ends_at AND starts_at < until AND ends_at <= rest_until");
                    table.ForeignKey(
                        name: "fk_shift_assignments_rosters_roster",
                        column: x => x.roster,
                        principalSchema: "organization",
                        principalTable: "rosters",
                        principalColumn: "id");
                    table.ForeignKey(
                        name: "fk_shift_assignments_shift_slots_slot",
                        column: x => x.slot,
                        principalSchema: "organization",
                        principalTable: "shift_slots",
                        principalColumn: "id");
                    table.ForeignKey(
                        name: "fk_shift_assignments_staff_staff",
                        column: x => x.staff,
                        principalSchema: "organization",
                        principalTable: "staff",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "shift_handovers",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    slot = table.Column<Guid>(type: "uuid", nullable: false),
                    shift = table.Column<string>(type: "text", nullable: false),
                    date = table.Column<DateOnly>(type: "date", nullable: false),
                    written_by = table.Column<string>(type: "text", nullable: false),
                    written_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    content = table.Column<byte[]>(type: "bytea", nullable: false),
                    alert_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    confirmed_by = table.Column<string>(type: "text", nullable: true),
                    confirmed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_shift_handovers", x => x.id);
                    table.ForeignKey(
                        name: "fk_shift_handovers_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                    table.ForeignKey(
                        name: "fk_shift_handovers_shift_slots_slot",
                        column: x => x.slot,
                        principalSchema: "organization",
                        principalTable: "shift_slots",
                        principalColumn: "id");
                    table.ForeignKey(
                        name: "fk_shift_handovers_staff_written_by",
                        column: x => x.written_by,
                        principalSchema: "organization",
                        principalTable: "staff",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "shift_swaps",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    offered = table.Column<Guid>(type: "uuid", nullable: false),
                    wanted = table.Column<Guid>(type: "uuid", nullable: true),
                    asked_by = table.Column<string>(type: "text", nullable: false),
                    other = table.Column<string>(type: "text", nullable: false),
                    asked_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    decided_by = table.Column<string>(type: "text", nullable: true),
                    decided_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_shift_swaps", x => x.id);
                    table.ForeignKey(
                        name: "fk_shift_swaps_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                    table.ForeignKey(
                        name: "fk_shift_swaps_shift_assignments_offered",
                        column: x => x.offered,
                        principalSchema: "organization",
                        principalTable: "shift_assignments",
                        principalColumn: "id");
                    table.ForeignKey(
                        name: "fk_shift_swaps_shift_assignments_wanted",
                        column: x => x.wanted,
                        principalSchema: "organization",
                        principalTable: "shift_assignments",
                        principalColumn: "id");
                    table.ForeignKey(
                        name: "fk_shift_swaps_staff_other",
                        column: x => x.other,
                        principalSchema: "organization",
                        principalTable: "staff",
                        principalColumn: "code");
                });

            migrationBuilder.CreateIndex(
                name: "ix_leave_requests_project_starts_at_id",
                schema: "organization",
                table: "leave_requests",
                columns: new[] { "project", "starts_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_leave_requests_staff_starts_at_id",
                schema: "organization",
                table: "leave_requests",
                columns: new[] { "staff", "starts_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_leave_requests_starts_at_id",
                schema: "organization",
                table: "leave_requests",
                columns: new[] { "starts_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_problem_entries_at_id",
                schema: "organization",
                table: "problem_entries",
                columns: new[] { "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_problem_entries_project_at_id",
                schema: "organization",
                table: "problem_entries",
                columns: new[] { "project", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_problem_entries_staff_at_id",
                schema: "organization",
                table: "problem_entries",
                columns: new[] { "staff", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_rosters_project_month",
                schema: "organization",
                table: "rosters",
                columns: new[] { "project", "month" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_shift_assignments_project_until",
                schema: "organization",
                table: "shift_assignments",
                columns: new[] { "project", "until" },
                filter: "off_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_shift_assignments_roster",
                schema: "organization",
                table: "shift_assignments",
                column: "roster");

            migrationBuilder.CreateIndex(
                name: "ix_shift_assignments_slot",
                schema: "organization",
                table: "shift_assignments",
                column: "slot");

            migrationBuilder.CreateIndex(
                name: "ix_shift_assignments_staff_starts_at_id",
                schema: "organization",
                table: "shift_assignments",
                columns: new[] { "staff", "starts_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_shift_handovers_alert_at",
                schema: "organization",
                table: "shift_handovers",
                column: "alert_at",
                filter: "alert_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_shift_handovers_project_id",
                schema: "organization",
                table: "shift_handovers",
                columns: new[] { "project", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_shift_handovers_slot",
                schema: "organization",
                table: "shift_handovers",
                column: "slot");

            migrationBuilder.CreateIndex(
                name: "ix_shift_handovers_written_by",
                schema: "organization",
                table: "shift_handovers",
                column: "written_by");

            migrationBuilder.CreateIndex(
                name: "ix_shift_slots_project_starts_at",
                schema: "organization",
                table: "shift_slots",
                columns: new[] { "project", "starts_at" });

            migrationBuilder.CreateIndex(
                name: "ix_shift_slots_remind_at",
                schema: "organization",
                table: "shift_slots",
                column: "remind_at",
                filter: "remind_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_shift_slots_roster_shift_date",
                schema: "organization",
                table: "shift_slots",
                columns: new[] { "roster", "shift", "date" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_shift_swaps_asked_by_id",
                schema: "organization",
                table: "shift_swaps",
                columns: new[] { "asked_by", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_shift_swaps_offered",
                schema: "organization",
                table: "shift_swaps",
                column: "offered");

            migrationBuilder.CreateIndex(
                name: "ix_shift_swaps_other_id",
                schema: "organization",
                table: "shift_swaps",
                columns: new[] { "other", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_shift_swaps_project_id",
                schema: "organization",
                table: "shift_swaps",
                columns: new[] { "project", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_shift_swaps_wanted",
                schema: "organization",
                table: "shift_swaps",
                column: "wanted");

            migrationBuilder.CreateIndex(
                name: "ix_shifts_project_code",
                schema: "organization",
                table: "shifts",
                columns: new[] { "project", "code" },
                unique: true);

            // What EF cannot say: nobody is in two shifts at once, in whatever projects; rest lies between two of them; leave does not overlap.
            migrationBuilder.Sql("""
                CREATE EXTENSION IF NOT EXISTS btree_gist;
                ALTER TABLE organization.shift_assignments
                    ADD CONSTRAINT one_shift_at_a_time EXCLUDE USING gist (staff WITH =, tstzrange(starts_at, until) WITH &&) WHERE (off_at IS NULL);
                ALTER TABLE organization.shift_assignments
                    ADD CONSTRAINT rest_between_shifts EXCLUDE USING gist (staff WITH =, tstzrange(starts_at, rest_until) WITH &&) WHERE (off_at IS NULL);
                ALTER TABLE organization.leave_requests
                    ADD CONSTRAINT one_leave_at_a_time EXCLUDE USING gist (staff WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (status IN ('asked', 'signed'));
                """);

            // The shifts every project begins with, for those that are there already.
            migrationBuilder.Sql("""
                WITH standard (code, name_zh, name_en, begins, ends) AS (VALUES
                    ('day', '日班', 'Day', time '08:00', time '17:00'), ('evening', '晚班', 'Evening', time '17:00', time '01:00'), ('regular', '常白班', 'Regular', time '09:00', time '18:00')),
                made AS (INSERT INTO organization.shifts (id, project, code, version, event_sequence) SELECT gen_random_uuid(), p.code, s.code, 1, 0 FROM organization.projects p CROSS JOIN standard s RETURNING id, code)
                INSERT INTO organization.shift_terms (shift, number, "from", until, name_zh, name_en, begins, ends, said_by, said_at)
                SELECT m.id, 1, date '2000-01-01', NULL, s.name_zh, s.name_en, s.begins, s.ends, 'rule:ORG-04', timestamptz '1970-01-01 00:00:00Z' FROM made m JOIN standard s ON s.code = m.code;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "leave_requests",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "problem_entries",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "shift_handovers",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "shift_swaps",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "shift_terms",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "shift_assignments",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "shifts",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "shift_slots",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "rosters",
                schema: "organization");
        }
    }
}
