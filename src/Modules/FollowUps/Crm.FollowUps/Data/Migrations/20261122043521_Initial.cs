using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.FollowUps.Data.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "followups");

            migrationBuilder.CreateSequence(
                name: "follow_up_numbers",
                schema: "followups",
                incrementBy: 50);

            migrationBuilder.CreateTable(
                name: "audit_entries",
                schema: "followups",
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
                name: "follow_ups",
                schema: "followups",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<string>(type: "text", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    origin_id = table.Column<Guid>(type: "uuid", nullable: false),
                    origin_number = table.Column<string>(type: "text", nullable: false),
                    origin_cycle = table.Column<int>(type: "integer", nullable: false),
                    round = table.Column<int>(type: "integer", nullable: false),
                    major = table.Column<bool>(type: "boolean", nullable: false),
                    assignee = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    planned_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    due_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    attempt_count = table.Column<int>(type: "integer", nullable: false),
                    next_attempt_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    ended_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    satisfaction = table.Column<int>(type: "integer", nullable: true),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_follow_ups", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "inbox",
                schema: "followups",
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
                name: "origin_cycles",
                schema: "followups",
                columns: table => new
                {
                    origin_id = table.Column<Guid>(type: "uuid", nullable: false),
                    cycle = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_origin_cycles", x => x.origin_id);
                });

            migrationBuilder.CreateTable(
                name: "outbox_events",
                schema: "followups",
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
                schema: "followups",
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
                schema: "followups",
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
                        name: "fk_clocks_follow_ups_subject_id",
                        column: x => x.subject_id,
                        principalSchema: "followups",
                        principalTable: "follow_ups",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "visits",
                schema: "followups",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    follow_up_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    by = table.Column<string>(type: "text", nullable: false),
                    counted = table.Column<bool>(type: "boolean", nullable: false),
                    channel = table.Column<string>(type: "text", nullable: false),
                    reached = table.Column<bool>(type: "boolean", nullable: false),
                    not_reached = table.Column<string>(type: "text", nullable: true),
                    satisfaction = table.Column<int>(type: "integer", nullable: true),
                    service_quality = table.Column<int>(type: "integer", nullable: true),
                    attitude = table.Column<int>(type: "integer", nullable: true),
                    fee_verified = table.Column<bool>(type: "boolean", nullable: true),
                    qualified = table.Column<bool>(type: "boolean", nullable: true),
                    shortcomings = table.Column<string>(type: "text", nullable: true),
                    suggestions = table.Column<string>(type: "text", nullable: true),
                    remarks = table.Column<string>(type: "text", nullable: true),
                    signature = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_visits", x => x.id);
                    table.ForeignKey(
                        name: "fk_visits_follow_ups_follow_up_id",
                        column: x => x.follow_up_id,
                        principalSchema: "followups",
                        principalTable: "follow_ups",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "outbox_deliveries",
                schema: "followups",
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
                        principalSchema: "followups",
                        principalTable: "outbox_events",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "clock_rungs",
                schema: "followups",
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
                        principalSchema: "followups",
                        principalTable: "clocks",
                        principalColumn: "id");
                });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_at",
                schema: "followups",
                table: "audit_entries",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "ix_clocks_next_rung_at",
                schema: "followups",
                table: "clocks",
                column: "next_rung_at",
                filter: "next_rung_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_clocks_subject_id_cycle_kind",
                schema: "followups",
                table: "clocks",
                columns: new[] { "subject_id", "cycle", "kind" },
                unique: true,
                filter: "ended_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_follow_ups_assignee_state_due_at_id",
                schema: "followups",
                table: "follow_ups",
                columns: new[] { "assignee", "state", "due_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_follow_ups_due_at_id",
                schema: "followups",
                table: "follow_ups",
                columns: new[] { "due_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_follow_ups_number",
                schema: "followups",
                table: "follow_ups",
                column: "number",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_follow_ups_origin_id_origin_cycle_round",
                schema: "followups",
                table: "follow_ups",
                columns: new[] { "origin_id", "origin_cycle", "round" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_follow_ups_project_due_at_id",
                schema: "followups",
                table: "follow_ups",
                columns: new[] { "project", "due_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_follow_ups_project_state_due_at_id",
                schema: "followups",
                table: "follow_ups",
                columns: new[] { "project", "state", "due_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_outbox_deliveries_consumer_aggregate_id_sequence",
                schema: "followups",
                table: "outbox_deliveries",
                columns: new[] { "consumer", "aggregate_id", "sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_outbox_deliveries_event_id",
                schema: "followups",
                table: "outbox_deliveries",
                column: "event_id");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_deliveries_next_attempt_at",
                schema: "followups",
                table: "outbox_deliveries",
                column: "next_attempt_at",
                filter: "parked_at IS NULL AND discarded_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_deliveries_parked_at_id",
                schema: "followups",
                table: "outbox_deliveries",
                columns: new[] { "parked_at", "id" },
                filter: "parked_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_events_aggregate_id_sequence",
                schema: "followups",
                table: "outbox_events",
                columns: new[] { "aggregate_id", "sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_stored_answers_stored_at",
                schema: "followups",
                table: "stored_answers",
                column: "stored_at");

            migrationBuilder.CreateIndex(
                name: "ix_visits_follow_up_id_at",
                schema: "followups",
                table: "visits",
                columns: new[] { "follow_up_id", "at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit_entries",
                schema: "followups");

            migrationBuilder.DropTable(
                name: "clock_rungs",
                schema: "followups");

            migrationBuilder.DropTable(
                name: "inbox",
                schema: "followups");

            migrationBuilder.DropTable(
                name: "origin_cycles",
                schema: "followups");

            migrationBuilder.DropTable(
                name: "outbox_deliveries",
                schema: "followups");

            migrationBuilder.DropTable(
                name: "stored_answers",
                schema: "followups");

            migrationBuilder.DropTable(
                name: "visits",
                schema: "followups");

            migrationBuilder.DropTable(
                name: "clocks",
                schema: "followups");

            migrationBuilder.DropTable(
                name: "outbox_events",
                schema: "followups");

            migrationBuilder.DropTable(
                name: "follow_ups",
                schema: "followups");

            migrationBuilder.DropSequence(
                name: "follow_up_numbers",
                schema: "followups");
        }
    }
}
