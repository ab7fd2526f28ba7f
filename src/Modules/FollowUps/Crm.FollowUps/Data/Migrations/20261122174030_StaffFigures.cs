using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.FollowUps.Data.Migrations
{
    /// <inheritdoc />
    public partial class StaffFigures : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "settled_by",
                schema: "followups",
                table: "follow_ups",
                type: "text",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_follow_ups_settled_by_ended_at",
                schema: "followups",
                table: "follow_ups",
                columns: new[] { "settled_by", "ended_at" },
                filter: "state = 'completed'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_follow_ups_settled_by_ended_at",
                schema: "followups",
                table: "follow_ups");

            migrationBuilder.DropColumn(
                name: "settled_by",
                schema: "followups",
                table: "follow_ups");
        }
    }
}
