using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Complaints.Data.Migrations
{
    /// <inheritdoc />
    public partial class SealedTexts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                ALTER TABLE complaints.complaint_records RENAME COLUMN content TO open_content;
                ALTER TABLE complaints.complaint_records RENAME COLUMN demand TO open_demand;
                ALTER TABLE complaints.complaint_records RENAME COLUMN customer_name TO open_customer_name;
                ALTER TABLE complaints.complaint_records RENAME COLUMN building TO open_building;
                ALTER TABLE complaints.complaint_records RENAME COLUMN unit TO open_unit;
                ALTER TABLE complaints.complaint_records RENAME COLUMN phone_sealed TO open_phone_sealed;
                ALTER TABLE complaints.complaint_records RENAME COLUMN phone_index TO open_phone_index;
                ALTER TABLE complaints.complaint_records ALTER COLUMN open_content DROP NOT NULL, ADD COLUMN content bytea, ADD COLUMN demand bytea, ADD COLUMN customer_name bytea;
                ALTER TABLE complaints.complaint_steps RENAME COLUMN text TO open_text;
                ALTER TABLE complaints.complaint_steps RENAME COLUMN how TO open_how;
                ALTER TABLE complaints.complaint_steps ADD COLUMN text bytea, ADD COLUMN how bytea;
                ALTER TABLE complaints.complaint_supplements RENAME COLUMN content TO open_content;
                ALTER TABLE complaints.complaint_supplements ALTER COLUMN open_content DROP NOT NULL, ADD COLUMN content bytea;
                """);

            migrationBuilder.DropIndex(
                name: "ix_complaint_records_phone_index",
                schema: "complaints",
                table: "complaint_records");

            migrationBuilder.AddColumn<DateTime>(
                name: "erased_at",
                schema: "complaints",
                table: "complaints",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "left_phone",
                schema: "complaints",
                table: "complaint_records",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "complainants",
                schema: "complaints",
                columns: table => new
                {
                    complaint_id = table.Column<Guid>(type: "uuid", nullable: false),
                    sealed_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    phone_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    phone_index = table.Column<byte[]>(type: "bytea", nullable: true),
                    building = table.Column<string>(type: "text", nullable: true),
                    unit = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_complainants", x => x.complaint_id);
                    table.ForeignKey(
                        name: "fk_complainants_complaints_complaint_id",
                        column: x => x.complaint_id,
                        principalSchema: "complaints",
                        principalTable: "complaints",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "index_keys",
                schema: "complaints",
                columns: table => new
                {
                    version = table.Column<int>(type: "integer", nullable: false),
                    since = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_index_keys", x => x.version);
                });

            migrationBuilder.CreateIndex(
                name: "ix_complainants_phone_index",
                schema: "complaints",
                table: "complainants",
                column: "phone_index",
                filter: "phone_index IS NOT NULL");

            migrationBuilder.Sql("""
                UPDATE complaints.complaint_records SET left_phone = true WHERE open_phone_sealed IS NOT NULL;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                ALTER TABLE complaints.complaint_records DROP COLUMN content, DROP COLUMN demand, DROP COLUMN customer_name, DROP COLUMN IF EXISTS open_content, DROP COLUMN IF EXISTS open_demand,
                    DROP COLUMN IF EXISTS open_customer_name, DROP COLUMN IF EXISTS open_building, DROP COLUMN IF EXISTS open_unit, DROP COLUMN IF EXISTS open_phone_sealed, DROP COLUMN IF EXISTS open_phone_index,
                    ADD COLUMN content text NOT NULL DEFAULT '', ADD COLUMN demand text, ADD COLUMN customer_name text;
                ALTER TABLE complaints.complaint_steps DROP COLUMN text, DROP COLUMN how, DROP COLUMN IF EXISTS open_text, DROP COLUMN IF EXISTS open_how, ADD COLUMN text text, ADD COLUMN how text;
                ALTER TABLE complaints.complaint_supplements DROP COLUMN content, DROP COLUMN IF EXISTS open_content, ADD COLUMN content text NOT NULL DEFAULT '';
                """);

            migrationBuilder.DropTable(
                name: "complainants",
                schema: "complaints");

            migrationBuilder.DropTable(
                name: "index_keys",
                schema: "complaints");

            migrationBuilder.DropColumn(
                name: "erased_at",
                schema: "complaints",
                table: "complaints");

            migrationBuilder.DropColumn(
                name: "left_phone",
                schema: "complaints",
                table: "complaint_records");

            migrationBuilder.AddColumn<string>(
                name: "building",
                schema: "complaints",
                table: "complaint_records",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "phone_index",
                schema: "complaints",
                table: "complaint_records",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "phone_sealed",
                schema: "complaints",
                table: "complaint_records",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "unit",
                schema: "complaints",
                table: "complaint_records",
                type: "text",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_complaint_records_phone_index",
                schema: "complaints",
                table: "complaint_records",
                column: "phone_index",
                filter: "phone_index IS NOT NULL");
        }
    }
}
