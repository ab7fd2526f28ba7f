using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Organization.Data.Migrations
{
    /// <inheritdoc />
    public partial class Notifications : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateSequence(
                name: "notification_numbers",
                schema: "organization");

            migrationBuilder.CreateTable(
                name: "notification_preferences",
                schema: "organization",
                columns: table => new
                {
                    staff = table.Column<string>(type: "text", nullable: false),
                    language = table.Column<string>(type: "text", nullable: false),
                    time_zone = table.Column<string>(type: "text", nullable: true),
                    quiet_from = table.Column<string>(type: "text", nullable: true),
                    quiet_to = table.Column<string>(type: "text", nullable: true),
                    channels = table.Column<string>(type: "jsonb", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notification_preferences", x => x.staff);
                    table.ForeignKey(
                        name: "fk_notification_preferences_staff_staff",
                        column: x => x.staff,
                        principalSchema: "organization",
                        principalTable: "staff",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "notifications",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    staff = table.Column<string>(type: "text", nullable: false),
                    project = table.Column<string>(type: "text", nullable: true),
                    subject_kind = table.Column<string>(type: "text", nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false),
                    facts = table.Column<string>(type: "jsonb", nullable: false),
                    urgent = table.Column<bool>(type: "boolean", nullable: false),
                    quiet = table.Column<bool>(type: "boolean", nullable: false),
                    on_screen = table.Column<bool>(type: "boolean", nullable: false),
                    occurred_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    told_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    number = table.Column<long>(type: "bigint", nullable: true),
                    acknowledged_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    recorded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notifications", x => x.id);
                    table.ForeignKey(
                        name: "fk_notifications_staff_staff",
                        column: x => x.staff,
                        principalSchema: "organization",
                        principalTable: "staff",
                        principalColumn: "code");
                });

            migrationBuilder.CreateIndex(
                name: "ix_notifications_event_id_kind_staff",
                schema: "organization",
                table: "notifications",
                columns: new[] { "event_id", "kind", "staff" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_notifications_number",
                schema: "organization",
                table: "notifications",
                column: "number",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_notifications_staff_number",
                schema: "organization",
                table: "notifications",
                columns: new[] { "staff", "number" });

            migrationBuilder.CreateIndex(
                name: "ix_notifications_unread",
                schema: "organization",
                table: "notifications",
                columns: new[] { "staff", "number" },
                filter: "acknowledged_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "notification_preferences",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "notifications",
                schema: "organization");

            migrationBuilder.DropSequence(
                name: "notification_numbers",
                schema: "organization");
        }
    }
}
