using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Organization.Data.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "organization");

            migrationBuilder.CreateTable(
                name: "audit_entries",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    action = table.Column<string>(type: "text", nullable: false),
                    actor = table.Column<string>(type: "text", nullable: false),
                    subject_kind = table.Column<string>(type: "text", nullable: false),
                    subject_id = table.Column<string>(type: "text", nullable: false),
                    project = table.Column<string>(type: "text", nullable: true),
                    trace_id = table.Column<string>(type: "text", nullable: true),
                    remote_address = table.Column<string>(type: "text", nullable: true),
                    recorded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_entries", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "clocks",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    cycle = table.Column<int>(type: "integer", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    started_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    budget = table.Column<TimeSpan>(type: "interval", nullable: false),
                    consumed = table.Column<TimeSpan>(type: "interval", nullable: false),
                    warn_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    due_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    next_rung_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    ended_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    end = table.Column<string>(type: "text", nullable: true),
                    ended_by = table.Column<string>(type: "text", nullable: true),
                    policy = table.Column<string>(type: "text", nullable: false),
                    policy_version = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_clocks", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "directory_version",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_directory_version", x => x.id);
                    table.CheckConstraint("one_row", "id = 1");
                });

            migrationBuilder.CreateTable(
                name: "inbox",
                schema: "organization",
                columns: table => new
                {
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false),
                    outcome = table.Column<string>(type: "text", nullable: false),
                    received_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_inbox", x => x.event_id);
                });

            migrationBuilder.CreateTable(
                name: "outbox_events",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false),
                    aggregate_id = table.Column<Guid>(type: "uuid", nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    occurred_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    payload = table.Column<string>(type: "jsonb", nullable: false),
                    trace_id = table.Column<string>(type: "text", nullable: true),
                    recorded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox_events", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "roles",
                schema: "organization",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false),
                    permissions = table.Column<string[]>(type: "text[]", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_roles", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "staff",
                schema: "organization",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    subject = table.Column<string>(type: "text", nullable: false),
                    active = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_staff", x => x.code);
                });

            migrationBuilder.CreateTable(
                name: "stored_answers",
                schema: "organization",
                columns: table => new
                {
                    key_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    request_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: false),
                    location = table.Column<string>(type: "text", nullable: true),
                    version = table.Column<int>(type: "integer", nullable: true),
                    sealed_body = table.Column<byte[]>(type: "bytea", nullable: false),
                    stored_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_stored_answers", x => x.key_hash);
                });

            migrationBuilder.CreateTable(
                name: "clock_rungs",
                schema: "organization",
                columns: table => new
                {
                    clock_id = table.Column<Guid>(type: "uuid", nullable: false),
                    rung = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    written_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    late = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_clock_rungs", x => new { x.clock_id, x.rung });
                    table.ForeignKey(
                        name: "fk_clock_rungs_clocks_clock_id",
                        column: x => x.clock_id,
                        principalSchema: "organization",
                        principalTable: "clocks",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "outbox_deliveries",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    consumer = table.Column<string>(type: "text", nullable: false),
                    aggregate_id = table.Column<Guid>(type: "uuid", nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    next_attempt_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()"),
                    leased_until = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    parked_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    discarded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    last_error = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox_deliveries", x => x.id);
                    table.ForeignKey(
                        name: "fk_outbox_deliveries_outbox_events_event_id",
                        column: x => x.event_id,
                        principalSchema: "organization",
                        principalTable: "outbox_events",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "projects",
                schema: "organization",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    time_zone = table.Column<string>(type: "text", nullable: false),
                    pack = table.Column<string>(type: "text", nullable: false),
                    service_desk = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_projects", x => x.code);
                    table.ForeignKey(
                        name: "fk_projects_staff_service_desk",
                        column: x => x.service_desk,
                        principalSchema: "organization",
                        principalTable: "staff",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "api_keys",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    project = table.Column<string>(type: "text", nullable: true),
                    permissions = table.Column<string[]>(type: "text[]", nullable: false),
                    prefix = table.Column<string>(type: "text", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    revoked_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_api_keys", x => x.id);
                    table.ForeignKey(
                        name: "fk_api_keys_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "policy_values",
                schema: "organization",
                columns: table => new
                {
                    project = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    json = table.Column<string>(type: "jsonb", nullable: false),
                    effective_from = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    changed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_policy_values", x => new { x.project, x.name, x.version });
                    table.ForeignKey(
                        name: "fk_policy_values_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "role_assignments",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    staff = table.Column<string>(type: "text", nullable: false),
                    role = table.Column<string>(type: "text", nullable: false),
                    project = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_role_assignments", x => x.id);
                    table.ForeignKey(
                        name: "fk_role_assignments_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                    table.ForeignKey(
                        name: "fk_role_assignments_roles_role",
                        column: x => x.role,
                        principalSchema: "organization",
                        principalTable: "roles",
                        principalColumn: "name");
                    table.ForeignKey(
                        name: "fk_role_assignments_staff_staff",
                        column: x => x.staff,
                        principalSchema: "organization",
                        principalTable: "staff",
                        principalColumn: "code");
                });

            migrationBuilder.InsertData(
                schema: "organization",
                table: "directory_version",
                columns: new[] { "id", "version" },
                values: new object[] { 1, 1L });

            migrationBuilder.CreateIndex(
                name: "ix_api_keys_created_at_id",
                schema: "organization",
                table: "api_keys",
                columns: new[] { "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_api_keys_prefix",
                schema: "organization",
                table: "api_keys",
                column: "prefix",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_api_keys_project",
                schema: "organization",
                table: "api_keys",
                column: "project");

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_at",
                schema: "organization",
                table: "audit_entries",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "ix_clocks_next_rung_at",
                schema: "organization",
                table: "clocks",
                column: "next_rung_at",
                filter: "next_rung_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_clocks_subject_id_cycle_kind",
                schema: "organization",
                table: "clocks",
                columns: new[] { "subject_id", "cycle", "kind" },
                unique: true,
                filter: "ended_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_deliveries_consumer_aggregate_id_sequence",
                schema: "organization",
                table: "outbox_deliveries",
                columns: new[] { "consumer", "aggregate_id", "sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_outbox_deliveries_event_id",
                schema: "organization",
                table: "outbox_deliveries",
                column: "event_id");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_deliveries_next_attempt_at",
                schema: "organization",
                table: "outbox_deliveries",
                column: "next_attempt_at",
                filter: "parked_at IS NULL AND discarded_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_deliveries_parked_at_id",
                schema: "organization",
                table: "outbox_deliveries",
                columns: new[] { "parked_at", "id" },
                filter: "parked_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_events_aggregate_id_sequence",
                schema: "organization",
                table: "outbox_events",
                columns: new[] { "aggregate_id", "sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_projects_service_desk",
                schema: "organization",
                table: "projects",
                column: "service_desk");

            migrationBuilder.CreateIndex(
                name: "ix_role_assignments_project",
                schema: "organization",
                table: "role_assignments",
                column: "project");

            migrationBuilder.CreateIndex(
                name: "ix_role_assignments_role",
                schema: "organization",
                table: "role_assignments",
                column: "role");

            migrationBuilder.CreateIndex(
                name: "ix_role_assignments_staff_role_project",
                schema: "organization",
                table: "role_assignments",
                columns: new[] { "staff", "role", "project" },
                unique: true)
                .Annotation("Npgsql:NullsDistinct", false);

            migrationBuilder.CreateIndex(
                name: "ix_staff_subject",
                schema: "organization",
                table: "staff",
                column: "subject",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_stored_answers_stored_at",
                schema: "organization",
                table: "stored_answers",
                column: "stored_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "api_keys",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "audit_entries",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "clock_rungs",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "directory_version",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "inbox",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "outbox_deliveries",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "policy_values",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "role_assignments",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "stored_answers",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "clocks",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "outbox_events",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "projects",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "roles",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "staff",
                schema: "organization");
        }
    }
}
