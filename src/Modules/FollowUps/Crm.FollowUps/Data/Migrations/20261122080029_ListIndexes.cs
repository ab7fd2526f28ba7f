using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.FollowUps.Data.Migrations
{
    /// <inheritdoc />
    public partial class ListIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_follow_ups_assignee_due_at_id",
                schema: "followups",
                table: "follow_ups",
                columns: new[] { "assignee", "due_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_follow_ups_state_due_at_id",
                schema: "followups",
                table: "follow_ups",
                columns: new[] { "state", "due_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_clocks_subject_id",
                schema: "followups",
                table: "clocks",
                column: "subject_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_follow_ups_assignee_due_at_id",
                schema: "followups",
                table: "follow_ups");

            migrationBuilder.DropIndex(
                name: "ix_follow_ups_state_due_at_id",
                schema: "followups",
                table: "follow_ups");

            migrationBuilder.DropIndex(
                name: "ix_clocks_subject_id",
                schema: "followups",
                table: "clocks");
        }
    }
}
