using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Complaints.Data.Migrations
{
    /// <inheritdoc />
    public partial class FeedbackInCycle : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "feedback_in_cycle",
                schema: "complaints",
                table: "complaints",
                type: "integer",
                nullable: true);

            // Of cases that are major now: told while no feedback clock ran, the customer has been told all the same when they are lowered.
            migrationBuilder.Sql("""
                UPDATE complaints.complaints c SET feedback_in_cycle = c.cycle
                WHERE c.severity = 'major' AND c.status NOT IN ('archived', 'withdrawn')
                  AND EXISTS (SELECT FROM complaints.complaint_steps s WHERE s.complaint_id = c.id AND s.cycle = c.cycle AND s.kind = 'customerFeedback')
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "feedback_in_cycle",
                schema: "complaints",
                table: "complaints");
        }
    }
}
