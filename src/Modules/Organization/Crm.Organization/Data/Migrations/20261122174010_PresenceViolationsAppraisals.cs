using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Organization.Data.Migrations
{
    /// <inheritdoc />
    public partial class PresenceViolationsAppraisals : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "appraisal_forms",
                schema: "organization",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    title_en = table.Column<string>(type: "text", nullable: false),
                    title_zh = table.Column<string>(type: "text", nullable: false),
                    criteria = table.Column<string>(type: "jsonb", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_appraisal_forms", x => x.code);
                });

            migrationBuilder.CreateTable(
                name: "call_events",
                schema: "organization",
                columns: table => new
                {
                    system = table.Column<string>(type: "text", nullable: false),
                    call = table.Column<string>(type: "text", nullable: false),
                    staff = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_call_events", x => new { x.staff, x.system, x.call, x.kind, x.at });
                    table.ForeignKey(
                        name: "fk_call_events_staff_staff",
                        column: x => x.staff,
                        principalSchema: "organization",
                        principalTable: "staff",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "presence_changes",
                schema: "organization",
                columns: table => new
                {
                    staff = table.Column<string>(type: "text", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true),
                    project = table.Column<string>(type: "text", nullable: true),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    by = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_presence_changes", x => new { x.staff, x.number });
                    table.CheckConstraint("away_for_a_reason", "(state = 'away') = (reason IS NOT NULL)");
                    table.ForeignKey(
                        name: "fk_presence_changes_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                    table.ForeignKey(
                        name: "fk_presence_changes_staff_staff",
                        column: x => x.staff,
                        principalSchema: "organization",
                        principalTable: "staff",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "presences",
                schema: "organization",
                columns: table => new
                {
                    staff = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true),
                    project = table.Column<string>(type: "text", nullable: true),
                    since = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    seen_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    off_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    changes = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_presences", x => x.staff);
                    table.CheckConstraint("off_or_until", "(state = 'off') = (off_at IS NULL)");
                    table.ForeignKey(
                        name: "fk_presences_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                    table.ForeignKey(
                        name: "fk_presences_staff_staff",
                        column: x => x.staff,
                        principalSchema: "organization",
                        principalTable: "staff",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "violation_kinds",
                schema: "organization",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_violation_kinds", x => x.code);
                });

            migrationBuilder.CreateTable(
                name: "appraisals",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    staff = table.Column<string>(type: "text", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    form = table.Column<string>(type: "text", nullable: false),
                    period_kind = table.Column<string>(type: "text", nullable: false),
                    period_start = table.Column<DateOnly>(type: "date", nullable: false),
                    appraiser = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    criteria = table.Column<string>(type: "jsonb", nullable: false),
                    given = table.Column<string>(type: "jsonb", nullable: false),
                    figures = table.Column<string>(type: "jsonb", nullable: false),
                    total = table.Column<decimal>(type: "numeric(5,2)", precision: 5, scale: 2, nullable: true),
                    grade = table.Column<string>(type: "text", nullable: true),
                    proposes = table.Column<string>(type: "text", nullable: true),
                    submitted_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    comment = table.Column<string>(type: "text", nullable: true),
                    confirmed_by = table.Column<string>(type: "text", nullable: true),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_appraisals", x => x.id);
                    table.CheckConstraint("nobody_themselves", "appraiser <> staff AND confirmed_by <> staff AND confirmed_by <> appraiser");
                    table.ForeignKey(
                        name: "fk_appraisals_appraisal_forms_form",
                        column: x => x.form,
                        principalSchema: "organization",
                        principalTable: "appraisal_forms",
                        principalColumn: "code");
                    table.ForeignKey(
                        name: "fk_appraisals_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                    table.ForeignKey(
                        name: "fk_appraisals_staff_staff",
                        column: x => x.staff,
                        principalSchema: "organization",
                        principalTable: "staff",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "violation_kind_versions",
                schema: "organization",
                columns: table => new
                {
                    kind = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    terms = table.Column<string>(type: "jsonb", nullable: false),
                    by = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_violation_kind_versions", x => new { x.kind, x.version });
                    table.ForeignKey(
                        name: "fk_violation_kind_versions_violation_kinds_kind",
                        column: x => x.kind,
                        principalSchema: "organization",
                        principalTable: "violation_kinds",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "appraisal_steps",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    appraisal_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    by = table.Column<string>(type: "text", nullable: false),
                    text = table.Column<string>(type: "text", nullable: true),
                    total = table.Column<decimal>(type: "numeric(5,2)", precision: 5, scale: 2, nullable: true),
                    grade = table.Column<string>(type: "text", nullable: true),
                    figures = table.Column<string>(type: "jsonb", nullable: false),
                    given = table.Column<string>(type: "jsonb", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_appraisal_steps", x => x.id);
                    table.ForeignKey(
                        name: "fk_appraisal_steps_appraisals_appraisal_id",
                        column: x => x.appraisal_id,
                        principalSchema: "organization",
                        principalTable: "appraisals",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "violations",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    staff = table.Column<string>(type: "text", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    kind_version = table.Column<int>(type: "integer", nullable: false),
                    occurred_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    facts = table.Column<string>(type: "text", nullable: false),
                    evidence = table.Column<string>(type: "text", nullable: true),
                    source = table.Column<string>(type: "text", nullable: true),
                    reference = table.Column<string>(type: "text", nullable: true),
                    recorded_by = table.Column<string>(type: "text", nullable: false),
                    recorded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    place = table.Column<int>(type: "integer", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    sanctions = table.Column<string>(type: "jsonb", nullable: false),
                    appealable_until = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_violations", x => x.id);
                    table.ForeignKey(
                        name: "fk_violations_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                    table.ForeignKey(
                        name: "fk_violations_staff_staff",
                        column: x => x.staff,
                        principalSchema: "organization",
                        principalTable: "staff",
                        principalColumn: "code");
                    table.ForeignKey(
                        name: "fk_violations_violation_kind_versions_kind_kind_version",
                        columns: x => new { x.kind, x.kind_version },
                        principalSchema: "organization",
                        principalTable: "violation_kind_versions",
                        principalColumns: new[] { "kind", "version" });
                });

            migrationBuilder.CreateTable(
                name: "violation_steps",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    violation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    by = table.Column<string>(type: "text", nullable: false),
                    text = table.Column<string>(type: "text", nullable: true),
                    number = table.Column<int>(type: "integer", nullable: false),
                    sanctions = table.Column<string>(type: "jsonb", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_violation_steps", x => x.id);
                    table.ForeignKey(
                        name: "fk_violation_steps_violations_violation_id",
                        column: x => x.violation_id,
                        principalSchema: "organization",
                        principalTable: "violations",
                        principalColumn: "id");
                });

            migrationBuilder.InsertData(
                schema: "organization",
                table: "violation_kinds",
                columns: new[] { "code", "event_sequence", "id", "version" },
                values: new object[] { "record-tampering", 0L, new Guid("0193fc00-0000-7000-8000-000000000008"), 1 });

            migrationBuilder.InsertData(
                schema: "organization",
                table: "violation_kind_versions",
                columns: new[] { "kind", "version", "at", "by", "reason", "terms" },
                values: new object[] { "record-tampering", 1, new DateTime(2020, 1, 1, 0, 0, 0, 0, DateTimeKind.Utc), "rule:LEA-08", "LEA-08", "{\"titleEn\":\"Tampering with records\",\"titleZh\":\"篡改登记或跟进记录\",\"meaning\":\"擅自更改、删除客户登记或跟进记录，经查实。\",\"ladder\":{\"rungs\":[[{\"measure\":\"publicCriticism\",\"amount\":null},{\"measure\":\"commissionForfeiture\",\"amount\":null}],[{\"measure\":\"dismissalProposed\",\"amount\":null}]],\"windowMonths\":null}}" });

            migrationBuilder.CreateIndex(
                name: "ix_appraisal_steps_appraisal_id_at_id",
                schema: "organization",
                table: "appraisal_steps",
                columns: new[] { "appraisal_id", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_appraisals_form",
                schema: "organization",
                table: "appraisals",
                column: "form");

            migrationBuilder.CreateIndex(
                name: "ix_appraisals_period_start_id",
                schema: "organization",
                table: "appraisals",
                columns: new[] { "period_start", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_appraisals_project_id",
                schema: "organization",
                table: "appraisals",
                columns: new[] { "project", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_appraisals_project_period_start_id",
                schema: "organization",
                table: "appraisals",
                columns: new[] { "project", "period_start", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_appraisals_staff_id",
                schema: "organization",
                table: "appraisals",
                columns: new[] { "staff", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_appraisals_state_id",
                schema: "organization",
                table: "appraisals",
                columns: new[] { "state", "id" });

            migrationBuilder.CreateIndex(
                name: "ux_appraisals_one",
                schema: "organization",
                table: "appraisals",
                columns: new[] { "staff", "project", "form", "period_kind", "period_start" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_call_events_staff_at",
                schema: "organization",
                table: "call_events",
                columns: new[] { "staff", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_presence_changes_project",
                schema: "organization",
                table: "presence_changes",
                column: "project");

            migrationBuilder.CreateIndex(
                name: "ix_presence_changes_staff_at",
                schema: "organization",
                table: "presence_changes",
                columns: new[] { "staff", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_presences_project_staff",
                schema: "organization",
                table: "presences",
                columns: new[] { "project", "staff" });

            migrationBuilder.CreateIndex(
                name: "ix_violation_steps_violation_id_at_id",
                schema: "organization",
                table: "violation_steps",
                columns: new[] { "violation_id", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_violations_kind_id",
                schema: "organization",
                table: "violations",
                columns: new[] { "kind", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_violations_kind_kind_version",
                schema: "organization",
                table: "violations",
                columns: new[] { "kind", "kind_version" });

            migrationBuilder.CreateIndex(
                name: "ix_violations_project_id",
                schema: "organization",
                table: "violations",
                columns: new[] { "project", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_violations_staff_id",
                schema: "organization",
                table: "violations",
                columns: new[] { "staff", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_violations_staff_kind_place",
                schema: "organization",
                table: "violations",
                columns: new[] { "staff", "kind", "place" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_violations_state_id",
                schema: "organization",
                table: "violations",
                columns: new[] { "state", "id" });

            migrationBuilder.CreateIndex(
                name: "ux_violations_reference",
                schema: "organization",
                table: "violations",
                columns: new[] { "source", "reference" },
                unique: true,
                filter: "source IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "appraisal_steps",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "call_events",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "presence_changes",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "presences",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "violation_steps",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "appraisals",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "violations",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "appraisal_forms",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "violation_kind_versions",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "violation_kinds",
                schema: "organization");
        }
    }
}
