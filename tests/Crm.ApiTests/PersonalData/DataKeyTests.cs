using Crm.ApiTests.Infrastructure;
using Crm.Shared.Privacy;
using Npgsql;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-12: the keys that personal data stands under are changed while hosts serve; nobody is lost, before, meanwhile or after.</summary>
[Trait("Rule", "ORG-12")]
public sealed class DataKeyTests(TestServer server) : IAsyncLifetime
{
    private readonly string secrets = Directory.CreateTempSubdirectory("crm-keys-").FullName;
    private readonly string elsewhere = Directory.CreateTempSubdirectory("crm-keys-").FullName;
    private readonly List<(Guid Id, string Phone)> cases = [];
    private readonly List<string> failures = [];
    private string database = "";
    private HostProgram one = null!, two = null!;
    private Api admin = null!, other = null!;
    private int phones;

    /// <summary>Two hosts, each with a copy of the keys of its own.</summary>
    public async ValueTask InitializeAsync()
    {
        database = await server.CloneAsync();
        foreach (var folder in new[] { secrets, elsewhere }) File.Copy(Path.Combine(server.Secrets, "keys.json"), Path.Combine(folder, "keys.json"));
        (one, two) = (await HostProgram.StartAsync(Settings(secrets)), await HostProgram.StartAsync(Settings(elsewhere)));
        (admin, other) = (await SignInAsync(one), await SignInAsync(two));
    }

    public async ValueTask DisposeAsync()
    {
        await one.DisposeAsync();
        await two.DisposeAsync();
        foreach (var folder in new[] { secrets, elsewhere }) Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_data_key_is_changed_under_two_serving_hosts_and_the_old_one_goes_only_when_nothing_needs_it()
    {
        var key = Api.NewKey();
        for (var i = 0; i < 30; i++) await RegisterAsync(i % 2 == 0 ? admin : other);
        var reasoned = (await admin.RegisterAsync(key: key)).Is(201);
        (await admin.ActAsync(reasoned.Id, "withdrawal", new { reason = "why it was withdrawn" })).Is(200);
        await using (var work = Working())
        {
            (await KeysAsync("add")).ShouldContain("Data key 2");
            (await RefusedAsync("retire", "1")).ShouldContain("never the one in use");
            Copy();
            await Eventually.BecomesAsync(() => Task.FromResult(work.Done), done => done > 20, "work goes on with two keys");

            // Ended by force in the middle, it goes on where it was.
            var command = HostProgram.Launch(["keys", "reseal", "--pause", "300"], Console);
            await Eventually.BecomesAsync(() => CountAsync(2), count => count > 0, "it has begun");
            await command.DisposeAsync();
            (await RefusedAsync("retire", "1")).ShouldContain("run reseal first");
            Copy();
            (await KeysAsync("reseal", "--pause", "0")).ShouldContain("data key 2");
            await Eventually.BecomesAsync(async () => (await KeysAsync("reseal", "--pause", "0"), Left: await CountAsync(1)).Left, count => count == 0, "nothing is sealed with the old key");
            (await KeysAsync("retire", "1")).ShouldContain("no longer");
            Copy();
            await Eventually.BecomesAsync(() => Task.FromResult(work.Done), done => done > 60, "work goes on with the new key");
        }

        failures.ShouldBeEmpty();
        KeyRing.Open(secrets, create: false).DataKeys.ShouldSatisfyAllConditions(k => k.Versions.ShouldBe([2]), k => k.InUse.ShouldBe(2));
        (await KeysAsync()).Split("index keys")[0].ShouldNotContain("key 1: ");
        await EverybodyIsThereAsync();
        (await admin.RegisterAsync(key: key)).Is(201).Content.ShouldBe(reasoned.Content, "stored answers were sealed anew");
        var auditor = await SignInAsync(one, "demo.auditor");
        (await auditor.AuditAsync(reasoned.Id))[0].GetProperty("reason").GetString().ShouldBe("why it was withdrawn", "the keys of reasons were sealed anew");
    }

    [Fact]
    public async Task The_index_key_is_changed_under_two_serving_hosts_and_everybody_is_found_all_the_time()
    {
        for (var i = 0; i < 30; i++) await RegisterAsync(i % 2 == 0 ? admin : other);
        await using (var work = Working(looking: true))
        {
            (await KeysAsync("add", "--index")).ShouldContain("Index key 2");
            Copy();
            await Eventually.BecomesAsync(() => Task.FromResult(work.Done), done => done > 20, "work goes on with two keys");
            var command = HostProgram.Launch(["keys", "reindex", "--pause", "300"], Console);
            await Eventually.BecomesAsync(() => ScalarAsync("SELECT count(*) FROM complaints.complainants WHERE get_byte(phone_index, 0) = 2"), count => count > 0, "it has begun");
            await command.DisposeAsync();
            await Eventually.BecomesAsync(() => Task.FromResult(work.Done), done => done > 60, "everybody is found, whichever key they stand under");
            Copy();
            await Eventually.BecomesAsync(
                async () => (await KeysAsync("reindex", "--pause", "0"), Left: await ScalarAsync("SELECT count(*) FROM complaints.complainants WHERE get_byte(phone_index, 0) = 1")).Left,
                count => count == 0, "nothing stands under the old key");
            (await KeysAsync("retire", "1", "--index")).ShouldContain("no longer");
            Copy();
            await Eventually.BecomesAsync(() => Task.FromResult(work.Done), done => done > 100, "and afterwards");
        }

        failures.ShouldBeEmpty();
        await EverybodyIsThereAsync();
    }

    [Fact]
    public async Task A_host_that_was_not_given_the_new_index_key_says_so_instead_of_finding_nobody()
    {
        await RegisterAsync(admin);
        await KeysAsync("add", "--index");
        await KeysAsync("reindex");
        (await other.PostAsync("/api/v1/complaints/lookup", new { phone = cases[0].Phone }, key: null)).Is(503).RetryAfter.ShouldNotBeNull();
        Copy();
        (await FoundAsync(other, cases[0].Phone)).ShouldBe([cases[0].Id]);
        (await FoundAsync(admin, cases[0].Phone)).ShouldBe([cases[0].Id]);
    }

    private (string, string)[] Console => [("CRM_MIGRATION_DATABASE", server.Postgres.MigratorConnectionString(database)), ("Crm__Secrets", secrets)];

    private (string, string)[] Settings(string folder) =>
        [("ASPNETCORE_ENVIRONMENT", "Development"), ("Crm__Database", server.Postgres.HostConnectionString(database)), ("Crm__Secrets", folder), ("Crm__PoolLimit", "2")];

    /// <summary>The second host gets the keys of the first: whole or not at all.</summary>
    private void Copy()
    {
        File.Copy(Path.Combine(secrets, "keys.json"), Path.Combine(elsewhere, "keys.json.copy"), overwrite: true);
        File.Move(Path.Combine(elsewhere, "keys.json.copy"), Path.Combine(elsewhere, "keys.json"), overwrite: true);
    }

    private async Task<string> KeysAsync(params string[] words)
    {
        var ending = await HostProgram.RunAsync(["keys", .. words], Console);
        ending.ExitCode.ShouldBe(0, ending.Errors);
        return ending.Output;
    }

    private async Task<string> RefusedAsync(params string[] words)
    {
        var ending = await HostProgram.RunAsync(["keys", .. words], Console);
        ending.ExitCode.ShouldBe(1, ending.Output);
        return ending.Errors;
    }

    private async Task RegisterAsync(Api api)
    {
        var phone = $"1331234{Interlocked.Increment(ref phones):0000}";
        // A good client does as Retry-After says.
        for (var attempt = 0; ; attempt++)
        {
            var answer = await api.RegisterAsync(Api.Complaint(("customer", new { name = "李女士", phone })));
            if ((int)answer.Status == 201)
            {
                lock (cases) cases.Add((answer.Id, phone));
                return;
            }

            if (answer.RetryAfter is null || attempt == 20)
            {
                lock (failures) failures.Add(answer.Content);
                return;
            }

            await Task.Delay(200);
        }
    }

    private async Task LookAsync(Api api, Guid id, string phone, bool looking)
    {
        for (var attempt = 0; ; attempt++)
        {
            var answer = looking ? await api.PostAsync("/api/v1/complaints/lookup", new { phone }, key: null) : await api.GetAsync($"/api/v1/complaints/{id}");
            if ((int)answer.Status == 200)
            {
                if (!answer.Content.Contains(looking ? id.ToString() : phone, StringComparison.Ordinal)) lock (failures) failures.Add($"{phone} was not found: {answer.Content}");
                return;
            }

            if (answer.RetryAfter is null || attempt == 20)
            {
                lock (failures) failures.Add(answer.Content);
                return;
            }

            await Task.Delay(200);
        }
    }

    /// <summary>Clients at both hosts, until it is disposed: each registers somebody, and looks for somebody.</summary>
    private Work Working(bool looking = false) => new(new[] { admin, other }, async (api, n) =>
    {
        if (n % 2 == 0) await RegisterAsync(api);
        (Guid Id, string Phone) somebody;
        lock (cases) somebody = cases[n * 7 % cases.Count];
        await LookAsync(api, somebody.Id, somebody.Phone, looking);
    });

    private async Task EverybodyIsThereAsync()
    {
        cases.Count.ShouldBeGreaterThan(50);
        foreach (var (id, phone) in cases)
        {
            foreach (var api in new[] { admin, other }) (await FoundAsync(api, phone)).ShouldBe([id]);
            (await other.GetAsync($"/api/v1/complaints/{id}")).Is(200).ShouldSatisfyAllConditions(c => c.Content.ShouldContain(phone), c => c.Text("content").ShouldBe("电梯停运"));
        }
    }

    private static async Task<IReadOnlyList<Guid>> FoundAsync(Api api, string phone) =>
        [.. (await api.PostAsync("/api/v1/complaints/lookup", new { phone }, key: null)).Is(200).Json.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid())];

    private static async Task<Api> SignInAsync(HostProgram host, string staff = "demo.admin") =>
        host.Caller($"Bearer {(await host.Caller(authorization: null).PostAsync("/dev/token", new { staff }, key: null)).Text("token")}");

    /// <summary>How many values stand under a data key, in all columns that have one.</summary>
    private async Task<long> CountAsync(int version) => await ScalarAsync(string.Join(" + ", new[]
    {
        "complaints.complainants.sealed_key", "complaints.complainants.phone_sealed", "complaints.audit_subject_keys.sealed_key", "complaints.stored_answers.sealed_body", "followups.follow_ups.sealed_key",
    }.Select(c => $"(SELECT count(*) FROM {c[..c.LastIndexOf('.')]} WHERE get_byte({c[(c.LastIndexOf('.') + 1)..]}, 0) = {version})").Prepend("SELECT 0")));

    private async Task<long> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.Postgres.SuperuserConnectionString(database)) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Clients that go on until they are told to stop.</summary>
    private sealed class Work : IAsyncDisposable
    {
        private readonly CancellationTokenSource over = new();
        private readonly Task[] clients;
        private int done;

        public Work(Api[] apis, Func<Api, int, Task> act) => clients = [.. apis.Select(api => Task.Run(async () =>
        {
            for (var n = 0; !over.IsCancellationRequested; n++)
            {
                await act(api, n);
                Interlocked.Increment(ref done);
                await Task.Delay(10);
            }
        }))];

        public int Done => done;

        public async ValueTask DisposeAsync()
        {
            await over.CancelAsync();
            await Task.WhenAll(clients);
            over.Dispose();
        }
    }
}
