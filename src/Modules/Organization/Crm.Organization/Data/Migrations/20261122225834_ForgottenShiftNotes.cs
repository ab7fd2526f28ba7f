using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Organization.Data.Migrations
{
    /// <inheritdoc />
    public partial class ForgottenShiftNotes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterColumn<byte[]>(
                name: "content",
                schema: "organization",
                table: "shift_handovers",
                type: "bytea",
                nullable: true,
                oldClrType: typeof(byte[]),
                oldType: "bytea");

            migrationBuilder.AddColumn<Guid[]>(
                name: "about",
                schema: "organization",
                table: "shift_handovers",
                type: "uuid[]",
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.AddColumn<DateTime>(
                name: "erased_at",
                schema: "organization",
                table: "shift_handovers",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_shift_handovers_about",
                schema: "organization",
                table: "shift_handovers",
                column: "about")
                .Annotation("Npgsql:IndexMethod", "gin");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_shift_handovers_about",
                schema: "organization",
                table: "shift_handovers");

            migrationBuilder.DropColumn(
                name: "about",
                schema: "organization",
                table: "shift_handovers");

            migrationBuilder.DropColumn(
                name: "erased_at",
                schema: "organization",
                table: "shift_handovers");

            migrationBuilder.AlterColumn<byte[]>(
                name: "content",
                schema: "organization",
                table: "shift_handovers",
                type: "bytea",
                nullable: false,
                defaultValue: new byte[0],
                oldClrType: typeof(byte[]),
                oldType: "bytea",
                oldNullable: true);
        }
    }
}
