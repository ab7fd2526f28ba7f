using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Crm.Build.Hosting;

namespace Crm.Build.Fuzz;

/// <summary><c>./build/fuzz</c>: everything the document allows, and much that it does not, against a real host.</summary>
internal static class FuzzCommand
{
    private const int AllWell = 0, Faulty = 1;

    /// <summary>The first may do everything; then people whose own shifts, leave and appraisals there are, one of another project, one who may nothing, one nobody knows.</summary>
    private static readonly string[] Staff = ["demo.admin", "demo.officer", "demo.desk", "demo.manager", "harbour.officer", "demo.guest", "nobody.at.all"];

    private static readonly string[] Prologue = ["draftRoster", "generateRoster", "publishRoster", "getRoster"];

    public static async Task<int> RunAsync(string[] args, CancellationToken ct)
    {
        var arguments = new Arguments(args, FuzzOptions.Usage);
        if (arguments.AskForHelp()) return AllWell;
        var options = FuzzOptions.Parse(arguments);
        if (options.Url is { } url) return await FuzzAsync(url, options, ct);

        Console.WriteLine("starting a host");
        if (options.Build) await HostProject.BuildAsync(ct);
        await using var ground = await Playground.OpenAsync("fuzz", options.Data, clusterFolder: null, Console.WriteLine, ct);
        var host = ground.NewHost();
        host.Start();
        await host.ReadyAsync(ct);
        var outcome = await FuzzAsync(host.Address, options, ct);
        ground.MayGo = outcome == AllWell;
        return outcome;
    }

    private static async Task<int> FuzzAsync(Uri host, FuzzOptions options, CancellationToken ct)
    {
        try
        {
            using var http = new HttpClient { BaseAddress = host };
            var document = ApiDocument.Parse(await http.GetStringAsync("/openapi/v1.json", ct));
            var lore = new Lore();
            Console.WriteLine($"{document.Operations.Count} operations at {host}, seed {options.Seed}");

            var (findings, tally, watch) = (new Findings(host), new Tally(options.Requests, document.Operations.Where(o => !o.Streams).Select(o => o.Id)), Stopwatch.StartNew());
            using var wire = new Wireman(host);
            await PublishRosterAsync(http, document, lore, wire, ct);
            await SignInAsync(http, lore, ct);
            await PrepareAsync(document, lore, wire, ct);
            var judge = new Judge(document, findings);
            var work = Enumerable.Range(0, options.Workers)
                .Select(n => Task.Run(() => new Worker(document, lore, wire, judge, findings, tally, new Random(options.Seed + n)).WorkAsync(ct), ct)).ToArray();
            await TellAsync(Task.WhenAll(work), tally, findings, watch, ct);

            Console.WriteLine();
            watch.Stop();
            Print(Console.Out);
            tally.PrintUnseen(Console.Out);
            findings.Print(Console.Out);
            if (options.Record) ReliabilityPage.Write("fuzz", $"./build/fuzz --requests {options.Requests} --seed {options.Seed}", findings.Count == 0, Print);
            return findings.Count == 0 ? AllWell : Faulty;

            void Print(TextWriter output)
            {
                tally.Print(output, watch.Elapsed);
                output.WriteLine($"findings {findings.Count}");
            }
        }
        catch (Exception failed) when (failed is HttpRequestException or JsonException or KeyNotFoundException)
        {
            throw new ToolFailureException($"{host} could not be fuzzed; is it in Development? {failed.Message}");
        }
    }

    private static async Task TellAsync(Task work, Tally tally, Findings findings, Stopwatch watch, CancellationToken ct)
    {
        while (await Task.WhenAny(work, Task.Delay(TimeSpan.FromSeconds(15), ct)) != work)
        {
            ct.ThrowIfCancellationRequested();
            Console.WriteLine($"{watch.Elapsed:m\\:ss}  {tally.Sent:N0} requests, {findings.Count} findings");
        }

        await work;
    }

    private static async Task<string> TokenAsync(HttpClient http, string staff, CancellationToken ct)
    {
        using var answer = await http.PostAsJsonAsync("/dev/token", new { staff }, ct);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("token").GetString()!;
    }

    /// <summary>A month with a roster that everybody was told of, and days into it: otherwise nobody has a shift to extend, to swap or to write a note of.</summary>
    private static async Task PublishRosterAsync(HttpClient http, ApiDocument document, Lore lore, Wireman wire, CancellationToken ct)
    {
        await SignInAsync(http, lore, ct);
        var composer = new Composer(document, lore, new Random(0));
        foreach (var step in Prologue.Select(name => document.Operations.Single(o => o.Id == name)))
        {
            for (var attempt = 0; attempt < 30; attempt++)
            {
                var request = composer.Compose(step);
                if (await wire.SendAsync(request, ct) is not { IsSuccess: true } done) continue;
                lore.Learn(step, request.Target, done);
                break;
            }
        }

        using var answer = await http.PostAsJsonAsync("/dev/clock", new { advance = "P12D" }, ct);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Tokens end after some days.</summary>
    private static async Task SignInAsync(HttpClient http, Lore lore, CancellationToken ct) => lore.Tokens = await Task.WhenAll(Staff.Select(staff => TokenAsync(http, staff, ct)));

    /// <summary>Names that no schema tells: categories and policies, and whose rights are needed.</summary>
    private static async Task PrepareAsync(ApiDocument document, Lore lore, Wireman wire, CancellationToken ct)
    {
        foreach (var list in document.Operations.Where(o => o.Method == "GET" && o.Path is "/api/v1/staff" or "/api/v1/roles"))
        {
            var request = new FuzzRequest(list, "GET", $"{list.Path}?limit=200", [("Authorization", $"Bearer {lore.Tokens[0]}")]);
            var answer = await wire.SendAsync(request, ct) is { IsSuccess: true } right ? right : throw new ToolFailureException($"{list.Path} was not answered.");
            foreach (var one in JsonDocument.Parse(answer.Body).RootElement.GetProperty("items").EnumerateArray())
                lore.TheirRights[one.GetProperty(list.Collection == "staff" ? "code" : "name").GetString()!] = true;
        }

        foreach (var list in document.Operations.Where(o => o.Method == "GET" && o.Parameters.Any(p => p is { Name: "project", Required: true })))
        {
            var request = new FuzzRequest(list, "GET", $"{list.Path}?project=demo", [("Authorization", $"Bearer {lore.Tokens[0]}")]);
            if (await wire.SendAsync(request, ct) is { } answer) lore.Learn(list, request.Target, answer);
        }
    }
}
