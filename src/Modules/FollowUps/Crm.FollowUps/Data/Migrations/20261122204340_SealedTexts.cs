using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.FollowUps.Data.Migrations
{
    /// <inheritdoc />
    public partial class SealedTexts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                ALTER TABLE followups.visits RENAME COLUMN shortcomings TO open_shortcomings;
                ALTER TABLE followups.visits RENAME COLUMN suggestions TO open_suggestions;
                ALTER TABLE followups.visits RENAME COLUMN remarks TO open_remarks;
                ALTER TABLE followups.visits RENAME COLUMN signature TO open_signature;
                ALTER TABLE followups.visits ADD COLUMN shortcomings bytea, ADD COLUMN suggestions bytea, ADD COLUMN remarks bytea, ADD COLUMN signature bytea;
                """);

            migrationBuilder.AddColumn<DateTime>(
                name: "erased_at",
                schema: "followups",
                table: "follow_ups",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "sealed_key",
                schema: "followups",
                table: "follow_ups",
                type: "bytea",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "index_keys",
                schema: "followups",
                columns: table => new
                {
                    version = table.Column<int>(type: "integer", nullable: false),
                    since = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_index_keys", x => x.version);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                ALTER TABLE followups.visits DROP COLUMN shortcomings, DROP COLUMN IF EXISTS open_shortcomings, ADD COLUMN shortcomings text, DROP COLUMN suggestions, DROP COLUMN IF EXISTS open_suggestions, ADD COLUMN suggestions text, DROP COLUMN remarks, DROP COLUMN IF EXISTS open_remarks, ADD COLUMN remarks text, DROP COLUMN signature, DROP COLUMN IF EXISTS open_signature, ADD COLUMN signature text;
                """);

            migrationBuilder.DropTable(
                name: "index_keys",
                schema: "followups");

            migrationBuilder.DropColumn(
                name: "erased_at",
                schema: "followups",
                table: "follow_ups");

            migrationBuilder.DropColumn(
                name: "sealed_key",
                schema: "followups",
                table: "follow_ups");
        }
    }
}
