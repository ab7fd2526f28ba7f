using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Organization.Data.Migrations
{
    /// <inheritdoc />
    public partial class Erasures : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.RenameColumn(
                name: "reason_sealed",
                schema: "organization",
                table: "customer_gradings",
                newName: "reason");

            // What stood there was sealed to another key and could not be read any more: a column of the day before, in no released version.
            migrationBuilder.Sql("UPDATE organization.customer_gradings SET reason = NULL;");

            migrationBuilder.AddColumn<DateTime>(
                name: "erased_at",
                schema: "organization",
                table: "customers",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "sealed_key",
                schema: "organization",
                table: "customers",
                type: "bytea",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "erasures",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    phone_index = table.Column<byte[]>(type: "bytea", nullable: true),
                    requested_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    requested_by = table.Column<string>(type: "text", nullable: false),
                    completed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_erasures", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "index_keys",
                schema: "organization",
                columns: table => new
                {
                    version = table.Column<int>(type: "integer", nullable: false),
                    since = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_index_keys", x => x.version);
                });

            migrationBuilder.CreateTable(
                name: "erasure_items",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    erasure_id = table.Column<Guid>(type: "uuid", nullable: false),
                    module = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    record_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<string>(type: "text", nullable: true),
                    project = table.Column<string>(type: "text", nullable: true),
                    belongs = table.Column<Guid>(type: "uuid", nullable: true),
                    kept_why = table.Column<string>(type: "text", nullable: true),
                    kept_until = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    next_look_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    erased_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_erasure_items", x => x.id);
                    table.ForeignKey(
                        name: "fk_erasure_items_erasures_erasure_id",
                        column: x => x.erasure_id,
                        principalSchema: "organization",
                        principalTable: "erasures",
                        principalColumn: "id");
                });

            migrationBuilder.CreateIndex(
                name: "ix_erasure_items_erasure_id_kind_record_id",
                schema: "organization",
                table: "erasure_items",
                columns: new[] { "erasure_id", "kind", "record_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_erasure_items_next_look_at",
                schema: "organization",
                table: "erasure_items",
                column: "next_look_at",
                filter: "next_look_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_erasures_phone_index",
                schema: "organization",
                table: "erasures",
                column: "phone_index",
                unique: true,
                filter: "phone_index IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_erasures_requested_at_id",
                schema: "organization",
                table: "erasures",
                columns: new[] { "requested_at", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "erasure_items",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "index_keys",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "erasures",
                schema: "organization");

            migrationBuilder.DropColumn(
                name: "erased_at",
                schema: "organization",
                table: "customers");

            migrationBuilder.DropColumn(
                name: "sealed_key",
                schema: "organization",
                table: "customers");

            migrationBuilder.RenameColumn(
                name: "reason",
                schema: "organization",
                table: "customer_gradings",
                newName: "reason_sealed");
        }
    }
}
