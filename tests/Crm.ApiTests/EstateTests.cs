using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-01: buildings, units and stations of a project.</summary>
[Trait("Rule", "ORG-01")]
public sealed class EstateTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private const string Buildings = "/api/v1/projects/demo/buildings";
    private const string Units = "/api/v1/projects/demo/units";
    private static int codes;

    [Fact]
    public async Task A_buildings_code_and_name_are_its_own_in_its_project_and_nowhere_else()
    {
        var code = NewCode();
        (await system.Admin.PostAsync(Buildings, new { code, name = $"{code}栋" })).Is(201).Location.ShouldBe($"{Buildings}/{code}");
        (await system.Admin.PostAsync(Buildings, new { code, name = "别名" })).Is(409).Text("rule").ShouldBe("ORG-01");
        (await system.Admin.PostAsync(Buildings, new { code = NewCode(), name = $"{code}栋" })).Is(409).Text("rule").ShouldBe("ORG-01");
        (await system.Admin.PostAsync("/api/v1/projects/harbour/buildings", new { code, name = $"{code}栋" })).Is(201);
        var before = (await system.Admin.GetAsync($"{Buildings}/{code}")).Is(200);
        (await EditAsync($"{Buildings}/{code}", new { name = $"{code}座" }, before.ETag)).Is(200).ETag.ShouldBe("\"2\"");
        (await EditAsync($"{Buildings}/{code}", new { name = "x" }, before.ETag)).Is(412);
        (await system.Admin.GetAsync($"{Buildings}/{code}")).Text("name").ShouldBe($"{code}座");
        (await system.Admin.GetAsync($"/api/v1/projects/harbour/buildings/{code}")).Text("name").ShouldBe($"{code}栋");
        (await system.Admin.ListAsync(Buildings, limit: 1)).Select(b => b.GetProperty("code").GetString()).ShouldBe((await system.Admin.ListAsync(Buildings)).Select(b => b.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Of_many_who_open_the_same_building_on_two_hosts_one_does()
    {
        var crowd = await Crowd.SignInAsync(8, "demo.admin", system.Host, await system.StartHostAsync());
        for (var round = 0; round < 5; round++)
        {
            var code = NewCode();
            var answers = await Crowd.AtOnceAsync(crowd.Select(api => (Func<Task<Reply>>)(() => api.PostAsync(Buildings, new { code, name = code }))));
            answers.Select(a => (int)a.Status).Order().ShouldBe([201, .. Enumerable.Repeat(409, 7)]);
            answers.Where(a => (int)a.Status == 409).ShouldAllBe(a => a.Text("rule") == "ORG-01");
        }
    }

    [Fact]
    public async Task A_unit_is_found_by_its_building_kind_and_floor_and_its_area_has_two_decimals()
    {
        var building = await BuildingAsync();
        async Task<Guid> AddAsync(string number, string kind, int? floor, decimal? area) => (await system.Admin.PostAsync(Units, new { building, number, kind, floor, area })).Is(201).Id;
        var (home, shop, space) = (await AddAsync("101", "apartment", 1, 89.5m), await AddAsync("１０２", "shop", 1, null), await AddAsync("B1-7", "parking", -1, 12.25m));
        var got = (await system.Admin.GetAsync($"/api/v1/units/{home}")).Is(200);
        got.Json.GetProperty("area").GetRawText().ShouldBe("89.50");
        (got.Text("tenure"), got.Text("occupancy"), got.ETag).ShouldBe(("unsold", "vacant", "\"1\""));
        (await system.Admin.PostAsync(Units, new { building, number = " 102 ", kind = "shop" })).Is(409).Text("rule").ShouldBe("ORG-01");

        async Task<Guid[]> FindAsync(string filter) => [.. (await system.Admin.ListAsync($"{Units}?building={building}&{filter}", limit: 1)).Select(u => u.GetProperty("id").GetGuid())];
        (await FindAsync("")).ShouldBe([home, shop, space]);
        (await FindAsync("kind=shop")).ShouldBe([shop]);
        (await FindAsync("floor=1")).ShouldBe([home, shop]);
        (await FindAsync("floor=-1")).ShouldBe([space]);
        (await FindAsync("floor=1&kind=parking")).ShouldBeEmpty();
        (await EditAsync($"/api/v1/units/{home}", new { building, number = "101", kind = "apartment", floor = 1, area = 90.00m, tenure = "sold", occupancy = "ownerOccupied" }, got.ETag)).Is(200).ETag.ShouldBe("\"2\"");
        (await FindAsync("tenure=sold")).ShouldBe([home]);
        (await FindAsync("tenure=sold&occupancy=leased")).ShouldBeEmpty();
        (await EditAsync($"/api/v1/units/{home}", new { building, number = "102", kind = "apartment" }, "\"2\"")).Is(409).Text("rule").ShouldBe("ORG-01");
        (await EditAsync($"/api/v1/units/{home}", new { building, number = "101", kind = "apartment" }, got.ETag)).Is(412);
    }

    [Theory]
    [InlineData("""{"building":"1","number":"x","kind":"shop","area":0}""", 400, "area")]
    [InlineData("""{"building":"1","number":"x","kind":"shop","area":1.005}""", 400, "area")]
    [InlineData("""{"building":"1","number":"x","kind":"shop","floor":0}""", 400, "floor")]
    [InlineData("""{"building":"1","number":"x","kind":"shop","floor":201}""", 400, "floor")]
    [InlineData("""{"building":"1","number":" ","kind":"shop"}""", 400, "number")]
    [InlineData("""{"building":"1","number":"1\n2","kind":"shop"}""", 400, "number")]
    [InlineData("""{"building":"nowhere","number":"x","kind":"shop"}""", 404, "building")]
    public async Task A_unit_that_cannot_be_is_refused_and_says_why(string body, int status, string field) =>
        (await system.Admin.PostAsync(Units, body)).Is(status).Error(field).ShouldNotBeEmpty();

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task Units_are_seen_and_entered_by_those_whose_right_reaches_the_project()
    {
        var (manager, officer, harbour) = (await system.SignInAsync("demo.manager"), await system.SignInAsync("demo.officer"), await system.SignInAsync("harbour.officer"));
        var (building, number) = (await BuildingAsync(), NewCode());
        var id = (await manager.PostAsync(Units, new { building, number, kind = "shop" })).Is(201).Id;
        (await officer.GetAsync($"/api/v1/units/{id}")).Is(200);
        (await officer.PostAsync(Units, new { building, number = NewCode(), kind = "shop" })).Is(403);
        foreach (var path in new[] { $"/api/v1/units/{id}", Units, $"{Buildings}/{building}", "/api/v1/stations/demo-station", "/api/v1/stations?project=demo" }) (await harbour.GetAsync(path)).Is(404);
        (await harbour.PostAsync(Units, new { building, number = NewCode(), kind = "shop" })).Is(404);
        (await harbour.PostAsync("/api/v1/projects/harbour/units", new { building, number = NewCode(), kind = "shop" })).Is(404).Error("building").ShouldNotBeEmpty();
        (await harbour.ListAsync("/api/v1/stations")).ShouldAllBe(s => s.GetProperty("project").GetString() == "harbour");
    }

    [Fact]
    public async Task Somebody_who_works_here_answers_for_a_station_and_a_closed_one_stays_on_record()
    {
        var code = NewCode();
        (await OpenStationAsync(code, "nobody")).Is(409).Text("rule").ShouldBe("ORG-01");
        (await OpenStationAsync(code, "demo.officer")).Is(201).Location.ShouldBe($"/api/v1/stations/{code}");
        (await OpenStationAsync(code, "demo.officer")).Is(409).Text("rule").ShouldBe("ORG-01");
        var station = (await system.Admin.GetAsync($"/api/v1/stations/{code}")).Is(200);
        station.Json.GetProperty("openingHours")[0].GetRawText().ShouldBe("""{"day":"monday","opens":"09:00","closes":"18:00"}""");
        object Edit(string inCharge, string closes = "17:00") => new { name = "改名", address = "2栋", openingHours = new[] { new { day = "sunday", opens = "10:00", closes } }, inCharge };
        (await EditAsync($"/api/v1/stations/{code}", Edit("nobody"), station.ETag)).Is(409).Text("rule").ShouldBe("ORG-01");
        (await EditAsync($"/api/v1/stations/{code}", Edit("demo.desk", closes: "09:00"), station.ETag)).Is(400).Error("openingHours").ShouldNotBeEmpty();
        (await EditAsync($"/api/v1/stations/{code}", Edit("demo.desk"), station.ETag)).Is(200).ETag.ShouldBe("\"2\"");

        (await system.Admin.PostAsync($"/api/v1/stations/{code}/closure", new { reason = "合并" })).Is(200).ETag.ShouldBe("\"3\"");
        (await EditAsync($"/api/v1/stations/{code}", Edit("demo.desk"), "\"3\"")).Is(409).Json.GetProperty("allowed")[0].GetString().ShouldBe("reopening");
        (await FoundAsync(code, "closed=true")).ShouldBe(1);
        (await FoundAsync(code, "closed=false")).ShouldBe(0);
        (await FoundAsync(code, "kind=clubCollectionPoint")).ShouldBe(1);
        (await FoundAsync(code, "kind=serviceStation")).ShouldBe(0);
        (await system.Admin.GetAsync($"/api/v1/stations/{code}")).Is(200).Text("closingReason").ShouldBe("合并");
        (await system.Admin.PostAsync($"/api/v1/stations/{code}/reopening")).Is(200);
        (await system.Admin.PostAsync($"/api/v1/stations/{code}/reopening")).Is(409);
        (await system.Admin.GetAsync($"/api/v1/stations/{code}")).Is(200).Json.GetProperty("closedAt").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task Who_leaves_hands_their_stations_over_and_is_given_no_more()
    {
        var (leaver, code) = (await AppointAsync(), NewCode());
        (await OpenStationAsync(code, leaver)).Is(201);
        (await system.Admin.ListAsync($"/api/v1/staff/{leaver}/holdings")).ShouldContain(h => h.GetProperty("kind").GetString() == "station" && h.GetProperty("id").GetString() == code);
        (await system.Admin.PostAsync($"/api/v1/staff/{leaver}/departure", new { successor = "harbour.desk", reason = "调离" })).Is(409).Text("rule").ShouldBe("ORG-03");
        (await system.Admin.PostAsync($"/api/v1/staff/{leaver}/departure", new { successor = "demo.manager", reason = "调离" })).Is(200);
        var station = (await system.Admin.GetAsync($"/api/v1/stations/{code}")).Is(200);
        (station.Text("inCharge"), station.ETag).ShouldBe(("demo.manager", "\"2\""));
        (await OpenStationAsync(NewCode(), leaver)).Is(409).Text("rule").ShouldBe("ORG-01");
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task A_station_given_at_the_moment_somebody_leaves_is_not_left_with_them()
    {
        var (one, two) = (system.Admin, await (await system.StartHostAsync()).SignInAsync("demo.admin"));
        for (var round = 0; round < 5; round++)
        {
            var (leaver, code) = (await AppointAsync(), NewCode());
            var answers = await Crowd.AtOnceAsync<Reply>([
                () => OpenStationAsync(code, leaver, two), () => one.PostAsync($"/api/v1/staff/{leaver}/departure", new { successor = "demo.manager", reason = "调离" }),
            ]);
            answers[1].Is(200);
            ((int)answers[0].Status).ShouldBeOneOf(201, 409);
            (await system.ScalarAsync<long>("SELECT count(*) FROM organization.stations WHERE in_charge = $1", leaver)).ShouldBe(0);
        }
    }

    private static string NewCode() => $"e{Interlocked.Increment(ref codes)}";

    private Task<Reply> EditAsync(string path, object body, string? ifMatch) => system.Admin.SendAsync(HttpMethod.Put, path, body, ifMatch: ifMatch);

    private async Task<string> BuildingAsync()
    {
        var code = NewCode();
        (await system.Admin.PostAsync(Buildings, new { code, name = code })).Is(201);
        return code;
    }

    private async Task<string> AppointAsync()
    {
        var code = $"leaver-{NewCode()}";
        (await system.Admin.PostAsync("/api/v1/staff", new { code, name = code, subject = code })).Is(201);
        return code;
    }

    private Task<Reply> OpenStationAsync(string code, string inCharge, Api? api = null) => (api ?? system.Admin).PostAsync("/api/v1/stations", new
    {
        code, project = "demo", kind = "clubCollectionPoint", name = "收集点", address = "1栋", openingHours = new[] { new { day = "monday", opens = "09:00", closes = "18:00" } }, inCharge,
    });

    private async Task<int> FoundAsync(string code, string filter) => (await system.Admin.ListAsync($"/api/v1/stations?project=demo&{filter}")).Count(s => s.GetProperty("code").GetString() == code);
}
