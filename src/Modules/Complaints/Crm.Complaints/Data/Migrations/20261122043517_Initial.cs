using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Complaints.Data.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "complaints");

            migrationBuilder.CreateSequence(
                name: "case_numbers",
                schema: "complaints",
                incrementBy: 50);

            migrationBuilder.CreateTable(
                name: "audit_entries",
                schema: "complaints",
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
                name: "categories",
                schema: "complaints",
                columns: table => new
                {
                    project = table.Column<string>(type: "text", nullable: false),
                    code = table.Column<string>(type: "text", nullable: false),
                    parent = table.Column<string>(type: "text", nullable: true),
                    name_en = table.Column<string>(type: "text", nullable: false),
                    name_zh = table.Column<string>(type: "text", nullable: false),
                    incident = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_categories", x => new { x.project, x.code });
                });

            migrationBuilder.CreateTable(
                name: "complaints",
                schema: "complaints",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<string>(type: "text", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    severity = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    cycle = table.Column<int>(type: "integer", nullable: false),
                    registered_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    handler = table.Column<string>(type: "text", nullable: true),
                    earliest_due_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    solution_agreed_in_cycle = table.Column<int>(type: "integer", nullable: true),
                    has_written_reply = table.Column<bool>(type: "boolean", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_complaints", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "inbox",
                schema: "complaints",
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
                schema: "complaints",
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
                name: "stored_answers",
                schema: "complaints",
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
                name: "clocks",
                schema: "complaints",
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
                    table.ForeignKey(
                        name: "fk_clocks_complaints_subject_id",
                        column: x => x.subject_id,
                        principalSchema: "complaints",
                        principalTable: "complaints",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "complaint_records",
                schema: "complaints",
                columns: table => new
                {
                    complaint_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<string>(type: "text", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    channel = table.Column<string>(type: "text", nullable: false),
                    category = table.Column<string>(type: "text", nullable: false),
                    proposed_severity = table.Column<string>(type: "text", nullable: false),
                    major_criterion = table.Column<string>(type: "text", nullable: true),
                    content = table.Column<string>(type: "text", nullable: false),
                    demand = table.Column<string>(type: "text", nullable: true),
                    building = table.Column<string>(type: "text", nullable: true),
                    unit = table.Column<string>(type: "text", nullable: true),
                    customer_name = table.Column<string>(type: "text", nullable: true),
                    phone_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    phone_index = table.Column<byte[]>(type: "bytea", nullable: true),
                    received_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    received_by = table.Column<string>(type: "text", nullable: true),
                    registered_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    registered_by = table.Column<string>(type: "text", nullable: false),
                    source_system = table.Column<string>(type: "text", nullable: true),
                    source_ticket = table.Column<string>(type: "text", nullable: true),
                    written_reply_only = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_complaint_records", x => x.complaint_id);
                    table.ForeignKey(
                        name: "fk_complaint_records_category",
                        columns: x => new { x.project, x.category },
                        principalSchema: "complaints",
                        principalTable: "categories",
                        principalColumns: new[] { "project", "code" });
                    table.ForeignKey(
                        name: "fk_complaint_records_complaints_complaint_id",
                        column: x => x.complaint_id,
                        principalSchema: "complaints",
                        principalTable: "complaints",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "complaint_steps",
                schema: "complaints",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    complaint_id = table.Column<Guid>(type: "uuid", nullable: false),
                    cycle = table.Column<int>(type: "integer", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    by = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    severity = table.Column<string>(type: "text", nullable: false),
                    text = table.Column<string>(type: "text", nullable: true),
                    to = table.Column<string>(type: "text", nullable: true),
                    how = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_complaint_steps", x => x.id);
                    table.ForeignKey(
                        name: "fk_complaint_steps_complaints_complaint_id",
                        column: x => x.complaint_id,
                        principalSchema: "complaints",
                        principalTable: "complaints",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "complaint_supplements",
                schema: "complaints",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    complaint_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    by = table.Column<string>(type: "text", nullable: false),
                    content = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_complaint_supplements", x => x.id);
                    table.ForeignKey(
                        name: "fk_complaint_supplements_complaints_complaint_id",
                        column: x => x.complaint_id,
                        principalSchema: "complaints",
                        principalTable: "complaints",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "outbox_deliveries",
                schema: "complaints",
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
                        principalSchema: "complaints",
                        principalTable: "outbox_events",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "clock_rungs",
                schema: "complaints",
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
                        principalSchema: "complaints",
                        principalTable: "clocks",
                        principalColumn: "id");
                });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_at",
                schema: "complaints",
                table: "audit_entries",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "ix_clocks_next_rung_at",
                schema: "complaints",
                table: "clocks",
                column: "next_rung_at",
                filter: "next_rung_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_clocks_subject_id_cycle_kind",
                schema: "complaints",
                table: "clocks",
                columns: new[] { "subject_id", "cycle", "kind" },
                unique: true,
                filter: "ended_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_complaint_records_number",
                schema: "complaints",
                table: "complaint_records",
                column: "number",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_complaint_records_phone_index",
                schema: "complaints",
                table: "complaint_records",
                column: "phone_index",
                filter: "phone_index IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_complaint_records_project_category",
                schema: "complaints",
                table: "complaint_records",
                columns: new[] { "project", "category" });

            migrationBuilder.CreateIndex(
                name: "ix_complaint_records_project_source_system_source_ticket",
                schema: "complaints",
                table: "complaint_records",
                columns: new[] { "project", "source_system", "source_ticket" },
                unique: true,
                filter: "source_system IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_complaint_steps_complaint_id_at_id",
                schema: "complaints",
                table: "complaint_steps",
                columns: new[] { "complaint_id", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_complaint_supplements_complaint_id_at",
                schema: "complaints",
                table: "complaint_supplements",
                columns: new[] { "complaint_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_complaints_project_earliest_due_at",
                schema: "complaints",
                table: "complaints",
                columns: new[] { "project", "earliest_due_at" },
                filter: "earliest_due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_complaints_project_registered_at_id",
                schema: "complaints",
                table: "complaints",
                columns: new[] { "project", "registered_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_complaints_project_severity_registered_at_id",
                schema: "complaints",
                table: "complaints",
                columns: new[] { "project", "severity", "registered_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_complaints_project_status_registered_at_id",
                schema: "complaints",
                table: "complaints",
                columns: new[] { "project", "status", "registered_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_complaints_registered_at_id",
                schema: "complaints",
                table: "complaints",
                columns: new[] { "registered_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_outbox_deliveries_consumer_aggregate_id_sequence",
                schema: "complaints",
                table: "outbox_deliveries",
                columns: new[] { "consumer", "aggregate_id", "sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_outbox_deliveries_event_id",
                schema: "complaints",
                table: "outbox_deliveries",
                column: "event_id");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_deliveries_next_attempt_at",
                schema: "complaints",
                table: "outbox_deliveries",
                column: "next_attempt_at",
                filter: "parked_at IS NULL AND discarded_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_deliveries_parked_at_id",
                schema: "complaints",
                table: "outbox_deliveries",
                columns: new[] { "parked_at", "id" },
                filter: "parked_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_events_aggregate_id_sequence",
                schema: "complaints",
                table: "outbox_events",
                columns: new[] { "aggregate_id", "sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_stored_answers_stored_at",
                schema: "complaints",
                table: "stored_answers",
                column: "stored_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit_entries",
                schema: "complaints");

            migrationBuilder.DropTable(
                name: "clock_rungs",
                schema: "complaints");

            migrationBuilder.DropTable(
                name: "complaint_records",
                schema: "complaints");

            migrationBuilder.DropTable(
                name: "complaint_steps",
                schema: "complaints");

            migrationBuilder.DropTable(
                name: "complaint_supplements",
                schema: "complaints");

            migrationBuilder.DropTable(
                name: "inbox",
                schema: "complaints");

            migrationBuilder.DropTable(
                name: "outbox_deliveries",
                schema: "complaints");

            migrationBuilder.DropTable(
                name: "stored_answers",
                schema: "complaints");

            migrationBuilder.DropTable(
                name: "clocks",
                schema: "complaints");

            migrationBuilder.DropTable(
                name: "categories",
                schema: "complaints");

            migrationBuilder.DropTable(
                name: "outbox_events",
                schema: "complaints");

            migrationBuilder.DropTable(
                name: "complaints",
                schema: "complaints");

            migrationBuilder.DropSequence(
                name: "case_numbers",
                schema: "complaints");
        }
    }
}
