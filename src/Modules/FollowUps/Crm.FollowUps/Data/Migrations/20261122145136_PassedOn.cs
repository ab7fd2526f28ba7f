using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.FollowUps.Data.Migrations
{
    /// <inheritdoc />
    public partial class PassedOn : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "passed_on",
                schema: "followups",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    follow_up_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    by = table.Column<string>(type: "text", nullable: false),
                    from = table.Column<string>(type: "text", nullable: false),
                    to = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_passed_on", x => x.id);
                    table.ForeignKey(
                        name: "fk_passed_on_follow_ups_follow_up_id",
                        column: x => x.follow_up_id,
                        principalSchema: "followups",
                        principalTable: "follow_ups",
                        principalColumn: "id");
                });

            migrationBuilder.CreateIndex(
                name: "ix_passed_on_follow_up_id",
                schema: "followups",
                table: "passed_on",
                column: "follow_up_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "passed_on",
                schema: "followups");
        }
    }
}
