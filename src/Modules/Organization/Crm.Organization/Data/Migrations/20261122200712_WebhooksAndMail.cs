using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Organization.Data.Migrations
{
    /// <inheritdoc />
    public partial class WebhooksAndMail : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<byte[]>(
                name: "sealed_email",
                schema: "organization",
                table: "staff",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "mail_at",
                schema: "organization",
                table: "notifications",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "deliveries",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    lane = table.Column<Guid>(type: "uuid", nullable: false),
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    type = table.Column<string>(type: "text", nullable: false),
                    body = table.Column<string>(type: "text", nullable: true),
                    occurred_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    tried_since = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    next_attempt_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()"),
                    leased_until = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    last_attempt_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    last_status = table.Column<int>(type: "integer", nullable: true),
                    last_failure = table.Column<string>(type: "text", nullable: true),
                    last_latency = table.Column<TimeSpan>(type: "interval", nullable: true),
                    ended_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_deliveries", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "delivery_attempts",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    delivery_id = table.Column<Guid>(type: "uuid", nullable: false),
                    tried_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    latency = table.Column<TimeSpan>(type: "interval", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: true),
                    failure = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_delivery_attempts", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "webhooks",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    url = table.Column<string>(type: "text", nullable: false),
                    project = table.Column<string>(type: "text", nullable: true),
                    event_types = table.Column<string[]>(type: "text[]", nullable: false),
                    owner = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    sealed_secret = table.Column<byte[]>(type: "bytea", nullable: false),
                    sealed_previous_secret = table.Column<byte[]>(type: "bytea", nullable: true),
                    previous_secret_until = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    failing_since = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    disabled_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    disabled_because = table.Column<string>(type: "text", nullable: true),
                    deleted_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_webhooks", x => x.id);
                    table.ForeignKey(
                        name: "fk_webhooks_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                    table.ForeignKey(
                        name: "fk_webhooks_staff_owner",
                        column: x => x.owner,
                        principalSchema: "organization",
                        principalTable: "staff",
                        principalColumn: "code");
                });

            migrationBuilder.CreateIndex(
                name: "ix_notifications_mail_at",
                schema: "organization",
                table: "notifications",
                column: "mail_at",
                filter: "mail_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_lane_id",
                schema: "organization",
                table: "deliveries",
                columns: new[] { "lane", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_lane_message_id",
                schema: "organization",
                table: "deliveries",
                columns: new[] { "lane", "message_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_lane_next_attempt_at",
                schema: "organization",
                table: "deliveries",
                columns: new[] { "lane", "next_attempt_at" },
                filter: "state = 'waiting'");

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_lane_state_id",
                schema: "organization",
                table: "deliveries",
                columns: new[] { "lane", "state", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_deliveries_leased",
                schema: "organization",
                table: "deliveries",
                column: "lane",
                filter: "leased_until IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_delivery_attempts_delivery_id_id",
                schema: "organization",
                table: "delivery_attempts",
                columns: new[] { "delivery_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_webhooks_created_at_id",
                schema: "organization",
                table: "webhooks",
                columns: new[] { "created_at", "id" },
                filter: "deleted_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_webhooks_owner",
                schema: "organization",
                table: "webhooks",
                column: "owner");

            migrationBuilder.CreateIndex(
                name: "ix_webhooks_project",
                schema: "organization",
                table: "webhooks",
                column: "project");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "deliveries",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "delivery_attempts",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "webhooks",
                schema: "organization");

            migrationBuilder.DropIndex(
                name: "ix_notifications_mail_at",
                schema: "organization",
                table: "notifications");

            migrationBuilder.DropColumn(
                name: "sealed_email",
                schema: "organization",
                table: "staff");

            migrationBuilder.DropColumn(
                name: "mail_at",
                schema: "organization",
                table: "notifications");
        }
    }
}
