using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.FollowUps.Data.Migrations
{
    /// <inheritdoc />
    public partial class AnchorsAndReasons : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "audit_anchors",
                schema: "followups",
                columns: table => new
                {
                    date = table.Column<DateOnly>(type: "date", nullable: false),
                    line = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_anchors", x => x.date);
                });

            migrationBuilder.CreateTable(
                name: "audit_checks",
                schema: "followups",
                columns: table => new
                {
                    date = table.Column<DateOnly>(type: "date", nullable: false),
                    seal = table.Column<long>(type: "bigint", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    horizon = table.Column<ulong>(type: "xid8", nullable: false),
                    entries = table.Column<long>(type: "bigint", nullable: false),
                    findings = table.Column<long>(type: "bigint", nullable: false),
                    checked_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_checks", x => x.date);
                });

            migrationBuilder.CreateTable(
                name: "audit_subject_keys",
                schema: "followups",
                columns: table => new
                {
                    subject_kind = table.Column<string>(type: "text", nullable: false),
                    subject_id = table.Column<string>(type: "text", nullable: false),
                    sealed_key = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_subject_keys", x => new { x.subject_kind, x.subject_id });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit_anchors",
                schema: "followups");

            migrationBuilder.DropTable(
                name: "audit_checks",
                schema: "followups");

            migrationBuilder.DropTable(
                name: "audit_subject_keys",
                schema: "followups");
        }
    }
}
