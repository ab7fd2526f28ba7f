using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Complaints.Data.Migrations
{
    /// <inheritdoc />
    public partial class SealedAudit : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<short>(
                name: "form",
                schema: "complaints",
                table: "audit_entries",
                type: "smallint",
                nullable: false,
                defaultValue: (short)0);

            migrationBuilder.AddColumn<byte[]>(
                name: "mac",
                schema: "complaints",
                table: "audit_entries",
                type: "bytea",
                nullable: false,
                defaultValue: new byte[0]);

            migrationBuilder.AddColumn<byte[]>(
                name: "reason",
                schema: "complaints",
                table: "audit_entries",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<ulong>(
                name: "xid",
                schema: "complaints",
                table: "audit_entries",
                type: "xid8",
                nullable: false,
                defaultValueSql: "pg_current_xact_id()");

            migrationBuilder.CreateTable(
                name: "audit_seal_entries",
                schema: "complaints",
                columns: table => new
                {
                    entry_id = table.Column<Guid>(type: "uuid", nullable: false),
                    seal = table.Column<long>(type: "bigint", nullable: false),
                    position = table.Column<int>(type: "integer", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_seal_entries", x => x.entry_id);
                });

            migrationBuilder.CreateTable(
                name: "audit_seals",
                schema: "complaints",
                columns: table => new
                {
                    number = table.Column<long>(type: "bigint", nullable: false),
                    form = table.Column<short>(type: "smallint", nullable: false),
                    previous = table.Column<byte[]>(type: "bytea", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    mac = table.Column<byte[]>(type: "bytea", nullable: false),
                    entries = table.Column<int>(type: "integer", nullable: false),
                    total = table.Column<long>(type: "bigint", nullable: false),
                    horizon = table.Column<ulong>(type: "xid8", nullable: false),
                    sealed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_seals", x => x.number);
                });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_action_at",
                schema: "complaints",
                table: "audit_entries",
                columns: new[] { "action", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_actor_at",
                schema: "complaints",
                table: "audit_entries",
                columns: new[] { "actor", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_project_at",
                schema: "complaints",
                table: "audit_entries",
                columns: new[] { "project", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_subject_id_at",
                schema: "complaints",
                table: "audit_entries",
                columns: new[] { "subject_id", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_xid",
                schema: "complaints",
                table: "audit_entries",
                column: "xid");

            migrationBuilder.CreateIndex(
                name: "ix_audit_seal_entries_seal_position",
                schema: "complaints",
                table: "audit_seal_entries",
                columns: new[] { "seal", "position" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit_seal_entries",
                schema: "complaints");

            migrationBuilder.DropTable(
                name: "audit_seals",
                schema: "complaints");

            migrationBuilder.DropIndex(
                name: "ix_audit_entries_action_at",
                schema: "complaints",
                table: "audit_entries");

            migrationBuilder.DropIndex(
                name: "ix_audit_entries_actor_at",
                schema: "complaints",
                table: "audit_entries");

            migrationBuilder.DropIndex(
                name: "ix_audit_entries_project_at",
                schema: "complaints",
                table: "audit_entries");

            migrationBuilder.DropIndex(
                name: "ix_audit_entries_subject_id_at",
                schema: "complaints",
                table: "audit_entries");

            migrationBuilder.DropIndex(
                name: "ix_audit_entries_xid",
                schema: "complaints",
                table: "audit_entries");

            migrationBuilder.DropColumn(
                name: "form",
                schema: "complaints",
                table: "audit_entries");

            migrationBuilder.DropColumn(
                name: "mac",
                schema: "complaints",
                table: "audit_entries");

            migrationBuilder.DropColumn(
                name: "reason",
                schema: "complaints",
                table: "audit_entries");

            migrationBuilder.DropColumn(
                name: "xid",
                schema: "complaints",
                table: "audit_entries");
        }
    }
}
