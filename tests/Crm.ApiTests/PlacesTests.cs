using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-01: companies, areas, projects and departments, and what belongs to what.</summary>
public sealed class PlacesTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    [Fact]
    [Trait("Rule", "ORG-01")]
    public async Task A_project_that_was_opened_takes_complaints_with_the_standard_categories()
    {
        (await system.Admin.PostAsync("/api/v1/projects", new { code = "garden", name = "花园", company = "demo-leasing", serviceDesk = "demo.desk" })).Is(201).Location.ShouldBe("/api/v1/projects/garden");
        var project = (await system.Admin.GetAsync("/api/v1/projects/garden")).Is(200);
        project.ShouldSatisfyAllConditions(p => p.ETag.ShouldBe("\"1\""), p => p.Text("timeZone").ShouldBe("Asia/Shanghai"), p => p.Text("pack").ShouldBe("lease-operations"));
        await Eventually.BecomesAsync(() => system.Admin.ListAsync("/api/v1/categories?project=garden"), found => found.Count > 20, "the categories are there");
        (await system.Admin.RegisterAsync(Api.Complaint(("project", "garden")))).Is(201);
    }

    [Theory]
    [Trait("Rule", "ORG-01")]
    [InlineData("""{"code":"demo","name":"x","company":"demo-leasing","serviceDesk":"demo.desk"}""", 409, null)]
    [InlineData("""{"code":"x1","name":"x","company":"demo-leasing","serviceDesk":"nobody"}""", 409, null)]
    [InlineData("""{"code":"x1","name":"x","company":"demo-leasing","serviceDesk":"demo.desk","area":"harbour-north"}""", 409, null)]
    [InlineData("""{"code":"x1","name":"x","company":"nowhere","serviceDesk":"demo.desk"}""", 404, "company")]
    [InlineData("""{"code":"x1","name":"x","company":"demo-leasing","serviceDesk":"demo.desk","area":"nowhere"}""", 404, "area")]
    [InlineData("""{"code":"X1","name":"x","company":"demo-leasing","serviceDesk":"demo.desk"}""", 400, "code")]
    [InlineData("""{"code":"x1-","name":"x","company":"demo-leasing","serviceDesk":"demo.desk"}""", 400, "code")]
    [InlineData("""{"code":"x1","name":"","company":"demo-leasing","serviceDesk":"demo.desk"}""", 400, "name")]
    [InlineData("""{"code":"x1","name":"x","company":"demo-leasing","serviceDesk":"demo.desk","timeZone":"Mars/Base"}""", 400, "timeZone")]
    [InlineData("""{"code":"x1","name":"x","company":"demo-leasing","serviceDesk":"demo.desk","pack":"other"}""", 400, "pack")]
    public async Task A_project_that_cannot_be_is_refused_and_says_why(string body, int status, string? field)
    {
        var answer = (await system.Admin.PostAsync("/api/v1/projects", body)).Is(status);
        if (field is null) answer.Text("rule").ShouldBe("ORG-01");
        else answer.Error(field).ShouldNotBeEmpty();
        (await system.Admin.GetAsync("/api/v1/projects/x1")).Is(404);
    }

    [Fact]
    [Trait("Rule", "ORG-01")]
    public async Task Edits_need_the_version_that_was_read_and_the_next_one_needs_the_next()
    {
        (await system.Admin.PostAsync("/api/v1/companies", new { code = "hill-company", name = "山" })).Is(201).ETag.ShouldBe("\"1\"");
        const string path = "/api/v1/companies/hill-company";
        (await EditAsync(path, new { name = "山公司" }, ifMatch: null)).Is(428);
        (await EditAsync(path, new { name = "山公司" }, "\"1\"")).Is(200).ETag.ShouldBe("\"2\"");
        (await EditAsync(path, new { name = "水公司" }, "\"1\"")).Is(412);
        (await system.Admin.GetAsync(path)).Text("name").ShouldBe("山公司");
        (await system.Admin.PostAsync("/api/v1/companies", new { code = "hill-company", name = "又一个" })).Is(409).Text("rule").ShouldBe("ORG-01");
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task Who_holds_a_role_in_an_area_has_a_project_in_scope_from_the_moment_it_joins_until_it_leaves()
    {
        (await system.Admin.PostAsync("/api/v1/projects", new { code = "pond", name = "池", company = "demo-leasing", serviceDesk = "demo.desk" })).Is(201);
        var (manager, supervisor, officer) = (await system.SignInAsync("demo.manager"), await system.SignInAsync("demo.supervisor"), await system.SignInAsync("harbour.officer"));
        (await manager.GetAsync("/api/v1/projects/pond")).Is(404);
        (await supervisor.GetAsync("/api/v1/projects/pond")).Is(200);

        await MoveAsync("demo-leasing", "demo-east");
        (await manager.GetAsync("/api/v1/projects/pond")).Is(200);
        (await manager.GetAsync("/api/v1/complaints?project=pond")).Is(200);

        await MoveAsync("harbour-property", "harbour-north");
        (await manager.GetAsync("/api/v1/complaints?project=pond")).Is(404);
        (await supervisor.GetAsync("/api/v1/projects/pond")).Is(404);
        // A role in one project of the area is no role in the area.
        (await officer.GetAsync("/api/v1/projects/pond")).Is(404);

        async Task MoveAsync(string company, string area) => (await EditAsync("/api/v1/projects/pond",
            new { name = "池", company, serviceDesk = "demo.desk", timeZone = "Asia/Shanghai", pack = "lease-operations", area }, (await system.Admin.GetAsync("/api/v1/projects/pond")).ETag)).Is(200);
    }

    [Fact]
    [Trait("Rule", "ORG-02")]
    public async Task A_matter_has_one_responsible_department_in_its_place_and_as_many_others_as_help()
    {
        (await OpenAsync("first-dept", "responsible", "demo-leasing")).Is(201);
        (await OpenAsync("second-dept", "responsible", "demo-leasing")).Is(409).Text("rule").ShouldBe("ORG-02");
        foreach (var part in new[] { "organises", "assists", "takesPart" }) (await OpenAsync($"dept-{part.ToLowerInvariant()}", part, "demo-leasing")).Is(201);
        (await OpenAsync("other-company", "responsible", "harbour-property")).Is(201);
        var first = (await system.Admin.GetAsync("/api/v1/departments/first-dept")).Is(200);
        (await EditAsync("/api/v1/departments/first-dept", new { name = "一部", duties = Array.Empty<object>() }, first.ETag)).Is(200);
        (await OpenAsync("second-dept", "responsible", "demo-leasing")).Is(201);
        (await OpenAsync("third-dept", "responsible", company: null)).Is(400).Error("company").ShouldNotBeEmpty();

        Task<Reply> OpenAsync(string code, string part, string? company) =>
            system.Admin.PostAsync("/api/v1/departments", new { code, name = code, duties = new[] { new { matter = "repairs", part } }, company });
    }

    private Task<Reply> EditAsync(string path, object body, string? ifMatch) => system.Admin.SendAsync(HttpMethod.Put, path, body, ifMatch: ifMatch);
}
