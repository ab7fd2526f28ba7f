using System.Diagnostics;
using Crm.ApiTests.Infrastructure;
using Crm.Shared.Measures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>Collections that do not run beside others come after all that do.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AfterEverythingElse
{
    public const string Name = "after everything else";
}

/// <summary>ORG-12: after the whole run, no test customer's phone and no ID number is anywhere but sealed.</summary>
[Collection(AfterEverythingElse.Name)]
[Trait("Rule", "ORG-12")]
public sealed partial class PersonalDataTests(PersonalDataTests.TracedSystem system) : IClassFixture<PersonalDataTests.TracedSystem>
{
    /// <summary>The phone most tests give.</summary>
    private const string Usual = "13800138000";

    private static readonly string[] Shapes = ["139{0}{1}", "+86139{0}{1}", "+86 139 {0} {1}", "0086-139-{0}-{1}", "86139{0}{1}", "139-{0}-{1}", "(139) {0}.{1}", "139\u00a0{0}\u00a0{1}", "１３９{0}{1}"];

    [Fact]
    public async Task No_customers_phone_or_ID_number_is_found_in_any_database_log_or_trace_of_the_run()
    {
        var phones = new List<string> { Usual };
        foreach (var (shape, i) in Shapes.Select((s, i) => (s, i)))
        {
            phones.Add($"1391234{i:0000}");
            await LiveThroughAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, shape, "1234", $"{i:0000}"));
        }

        phones.AddRange(await ProvokeAsync(n => $"1365678{n:0000}"));
        phones.AddRange(await ProvokeAsync(n => $"11010519{40 + n}123100{n % 10}X"));
        var mark = $"control-{Guid.NewGuid():N}";
        await PlantAsync(mark, "137 9999-0000");
        await system.Collector.HearsAsync("/v1/traces", [mark]);

        var evidence = await Evidence.GatherAsync(system.Server);
        evidence.Tables.ShouldBeGreaterThan(30);
        evidence.Count.ShouldBeGreaterThan(500);
        evidence.Find(mark).ShouldContain($"{system.Database}.complaints.complainants", "the planted control is found in the database");
        evidence.Find(mark).ShouldContain("a host's log", "the planted control is found in the logs");
        evidence.Find(mark).ShouldContain("a collector at /v1/traces", "the planted control is found in the traces");
        evidence.FindNumber("13799990000").Count.ShouldBeGreaterThanOrEqualTo(3, "a phone that was planted is found");
        foreach (var phone in phones) evidence.FindNumber(phone).ShouldBeEmpty(phone);
    }

    /// <summary>The whole way of a case: registered, posted again, refused, resolved, called about, reopened, withdrawn.</summary>
    private async Task LiveThroughAsync(string phone)
    {
        var (admin, key, source) = (system.Admin, Api.NewKey(), new { system = "hotline-1", ticketNumber = Api.NewKey() });
        var body = Api.Complaint(("customer", new { name = "李女士", phone }), ("source", source));
        var id = (await admin.RegisterAsync(body, key)).Is(201).Id;
        (await admin.RegisterAsync(body, key)).Is(201);
        (await admin.RegisterAsync(body)).Is(200);
        body["content"] = "又来电";
        (await admin.RegisterAsync(body)).Is(200);
        (await admin.RegisterAsync(body, key)).Is(422);
        (await admin.ActAsync(id, "archive")).Is(409);
        (await admin.GetAsync($"/api/v1/complaints/{id}")).Is(200).Content.ShouldContain("+86139");
        (await admin.ActAsync(id, "acceptance")).Is(200);
        (await admin.ActAsync(id, "resolution", new { summary = "已修复" })).Is(200);
        var followUp = (await Eventually.BecomesAsync(() => admin.ListAsync($"/api/v1/follow-ups?origin={id}"), found => found.Count == 1, "the follow-up is planned"))[0].GetProperty("id").GetGuid();
        (await admin.PostAsync($"/api/v1/follow-ups/{followUp}/outcome", new { channel = "phone", reached = true, satisfaction = 1 })).Is(200);
        await Eventually.BecomesAsync(() => admin.GetAsync($"/api/v1/complaints/{id}"), c => c.Text("status") == "reopened", "the case is reopened");
        (await admin.ActAsync(id, "withdrawal", new { reason = "客户撤回" })).Is(200);
    }

    /// <summary>Puts numbers where errors come from.</summary>
    /// <returns>The numbers.</returns>
    private async Task<IReadOnlyList<string>> ProvokeAsync(Func<int, string> number)
    {
        var (admin, used) = (system.Admin, new List<string>());
        string Next()
        {
            used.Add(number(used.Count));
            return used[^1];
        }

        foreach (var (field, value) in new (string, object?)[] { ("customer", new { phone = Next() + "#" }), ("customer", Next()), ("channel", Next()), ("receivedAt", Next()), (Next(), "x"), ("writtenReplyOnly", Next()) })
            (await admin.RegisterAsync(Api.Complaint((field, value)))).Is(400);
        foreach (var field in new[] { "project", "receivedBy", "category" }) (await admin.RegisterAsync(Api.Complaint((field, Next())))).Is(404);
        (await admin.RegisterAsync($"{{\"customer\":{{\"phone\":\"{Next()}\"")).Is(400);
        (await admin.RegisterAsync(Api.Complaint(), key: Next())).Is(201);
        foreach (var path in new[] { $"/api/v1/complaints?sourceSystem={Next()}", $"/api/v1/follow-ups?assignee={Next()}" }) (await admin.GetAsync(path)).Is(200);
        foreach (var path in new[] { $"/api/v1/complaints?cursor={Next()}", $"/api/v1/complaints?{Next()}=1", $"/api/v1/complaints?limit={Next()}" }) (await admin.GetAsync(path)).Is(400);
        foreach (var path in new[] { $"/api/v1/complaints?project={Next()}", $"/api/v1/complaints/{Next()}", $"/{Next()}", $"/api/v1/staff/{Next()}", $"/api/v1/agents/{Next()}/day" }) (await admin.GetAsync(path)).Is(404);
        (await system.Host.Machine(Next()).GetAsync("/api/v1/complaints")).Is(401);
        (await new Api(new HttpClient { BaseAddress = system.Host.Address }, $"Bearer {Next()}").GetAsync("/api/v1/complaints")).Is(401);
        (await (await system.SignInAsync(Next())).GetAsync("/api/v1/complaints")).Is(403);
        return used;
    }

    private async Task PlantAsync(string mark, string phone)
    {
        using (var source = new ActivitySource(CrmMeasures.Name))
        using (source.StartActivity($"{mark} {phone}").ShouldNotBeNull("somebody listens")) { }
        (await system.Admin.RegisterAsync(Api.Complaint(("building", $"{mark} {phone}")))).Is(201);
        LogPlanted(system.Host.Services.GetRequiredService<ILogger<PersonalDataTests>>(), mark, phone);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "planted {Mark} {Phone}")]
    private static partial void LogPlanted(ILogger logger, string mark, string phone);

    /// <summary>A system whose host sends its traces and metrics to a collector: what any host of this process does then is among them.</summary>
    public sealed class TracedSystem(TestServer server) : CrmSystem(server), IAsyncLifetime
    {
        /// <summary>Where it sends them.</summary>
        public Collector Collector { get; private set; } = null!;

        /// <inheritdoc/>
        protected override (string Key, string Value)[] Settings => [("Crm:Telemetry:Endpoint", Collector.Address)];

        async ValueTask IAsyncLifetime.InitializeAsync()
        {
            Collector = await Collector.StartAsync();
            await InitializeAsync();
        }

        async ValueTask IAsyncDisposable.DisposeAsync()
        {
            await DisposeAsync();
            await Collector.DisposeAsync();
        }
    }
}
