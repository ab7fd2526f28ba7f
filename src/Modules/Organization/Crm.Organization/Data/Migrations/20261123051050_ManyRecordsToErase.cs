using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Organization.Data.Migrations
{
    /// <inheritdoc />
    public partial class ManyRecordsToErase : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropPrimaryKey(
                name: "pk_customer_subjects",
                schema: "organization",
                table: "customer_subjects");

            migrationBuilder.AddPrimaryKey(
                name: "pk_customer_subjects",
                schema: "organization",
                table: "customer_subjects",
                columns: new[] { "subject_id", "subject_kind" });

            migrationBuilder.DropIndex(
                name: "ix_erasure_items_erasure_id_kind_record_id",
                schema: "organization",
                table: "erasure_items");

            migrationBuilder.CreateIndex(
                name: "ix_erasure_items_erasure_id_record_id_kind",
                schema: "organization",
                table: "erasure_items",
                columns: new[] { "erasure_id", "record_id", "kind" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_erasure_items_erasure_id_belongs",
                schema: "organization",
                table: "erasure_items",
                columns: new[] { "erasure_id", "belongs" },
                filter: "belongs IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_erasure_items_erasure_id_kept_why",
                schema: "organization",
                table: "erasure_items",
                columns: new[] { "erasure_id", "kept_why" },
                filter: "erased_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_erasure_items_erasure_id_belongs",
                schema: "organization",
                table: "erasure_items");

            migrationBuilder.DropIndex(
                name: "ix_erasure_items_erasure_id_kept_why",
                schema: "organization",
                table: "erasure_items");

            migrationBuilder.DropPrimaryKey(
                name: "pk_customer_subjects",
                schema: "organization",
                table: "customer_subjects");

            migrationBuilder.AddPrimaryKey(
                name: "pk_customer_subjects",
                schema: "organization",
                table: "customer_subjects",
                columns: new[] { "subject_kind", "subject_id" });

            migrationBuilder.DropIndex(
                name: "ix_erasure_items_erasure_id_record_id_kind",
                schema: "organization",
                table: "erasure_items");

            migrationBuilder.CreateIndex(
                name: "ix_erasure_items_erasure_id_kind_record_id",
                schema: "organization",
                table: "erasure_items",
                columns: new[] { "erasure_id", "kind", "record_id" },
                unique: true);
        }
    }
}
