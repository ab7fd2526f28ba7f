using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Crm.Organization.Data.Migrations
{
    /// <inheritdoc />
    public partial class PlacesAndRoles : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_staff_subject",
                schema: "organization",
                table: "staff");

            migrationBuilder.DropIndex(
                name: "ix_role_assignments_staff_role_project",
                schema: "organization",
                table: "role_assignments");

            migrationBuilder.AddColumn<string>(
                name: "department",
                schema: "organization",
                table: "staff",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "event_sequence",
                schema: "organization",
                table: "staff",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<Guid>(
                name: "id",
                schema: "organization",
                table: "staff",
                type: "uuid",
                nullable: false,
                defaultValueSql: "gen_random_uuid()");

            migrationBuilder.AddColumn<string>(
                name: "leaving_reason",
                schema: "organization",
                table: "staff",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "left_at",
                schema: "organization",
                table: "staff",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "successor",
                schema: "organization",
                table: "staff",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "version",
                schema: "organization",
                table: "staff",
                type: "integer",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<long>(
                name: "event_sequence",
                schema: "organization",
                table: "roles",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<Guid>(
                name: "id",
                schema: "organization",
                table: "roles",
                type: "uuid",
                nullable: false,
                defaultValueSql: "gen_random_uuid()");

            migrationBuilder.AddColumn<string>(
                name: "tier",
                schema: "organization",
                table: "roles",
                type: "text",
                nullable: false,
                defaultValue: "group");

            migrationBuilder.AddColumn<string>(
                name: "title_en",
                schema: "organization",
                table: "roles",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "title_zh",
                schema: "organization",
                table: "roles",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<int>(
                name: "version",
                schema: "organization",
                table: "roles",
                type: "integer",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<string>(
                name: "area",
                schema: "organization",
                table: "role_assignments",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "company",
                schema: "organization",
                table: "role_assignments",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "area",
                schema: "organization",
                table: "projects",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "company",
                schema: "organization",
                table: "projects",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<long>(
                name: "event_sequence",
                schema: "organization",
                table: "projects",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<Guid>(
                name: "id",
                schema: "organization",
                table: "projects",
                type: "uuid",
                nullable: false,
                defaultValueSql: "gen_random_uuid()");

            migrationBuilder.AddColumn<int>(
                name: "version",
                schema: "organization",
                table: "projects",
                type: "integer",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<DateTime>(
                name: "last_used_at",
                schema: "organization",
                table: "api_keys",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "companies",
                schema: "organization",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_companies", x => x.code);
                });

            // What is there already: every project joins one company, and each role keeps what it may be given in.
            migrationBuilder.Sql("""
                INSERT INTO organization.companies (code, name, id, version, event_sequence)
                SELECT 'company', 'Company', gen_random_uuid(), 1, 0 WHERE EXISTS (SELECT FROM organization.projects);
                UPDATE organization.projects SET company = 'company';
                UPDATE organization.roles SET title_en = name, title_zh = name;
                """);

            migrationBuilder.CreateTable(
                name: "areas",
                schema: "organization",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    company = table.Column<string>(type: "text", nullable: false),
                    manager = table.Column<string>(type: "text", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_areas", x => x.code);
                    table.UniqueConstraint("ak_areas_code_company", x => new { x.code, x.company });
                    table.ForeignKey(
                        name: "fk_areas_companies_company",
                        column: x => x.company,
                        principalSchema: "organization",
                        principalTable: "companies",
                        principalColumn: "code");
                    table.ForeignKey(
                        name: "fk_areas_staff_manager",
                        column: x => x.manager,
                        principalSchema: "organization",
                        principalTable: "staff",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "departments",
                schema: "organization",
                columns: table => new
                {
                    code = table.Column<string>(type: "text", nullable: false),
                    company = table.Column<string>(type: "text", nullable: true),
                    project = table.Column<string>(type: "text", nullable: true),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    event_sequence = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_departments", x => x.code);
                    table.CheckConstraint("of_one_place", "num_nonnulls(company, project) = 1");
                    table.ForeignKey(
                        name: "fk_departments_companies_company",
                        column: x => x.company,
                        principalSchema: "organization",
                        principalTable: "companies",
                        principalColumn: "code");
                    table.ForeignKey(
                        name: "fk_departments_projects_project",
                        column: x => x.project,
                        principalSchema: "organization",
                        principalTable: "projects",
                        principalColumn: "code");
                });

            migrationBuilder.CreateTable(
                name: "department_duties",
                schema: "organization",
                columns: table => new
                {
                    department = table.Column<string>(type: "text", nullable: false),
                    matter = table.Column<string>(type: "text", nullable: false),
                    part = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_department_duties", x => new { x.department, x.matter });
                    table.ForeignKey(
                        name: "fk_department_duties_departments_department",
                        column: x => x.department,
                        principalSchema: "organization",
                        principalTable: "departments",
                        principalColumn: "code");
                });

            migrationBuilder.CreateIndex(
                name: "ix_staff_department",
                schema: "organization",
                table: "staff",
                column: "department");

            migrationBuilder.CreateIndex(
                name: "ix_staff_subject",
                schema: "organization",
                table: "staff",
                column: "subject",
                unique: true,
                filter: "active");

            migrationBuilder.CreateIndex(
                name: "ix_staff_successor",
                schema: "organization",
                table: "staff",
                column: "successor");

            migrationBuilder.CreateIndex(
                name: "ix_role_assignments_area",
                schema: "organization",
                table: "role_assignments",
                column: "area");

            migrationBuilder.CreateIndex(
                name: "ix_role_assignments_company",
                schema: "organization",
                table: "role_assignments",
                column: "company");

            migrationBuilder.CreateIndex(
                name: "ix_role_assignments_staff_role_company_area_project",
                schema: "organization",
                table: "role_assignments",
                columns: new[] { "staff", "role", "company", "area", "project" },
                unique: true)
                .Annotation("Npgsql:NullsDistinct", false);

            migrationBuilder.AddCheckConstraint(
                name: "of_one_scope",
                schema: "organization",
                table: "role_assignments",
                sql: "num_nonnulls(company, area, project) <= 1");

            migrationBuilder.CreateIndex(
                name: "ix_projects_area_company",
                schema: "organization",
                table: "projects",
                columns: new[] { "area", "company" });

            migrationBuilder.CreateIndex(
                name: "ix_projects_company",
                schema: "organization",
                table: "projects",
                column: "company");

            migrationBuilder.CreateIndex(
                name: "ix_areas_company",
                schema: "organization",
                table: "areas",
                column: "company");

            migrationBuilder.CreateIndex(
                name: "ix_areas_manager",
                schema: "organization",
                table: "areas",
                column: "manager");

            migrationBuilder.CreateIndex(
                name: "ix_departments_company",
                schema: "organization",
                table: "departments",
                column: "company");

            migrationBuilder.CreateIndex(
                name: "ix_departments_project",
                schema: "organization",
                table: "departments",
                column: "project");

            migrationBuilder.AddForeignKey(
                name: "fk_projects_areas_area_company",
                schema: "organization",
                table: "projects",
                columns: new[] { "area", "company" },
                principalSchema: "organization",
                principalTable: "areas",
                principalColumns: new[] { "code", "company" });

            migrationBuilder.AddForeignKey(
                name: "fk_projects_companies_company",
                schema: "organization",
                table: "projects",
                column: "company",
                principalSchema: "organization",
                principalTable: "companies",
                principalColumn: "code");

            migrationBuilder.AddForeignKey(
                name: "fk_role_assignments_areas_area",
                schema: "organization",
                table: "role_assignments",
                column: "area",
                principalSchema: "organization",
                principalTable: "areas",
                principalColumn: "code");

            migrationBuilder.AddForeignKey(
                name: "fk_role_assignments_companies_company",
                schema: "organization",
                table: "role_assignments",
                column: "company",
                principalSchema: "organization",
                principalTable: "companies",
                principalColumn: "code");

            migrationBuilder.AddForeignKey(
                name: "fk_staff_departments_department",
                schema: "organization",
                table: "staff",
                column: "department",
                principalSchema: "organization",
                principalTable: "departments",
                principalColumn: "code");

            migrationBuilder.AddForeignKey(
                name: "fk_staff_staff_successor",
                schema: "organization",
                table: "staff",
                column: "successor",
                principalSchema: "organization",
                principalTable: "staff",
                principalColumn: "code");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_projects_areas_area_company",
                schema: "organization",
                table: "projects");

            migrationBuilder.DropForeignKey(
                name: "fk_projects_companies_company",
                schema: "organization",
                table: "projects");

            migrationBuilder.DropForeignKey(
                name: "fk_role_assignments_areas_area",
                schema: "organization",
                table: "role_assignments");

            migrationBuilder.DropForeignKey(
                name: "fk_role_assignments_companies_company",
                schema: "organization",
                table: "role_assignments");

            migrationBuilder.DropForeignKey(
                name: "fk_staff_departments_department",
                schema: "organization",
                table: "staff");

            migrationBuilder.DropForeignKey(
                name: "fk_staff_staff_successor",
                schema: "organization",
                table: "staff");

            migrationBuilder.DropTable(
                name: "areas",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "department_duties",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "departments",
                schema: "organization");

            migrationBuilder.DropTable(
                name: "companies",
                schema: "organization");

            migrationBuilder.DropIndex(
                name: "ix_staff_department",
                schema: "organization",
                table: "staff");

            migrationBuilder.DropIndex(
                name: "ix_staff_subject",
                schema: "organization",
                table: "staff");

            migrationBuilder.DropIndex(
                name: "ix_staff_successor",
                schema: "organization",
                table: "staff");

            migrationBuilder.DropIndex(
                name: "ix_role_assignments_area",
                schema: "organization",
                table: "role_assignments");

            migrationBuilder.DropIndex(
                name: "ix_role_assignments_company",
                schema: "organization",
                table: "role_assignments");

            migrationBuilder.DropIndex(
                name: "ix_role_assignments_staff_role_company_area_project",
                schema: "organization",
                table: "role_assignments");

            migrationBuilder.DropCheckConstraint(
                name: "of_one_scope",
                schema: "organization",
                table: "role_assignments");

            migrationBuilder.DropIndex(
                name: "ix_projects_area_company",
                schema: "organization",
                table: "projects");

            migrationBuilder.DropIndex(
                name: "ix_projects_company",
                schema: "organization",
                table: "projects");

            migrationBuilder.DropColumn(
                name: "department",
                schema: "organization",
                table: "staff");

            migrationBuilder.DropColumn(
                name: "event_sequence",
                schema: "organization",
                table: "staff");

            migrationBuilder.DropColumn(
                name: "id",
                schema: "organization",
                table: "staff");

            migrationBuilder.DropColumn(
                name: "leaving_reason",
                schema: "organization",
                table: "staff");

            migrationBuilder.DropColumn(
                name: "left_at",
                schema: "organization",
                table: "staff");

            migrationBuilder.DropColumn(
                name: "successor",
                schema: "organization",
                table: "staff");

            migrationBuilder.DropColumn(
                name: "version",
                schema: "organization",
                table: "staff");

            migrationBuilder.DropColumn(
                name: "event_sequence",
                schema: "organization",
                table: "roles");

            migrationBuilder.DropColumn(
                name: "id",
                schema: "organization",
                table: "roles");

            migrationBuilder.DropColumn(
                name: "tier",
                schema: "organization",
                table: "roles");

            migrationBuilder.DropColumn(
                name: "title_en",
                schema: "organization",
                table: "roles");

            migrationBuilder.DropColumn(
                name: "title_zh",
                schema: "organization",
                table: "roles");

            migrationBuilder.DropColumn(
                name: "version",
                schema: "organization",
                table: "roles");

            migrationBuilder.DropColumn(
                name: "area",
                schema: "organization",
                table: "role_assignments");

            migrationBuilder.DropColumn(
                name: "company",
                schema: "organization",
                table: "role_assignments");

            migrationBuilder.DropColumn(
                name: "area",
                schema: "organization",
                table: "projects");

            migrationBuilder.DropColumn(
                name: "company",
                schema: "organization",
                table: "projects");

            migrationBuilder.DropColumn(
                name: "event_sequence",
                schema: "organization",
                table: "projects");

            migrationBuilder.DropColumn(
                name: "id",
                schema: "organization",
                table: "projects");

            migrationBuilder.DropColumn(
                name: "version",
                schema: "organization",
                table: "projects");

            migrationBuilder.DropColumn(
                name: "last_used_at",
                schema: "organization",
                table: "api_keys");

            migrationBuilder.CreateIndex(
                name: "ix_staff_subject",
                schema: "organization",
                table: "staff",
                column: "subject",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_role_assignments_staff_role_project",
                schema: "organization",
                table: "role_assignments",
                columns: new[] { "staff", "role", "project" },
                unique: true)
                .Annotation("Npgsql:NullsDistinct", false);
        }
    }
}
