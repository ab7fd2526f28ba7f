using System.Diagnostics;
using System.Text;
using Crm.ApiTests.Infrastructure;
using Crm.ApiTests.Operations;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-01: units come from a file: all of them or none, and the same file twice changes nothing.</summary>
[Trait("Rule", "ORG-01")]
public sealed class UnitsImportTests(CrmSystem system) : IClassFixture<CrmSystem>, IDisposable
{
    private const string Heading = "楼栋,房号,楼层,类型,建筑面积(㎡),销售状态,使用状态\n";
    private static int buildings;
    private readonly Statements statements = new();

    public void Dispose() => statements.Dispose();

    [Fact]
    public async Task A_dry_run_says_what_would_be_and_does_nothing_and_the_import_does_just_that_once()
    {
        var building = await BuildingAsync();
        (await ImportAsync($"building,number,floor,kind,area\n{building},101,1,shop,65.80\n{building},102,1,shop,70\n")).Is(200);
        var file = Heading + $"{building}栋,101,1,商铺,65.80,,\n{building},102,2,商铺,70.00,已售,\n{building},103,,公寓,,,\n";

        var tried = (await ImportAsync(file, dryRun: true)).Is(200);
        Figures(tried).ShouldBe((true, 1, 1, 1, 0));
        tried.Json.GetProperty("lines").EnumerateArray().Select(l => $"{l.GetProperty("line")} {l.GetProperty("building").GetString()} {l.GetProperty("number").GetString()} {l.GetProperty("outcome").GetString()}").ShouldBe(
            [$"2 {building} 101 unchanged", $"3 {building} 102 changed", $"4 {building} 103 created"]);
        tried.Json.GetProperty("lines")[1].GetProperty("changes").GetRawText().ShouldBe("""[{"field":"floor","from":"1","to":"2"},{"field":"tenure","from":"unsold","to":"sold"}]""");
        (await StateAsync(building)).ShouldBe("101 1 1, 102 1 1", "a dry run changes nothing");

        Figures((await ImportAsync(file)).Is(200)).ShouldBe((false, 1, 1, 1, 0));
        (await StateAsync(building)).ShouldBe("101 1 1, 102 2 2, 103  1");
        Figures((await ImportAsync(file)).Is(200)).ShouldBe((false, 0, 0, 3, 0));
        (await StateAsync(building)).ShouldBe("101 1 1, 102 2 2, 103  1", "no version moves the second time");
    }

    [Fact]
    public async Task With_one_fault_nothing_is_imported_and_each_fault_is_told_with_line_and_column()
    {
        var building = await BuildingAsync();
        var file = Heading + $"{building},1,1,商铺,,,\n{building},2,0,商铺,,,\n没有,3,1,商铺,,,\n{building},4,1,棚屋,12.345,,\n{building},1,1,商铺,,,\n{building},5,1\n";
        var tried = (await ImportAsync(file, dryRun: true)).Is(200);
        tried.Json.GetProperty("faults").EnumerateArray().Select(f => $"{f.GetProperty("line")} {f.GetProperty("column").GetString()}").ShouldBe(
            ["3 楼层", "4 楼栋", "5 类型", "5 建筑面积(㎡)", "6 房号", "7 "]);
        tried.Json.GetProperty("faults").EnumerateArray().ShouldAllBe(f => f.GetProperty("message").GetString()!.Length > 0);

        var refused = (await ImportAsync(file)).Is(400);
        refused.Json.GetProperty("errors").EnumerateObject().Select(e => e.Name).ShouldBe(["line 3, 楼层", "line 4, 楼栋", "line 5, 类型", "line 5, 建筑面积(㎡)", "line 6, 房号", "line 7"]);
        (await StateAsync(building)).ShouldBe("");
        (await ImportAsync($"building,number,kind\n{building},1,shop\n", language: "zh-CN", dryRun: true)).Is(200);
        (await ImportAsync($"building,number,kind\n{building},1,shed\n", language: "zh-CN")).Is(400).Error("line 2, kind").ShouldContain("应为以下之一");
    }

    [Fact]
    public async Task Twenty_thousand_units_go_in_at_once_by_one_statement_with_one_audit_entry()
    {
        var building = await BuildingAsync();
        var file = new StringBuilder(Heading);
        for (var i = 0; i < 20_000; i++) file.Append(System.Globalization.CultureInfo.InvariantCulture, $"{building}栋,{i / 40 + 1:000}-{i % 40 + 1:00},{i % 40 + 1},住宅,{50 + i % 100}.{i % 10}0,未售,空置\n");
        var (before, trace, clock) = (await AuditAsync(), ActivityTraceId.CreateRandom().ToHexString(), Stopwatch.StartNew());
        var answer = await SendAsync(file.ToString(), trace);
        var seconds = clock.Elapsed.TotalSeconds;
        Figures(answer.Is(200)).ShouldBe((false, 20_000, 0, 0, 0));
        (await AuditAsync() - before).ShouldBe(1);
        statements.Of(trace).Count(s => s.Contains("organization.units", StringComparison.Ordinal)).ShouldBe(2, "it is read by one statement and written by one");
        seconds.ShouldBeLessThan(20);
        TestContext.Current.TestOutputHelper?.WriteLine($"20,000 units in {seconds:0.0} s");

        Figures((await ImportAsync(file.ToString())).Is(200)).ShouldBe((false, 0, 0, 20_000, 0));
        Figures((await ImportAsync(file.Replace("未售", "已售").ToString())).Is(200)).ShouldBe((false, 0, 20_000, 0, 0));
        await system.ExecuteAsync("ANALYZE organization.units");
        foreach (var (filter, index) in new[]
                 {
                     ($"building = '{building}'", "ix_units_project_building_number"), ("kind = 'shop'", "ix_units_project_kind_building_number"), ("floor = 7", "ix_units_project_floor_building_number"),
                     ("tenure = 'retained' AND occupancy = 'leased'", "ix_units_project_tenure_occupancy_building_number"),
                 })
        {
            var plan = await PlanAsync($"SELECT * FROM organization.units WHERE project = 'demo' AND {filter} AND (building, number) > ('1', '1') ORDER BY building, number LIMIT 51");
            plan.ShouldContain(index, Case.Sensitive, filter);
            plan.ShouldNotContain("Sort", Case.Sensitive, filter);
        }
    }

    [Fact]
    public async Task The_same_file_at_once_on_two_hosts_makes_each_unit_once()
    {
        var crowd = await Crowd.SignInAsync(4, "demo.admin", system.Host, await system.StartHostAsync());
        for (var round = 0; round < 3; round++)
        {
            var building = await BuildingAsync();
            var file = "building,number,kind\n" + string.Concat(Enumerable.Range(1, 300).Select(i => $"{building},{i},shop\n"));
            var answers = await Crowd.AtOnceAsync(crowd.Select(api => (Func<Task<IReadOnlyList<Reply>>>)(() => Crowd.InsistAsync(() => ImportAsync(file, api: api)))));
            answers.Select(a => Figures(a[^1].Is(200)).Created).Order().ShouldBe([0, 0, 0, 300]);
            (await system.ScalarAsync<long>("SELECT count(*) FROM organization.units WHERE building = $1 AND version = 1", building)).ShouldBe(300);
        }
    }

    [Fact]
    public async Task Units_entered_or_edited_during_an_import_are_neither_lost_nor_doubled()
    {
        var other = await (await system.StartHostAsync()).SignInAsync("demo.admin");
        for (var round = 0; round < 5; round++)
        {
            var building = await BuildingAsync();
            var known = (await system.Admin.PostAsync("/api/v1/projects/demo/units", new { building, number = "150", kind = "shop", floor = 1 })).Is(201).Id;
            var file = "building,number,kind,tenure\n" + string.Concat(Enumerable.Range(1, 200).Select(i => $"{building},{i},shop,sold\n"));
            var answers = await Crowd.AtOnceAsync<Reply>([
                async () => (await Crowd.InsistAsync(() => ImportAsync(file)))[^1], () => other.PostAsync("/api/v1/projects/demo/units", new { building, number = "77", kind = "office" }),
                () => other.SendAsync(HttpMethod.Put, $"/api/v1/units/{known}", new { building, number = "150", kind = "shop", floor = 9 }, ifMatch: "\"1\""),
            ]);
            answers[0].Is(200);
            ((int)answers[1].Status).ShouldBeOneOf(201, 409);
            ((int)answers[2].Status).ShouldBeOneOf(200, 412);
            (await system.ScalarAsync<long>("SELECT count(*) FROM organization.units WHERE building = $1", building)).ShouldBe(200);
            var edited = (await system.Admin.GetAsync($"/api/v1/units/{known}")).Is(200);
            // Edited first, the import keeps the floor; imported first, the edit is refused as stale.
            (edited.ETag, edited.Json.GetProperty("floor").GetInt32(), edited.Text("tenure")).ShouldBe((int)answers[2].Status == 200 ? ("\"3\"", 9, "sold") : ("\"2\"", 1, "sold"));
        }
    }

    [Fact]
    public async Task A_file_as_spreadsheets_in_China_save_it_is_read()
    {
        var building = await BuildingAsync();
        var gb = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;
        var file = Heading + $"{building}栋,一单元\"\n";
        byte[] excel = gb.GetBytes(Heading + $"{building}栋,一单元101,1,住宅,80.00,,\n"), marked = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Heading + $"{building}栋,二单元101,1,住宅,80.00,,\n")];
        foreach (var (bytes, number) in new[] { (excel, "一单元101"), (marked, "二单元101") })
        {
            Figures((await system.Admin.SendAsync(HttpMethod.Post, Path(dryRun: false), bytes, Api.NewKey(), contentType: "text/csv")).Is(200)).Created.ShouldBe(1);
            (await system.ScalarAsync<long>("SELECT count(*) FROM organization.units WHERE building = $1 AND number = $2", building, number)).ShouldBe(1);
        }

        (await system.Admin.SendAsync(HttpMethod.Post, Path(dryRun: true), new byte[] { 0xFF, 0xFF, 0xFF }, contentType: "text/csv")).Is(400).Error("$").ShouldNotBeEmpty();
        (await ImportAsync(file, dryRun: true)).Is(200).Json.GetProperty("faults").GetArrayLength().ShouldBe(1);
        (await system.Admin.SendAsync(HttpMethod.Post, Path(dryRun: true), file, contentType: "text/csv")).Is(400).Error("Idempotency-Key").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task What_is_too_large_is_refused_with_the_limit_and_what_is_no_csv_is_named()
    {
        var building = await BuildingAsync();
        var large = (await ImportAsync("building,number\n" + new string(' ', 4 * 1024 * 1024), dryRun: true)).Is(413);
        large.Text("detail").ShouldContain("4 MiB");
        var lines = (await ImportAsync("building,number\n" + string.Concat(Enumerable.Range(1, 30_001).Select(i => $"1,{i}\n")), dryRun: true)).Is(413);
        lines.Text("detail").ShouldContain("30000");
        var usual = "building,number,kind\n" + string.Concat(Enumerable.Range(1, 20_000).Select(i => $"{building},{i:000000000000},shop\n"));
        usual.Length.ShouldBeGreaterThan(300 * 1024, "larger than other bodies may be");
        Figures((await ImportAsync(usual, dryRun: true)).Is(200)).Created.ShouldBe(20_000);
        (await system.Admin.SendAsync(HttpMethod.Post, Path(dryRun: true), "{}", Api.NewKey())).Is(400).Error("Content-Type").ShouldContain("text/csv");
        (await system.Admin.SendAsync(HttpMethod.Post, Path(dryRun: false), Heading + "1,1,1,商铺,,,", contentType: "text/csv")).Is(400).Error("Idempotency-Key").ShouldNotBeEmpty();
        (await ImportAsync("building,number,colour\n1,1,red\n", dryRun: true)).Is(400).Error("colour").ShouldContain("楼栋");
    }

    [Fact]
    public async Task The_example_of_the_document_is_a_file_the_host_takes()
    {
        var operation = (await ApiDocument.ReadAsync(system.Admin)).Operations.Where(o => o.TakesCsv).ShouldHaveSingleItem();
        var example = operation.Story.GetProperty("requestBody").GetProperty("content").GetProperty("text/csv").GetProperty("example").GetString()!;
        operation.Documents(413).ShouldBeTrue();
        Figures((await ImportAsync(example, dryRun: true)).Is(200)).Faults.ShouldBe(0);
    }

    private static string Path(bool dryRun) => $"/api/v1/projects/demo/units/import?dryRun={(dryRun ? "true" : "false")}";

    private Task<Reply> ImportAsync(string file, bool dryRun = false, string language = "en", Api? api = null) =>
        (api ?? system.Admin).SendAsync(HttpMethod.Post, Path(dryRun), file, Api.NewKey(), language: language, contentType: "text/csv; charset=utf-8");

    /// <summary>An import that belongs to a trace of its own.</summary>
    private async Task<Reply> SendAsync(string file, string trace)
    {
        using var activity = new Activity("import").SetParentId(ActivityTraceId.CreateFromString(trace), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded).Start();
        return await ImportAsync(file);
    }

    private static (bool DryRun, int Created, int Changed, int Unchanged, int Faults) Figures(Reply answer) => (
        answer.Json.GetProperty("dryRun").GetBoolean(), answer.Json.GetProperty("created").GetInt32(), answer.Json.GetProperty("changed").GetInt32(), answer.Json.GetProperty("unchanged").GetInt32(),
        answer.Json.GetProperty("faults").GetArrayLength());

    private async Task<string> BuildingAsync()
    {
        var code = $"i{Interlocked.Increment(ref buildings)}";
        (await system.Admin.PostAsync("/api/v1/projects/demo/buildings", new { code, name = $"{code}栋" })).Is(201);
        return code;
    }

    /// <summary>Number, floor and version of each unit of a building.</summary>
    private Task<string> StateAsync(string building) => system.ScalarAsync<string>(
        "SELECT coalesce(string_agg(concat(number, ' ', floor, ' ', version), ', ' ORDER BY number), '') FROM organization.units WHERE building = $1", building);

    private Task<long> AuditAsync() => system.ScalarAsync<long>("SELECT count(*) FROM organization.audit_entries WHERE action = 'ImportUnits' AND subject_kind = 'units' AND subject_id = 'demo'");

    private async Task<string> PlanAsync(string query)
    {
        await using var connection = await system.OpenSuperuserAsync();
        await using var command = new Npgsql.NpgsqlCommand($"EXPLAIN {query}", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await reader.ReadAsync()) plan.Add(reader.GetString(0));
        return string.Join('\n', plan);
    }
}
