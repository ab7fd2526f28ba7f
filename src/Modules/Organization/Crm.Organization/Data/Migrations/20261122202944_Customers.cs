using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Organization.Data.Migrations
{
    /// <inheritdoc />
    public partial class Customers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "customer_backfills",
                schema: "organization",
                columns: table => new
                {
                    subject_kind = table.Column<string>(type: "text", nullable: false),
                    position = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_customer_backfills", x => x.subject_kind);
                });

            migrationBuilder.CreateTable(
                name: "customer_facts",
                schema: "organization",
                columns: table => new
                {
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    fact = table.Column<string>(type: "text", nullable: false),
                    subject_kind = table.Column<string>(type: "text", nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_customer_facts", x => new { x.event_id, x.fact });
                });

            migrationBuilder.CreateTable(
                name: "customers",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    email_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    national_id_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    national_id_index = table.Column<byte[]>(type: "bytea", nullable: true),
                    first_phone = table.Column<Guid>(type: "uuid", nullable: true),
                    grade = table.Column<string>(type: "text", nullable: false),
                    graded_by_hand = table.Column<bool>(type: "boolean", nullable: false),
                    merged_into = table.Column<Guid>(type: "uuid", nullable: true),
                    known_since = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    recorded_by = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_customers", x => x.id);
                    table.ForeignKey(
                        name: "fk_customers_customers_merged_into",
                        column: x => x.merged_into,
                        principalSchema: "organization",
                        principalTable: "customers",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "customer_consents",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    customer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    purpose = table.Column<string>(type: "text", nullable: false),
                    given = table.Column<bool>(type: "boolean", nullable: false),
                    way = table.Column<string>(type: "text", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    recorded_by = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_customer_consents", x => x.id);
                    table.ForeignKey(
                        name: "fk_customer_consents_customers_customer_id",
                        column: x => x.customer_id,
                        principalSchema: "organization",
                        principalTable: "customers",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "customer_gradings",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    customer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    grade = table.Column<string>(type: "text", nullable: false),
                    by_hand = table.Column<bool>(type: "boolean", nullable: false),
                    by = table.Column<string>(type: "text", nullable: false),
                    reason_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_customer_gradings", x => x.id);
                    table.ForeignKey(
                        name: "fk_customer_gradings_customers_customer_id",
                        column: x => x.customer_id,
                        principalSchema: "organization",
                        principalTable: "customers",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "customer_homes",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    customer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    building = table.Column<string>(type: "text", nullable: true),
                    unit = table.Column<string>(type: "text", nullable: true),
                    capacity = table.Column<string>(type: "text", nullable: true),
                    since = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_customer_homes", x => x.id);
                    table.ForeignKey(
                        name: "fk_customer_homes_customers_customer_id",
                        column: x => x.customer_id,
                        principalSchema: "organization",
                        principalTable: "customers",
                        principalColumn: "id");
                    table.ForeignKey(
                        name: "fk_customer_homes_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "customer_phones",
                schema: "organization",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    customer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    phone_index = table.Column<byte[]>(type: "bytea", nullable: false),
                    phone_sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                    added_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_customer_phones", x => x.id);
                    table.ForeignKey(
                        name: "fk_customer_phones_customers_customer_id",
                        column: x => x.customer_id,
                        principalSchema: "organization",
                        principalTable: "customers",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "customer_projects",
                schema: "organization",
                columns: table => new
                {
                    customer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    grade = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_customer_projects", x => new { x.customer_id, x.project });
                    table.ForeignKey(
                        name: "fk_customer_projects_customers_customer_id",
                        column: x => x.customer_id,
                        principalSchema: "organization",
                        principalTable: "customers",
                        principalColumn: "id");
                    table.ForeignKey(
                        name: "fk_customer_projects_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "customer_subjects",
                schema: "organization",
                columns: table => new
                {
                    subject_kind = table.Column<string>(type: "text", nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false),
                    customer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    linked_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_customer_subjects", x => new { x.subject_kind, x.subject_id });
                    table.ForeignKey(
                        name: "fk_customer_subjects_customers_customer_id",
                        column: x => x.customer_id,
                        principalSchema: "organization",
                        principalTable: "customers",
                        principalColumn: "id");
                });

            migrationBuilder.CreateIndex(
                name: "ix_customer_consents_customer_id_purpose_at_id",
                schema: "organization",
                table: "customer_consents",
                columns: new[] { "customer_id", "purpose", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_customer_facts_subject_kind_subject_id",
                schema: "organization",
                table: "customer_facts",
                columns: new[] { "subject_kind", "subject_id" });

            migrationBuilder.CreateIndex(
                name: "ix_customer_gradings_customer_id_at_id",
                schema: "organization",
                table: "customer_gradings",
                columns: new[] { "customer_id", "at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_customer_homes_customer_id_project_building_unit",
                schema: "organization",
                table: "customer_homes",
                columns: new[] { "customer_id", "project", "building", "unit" },
                unique: true)
                .Annotation("Npgsql:NullsDistinct", false);

            migrationBuilder.CreateIndex(
                name: "ix_customer_homes_project",
                schema: "organization",
                table: "customer_homes",
                column: "project");

            migrationBuilder.CreateIndex(
                name: "ix_customer_phones_customer_id",
                schema: "organization",
                table: "customer_phones",
                column: "customer_id");

            migrationBuilder.CreateIndex(
                name: "ix_customer_phones_phone_index",
                schema: "organization",
                table: "customer_phones",
                column: "phone_index",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_customer_projects_project_customer_id",
                schema: "organization",
                table: "customer_projects",
                columns: new[] { "project", "customer_id" });

            migrationBuilder.CreateIndex(
                name: "ix_customer_projects_project_grade_customer_id",
                schema: "organization",
                table: "customer_projects",
                columns: new[] { "project", "grade", "customer_id" });

            migrationBuilder.CreateIndex(
                name: "ix_customer_subjects_customer_id",
                schema: "organization",
                table: "customer_subjects",
                column: "customer_id");

            migrationBuilder.CreateIndex(
                name: "ix_customers_grade_id",
                schema: "organization",
                table: "customers",
                columns: new[] { "grade", "id" },
                filter: "merged_into IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_customers_merged_into",
                schema: "organization",
                table: "customers",
                column: "merged_into",
                filter: "merged_into IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_customers_national_id_index",
                schema: "organization",
                table: "customers",
                column: "national_id_index",
                unique: true,
                filter: "national_id_index IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "customer_backfills",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "customer_consents",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "customer_facts",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "customer_gradings",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "customer_homes",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "customer_phones",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "customer_projects",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "customer_subjects",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "customers",
                schema: "organization");
        }
    }
}
