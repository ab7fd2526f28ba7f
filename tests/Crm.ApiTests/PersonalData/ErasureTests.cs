using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-12: who asks to be forgotten is forgotten, wholly and once; what was counted stays counted.</summary>
[Trait("Rule", "ORG-12")]
public sealed class ErasureTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    /// <summary>Two years and a little, as the clock is moved.</summary>
    private const string AfterRetention = "PT17600H";

    private static int persons;

    [Fact]
    public async Task A_persons_words_are_gone_everywhere_and_every_number_stays()
    {
        var (phone, mark) = Person();
        var kept = await LivedAsync(phone, mark);
        var withdrawn = await WithdrawnAsync(phone, mark);
        (await TextsAsync(mark)).ShouldNotBeEmpty("what is planted is found: the home stands there as it is");
        (await OpenAsync(kept)).ShouldContain(mark);
        foreach (var table in new[] { "organization.notifications", "complaints.outbox_events", "followups.outbox_events", "complaints.inbox", "followups.inbox", "organization.inbox", "complaints.stored_answers" })
            (await system.ScalarAsync<long>($"SELECT count(*) FROM {table} t WHERE t::text LIKE '%{mark}%' OR t::text LIKE '%{phone}%'")).ShouldBe(0, table);
        await system.Admin.AdvanceAsync(AfterRetention);
        var before = await StatisticsAsync();
        var order = (await system.Admin.PostAsync("/api/v1/personal-data/erasures", new { phone = $"+86 {phone}", reason = "客户来函" })).Is(201);
        var done = await CompletedAsync(order.Id);
        (done.Json.GetProperty("records").GetInt32(), done.Json.GetProperty("erased").GetInt32(), done.Json.GetProperty("kept").GetInt32()).ShouldBe((4, 4, 0));
        (await RecordsAsync(order.Id)).Select(r => (r.GetProperty("kind").GetString(), r.GetProperty("erasedAt").ValueKind))
            .ShouldBe([("complaint", JsonValueKind.String), ("followUp", JsonValueKind.String), ("complaint", JsonValueKind.String), ("customer", JsonValueKind.String)], ignoreOrder: true);
        (done.Content + (await system.Admin.GetAsync($"/api/v1/personal-data/erasures/{order.Id}/records")).Is(200).Content).ShouldNotContain(phone[3..]);

        (await FoundAsync(phone)).ShouldBeEmpty();
        (await TextsAsync(mark)).ShouldBeEmpty();
        (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.complainants WHERE complaint_id = ANY($1)", new[] { kept, withdrawn })).ShouldBe(0);
        (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.audit_subject_keys WHERE subject_id = ANY($1)", (object)new[] { kept.ToString(), withdrawn.ToString() })).ShouldBe(0);
        (await system.ScalarAsync<long>("SELECT count(*) FROM followups.follow_ups WHERE origin_id = $1 AND sealed_key IS NOT NULL", kept)).ShouldBe(0);
        (await OpenAsync(kept)).ShouldNotContain(mark);
        (await StatisticsAsync()).ShouldBe(before);
        await system.SealedAsync();
        (await system.VerifyAsync()).ShouldBeEmpty("the audit is as whole as before");

        var seen = (await system.Admin.GetAsync($"/api/v1/complaints/{kept}")).Is(200);
        (seen.Json.GetProperty("customer").ValueKind, seen.Json.GetProperty("erasedAt").ValueKind, seen.Text("content")).ShouldBe((JsonValueKind.Null, JsonValueKind.String, "Erased at the customer's request."));
        (await system.Admin.ListAsync($"/api/v1/complaints/{kept}/history")).ShouldAllBe(s => s.GetProperty("text").ValueKind == JsonValueKind.Null);

        // Who calls again begins anew.
        var anew = (await system.Admin.RegisterAsync(Api.Complaint(("customer", new { name = mark, phone })))).Is(201).Id;
        (await FoundAsync(phone)).ShouldBe([anew]);
        (await PreviewAsync(phone)).Json.GetProperty("items").EnumerateArray()
            .Where(r => r.GetProperty("kind").GetString() == "complaint").ShouldHaveSingleItem().GetProperty("id").GetGuid().ShouldBe(anew);
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task The_directory_forgets_at_once_and_cases_that_left_another_phone_of_theirs_are_found_too()
    {
        var ((phone, mark), (other, _)) = (Person(), Person());
        var open = await RegisteredAsync(phone, mark);
        var customer = await Eventually.BecomesAsync(async () => (await system.Admin.GetAsync($"/api/v1/complaints/{open}")).Is(200).Json.GetProperty("customerId"), id => id.ValueKind != JsonValueKind.Null, "they are known");
        var path = $"/api/v1/customers/{customer.GetGuid()}";
        (await system.Admin.PostAsync($"{path}/contacts", new { phone = other })).Is(201);
        (await system.Admin.PostAsync($"{path}/grade", new { grade = "a", reason = mark })).Is(200);
        var theirs = await WithdrawnAsync(other, mark);
        await Eventually.BecomesAsync(async () => (await system.Admin.GetAsync($"/api/v1/complaints/{theirs}")).Is(200).Json.GetProperty("customerId"), id => id.ValueKind != JsonValueKind.Null && id.GetGuid() == customer.GetGuid(), "it is linked");

        var id = (await OrderAsync(phone)).Is(201).Id;
        await Eventually.BecomesAsync(() => system.Admin.GetAsync($"/api/v1/personal-data/erasures/{id}"), e => e.Is(200).Text("state") == "waiting", "the open case is left");
        (await FoundAsync(other)).ShouldBeEmpty();
        (await FoundAsync(phone)).ShouldBe([open]);
        foreach (var number in new[] { phone, other })
            (await system.Admin.PostAsync("/api/v1/customers/lookup", new { phone = number }, key: null)).Is(200).Json.GetProperty("customer").ValueKind.ShouldBe(JsonValueKind.Null);

        var forgotten = (await system.Admin.GetAsync(path)).Is(200);
        (forgotten.Json.GetProperty("name").ValueKind, forgotten.Json.GetProperty("contacts").GetArrayLength(), forgotten.Json.GetProperty("homes").GetArrayLength(), forgotten.Text("grade")).ShouldBe((JsonValueKind.Null, 0, 0, "a"));
        forgotten.Json.GetProperty("erasedAt").ValueKind.ShouldBe(JsonValueKind.String);
        (await system.Admin.ListAsync($"{path}/grades")).ShouldAllBe(g => g.GetProperty("reason").ValueKind == JsonValueKind.Null);
        (await system.Admin.PostAsync($"{path}/contacts", new { phone })).Is(409).Text("rule").ShouldBe("ORG-12");

        // Who calls again is somebody new.
        var anew = await RegisteredAsync(phone, mark);
        (await Eventually.BecomesAsync(async () => (await system.Admin.GetAsync($"/api/v1/complaints/{anew}")).Is(200).Json.GetProperty("customerId"), c => c.ValueKind != JsonValueKind.Null, "they are known")).GetGuid().ShouldNotBe(customer.GetGuid());
    }

    [Fact]
    public async Task What_must_be_kept_is_named_with_the_reason_and_goes_by_itself_when_its_time_has_come()
    {
        var (phone, mark) = Person();
        var open = await RegisteredAsync(phone, mark);
        var filed = await LivedAsync(phone, mark);
        var withdrawn = await WithdrawnAsync(phone, mark);
        var seen = (await PreviewAsync(phone)).Json;
        var preview = seen.GetProperty("items").EnumerateArray().ToArray();
        (seen.GetProperty("records").GetInt32(), seen.GetProperty("kept").GetInt32()).ShouldBe((preview.Length, preview.Count(r => r.GetProperty("kept").ValueKind != JsonValueKind.Null)));
        Why(preview, open).ShouldBe(("open", null));
        Why(preview, withdrawn).ShouldBe((null, null));
        var (why, until) = Why(preview, filed);
        (why, DateTime.Parse(until!, System.Globalization.CultureInfo.InvariantCulture).Year).ShouldBe(("retention", (await NowAsync()).Year + 2));
        preview.Count(r => r.GetProperty("kind").GetString() == "followUp" && r.GetProperty("belongs").GetGuid() == filed && r.GetProperty("kept").GetProperty("why").GetString() == "retention").ShouldBe(1);
        (await FoundAsync(phone)).Count.ShouldBe(3, "looking changes nothing");

        var id = (await OrderAsync(phone)).Is(201).Id;
        await Eventually.BecomesAsync(() => system.Admin.GetAsync($"/api/v1/personal-data/erasures/{id}"), e => e.Text("state") == "waiting", "what can be erased is erased");
        var left = (await RecordsAsync(id)).Where(r => r.GetProperty("erasedAt").ValueKind == JsonValueKind.Null).ToArray();
        left.ShouldAllBe(r => r.GetProperty("kept").ValueKind != JsonValueKind.Null);
        (await system.Admin.GetAsync($"/api/v1/personal-data/erasures/{id}")).Is(200).Json.GetProperty("kept").GetInt32().ShouldBe(left.Length);
        (await FoundAsync(phone)).ShouldBe([filed, open], ignoreOrder: true);
        (await OpenAsync(open)).ShouldContain(mark, Case.Sensitive, "who is still to be called back can be");

        // Asked for again: the same one, with what has come since.
        var late = await WithdrawnAsync(phone, mark);
        (await OrderAsync(phone)).Is(200).Id.ShouldBe(id);
        await Eventually.BecomesAsync(() => FoundAsync(phone), found => !found.Contains(late), "what has come since is erased too");

        (await system.Admin.ActAsync(open, "withdrawal", new { reason = mark })).Is(200);
        await system.Admin.AdvanceAsync("PT2H");
        await Eventually.BecomesAsync(() => FoundAsync(phone), found => !found.Contains(open), "the case that was open is over");
        (await FoundAsync(phone)).ShouldBe([filed]);
        await system.Admin.AdvanceAsync(AfterRetention);
        await CompletedAsync(id);
        (await FoundAsync(phone)).ShouldBeEmpty();
        (await TextsAsync(mark)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Ordered_at_two_hosts_at_once_it_is_one_erasure_and_happens_once()
    {
        var (phone, mark) = Person();
        var cases = new List<Guid>();
        for (var i = 0; i < 5; i++) cases.Add(await WithdrawnAsync(phone, mark));
        var crowd = await Crowd.SignInAsync(8, "demo.admin", system.Host, await system.StartHostAsync());
        var answers = await Crowd.AtOnceAsync(crowd.Select(api => (Func<Task<IReadOnlyList<Reply>>>)(() =>
            Crowd.InsistAsync(() => api.PostAsync("/api/v1/personal-data/erasures", new { phone, reason = "客户来函" })))));
        var ids = answers.Select(a => a[^1].Ok().Id).Distinct().ToArray();
        foreach (var id in ids) await CompletedAsync(id);
        (await FoundAsync(phone)).ShouldBeEmpty();
        await ShouldBeErasedOnceAsync(system.Database, cases);
    }

    [Fact]
    public async Task Whoever_is_killed_in_the_middle_another_ends_it_and_nothing_happens_twice()
    {
        var database = await system.Server.CloneAsync();
        (string, string)[] settings =
        [
            ("ASPNETCORE_ENVIRONMENT", "Development"), ("Crm__Database", system.Server.Postgres.HostConnectionString(database)), ("Crm__Secrets", system.Server.Secrets), ("Crm__PoolLimit", "2"),
        ];
        var (phone, mark) = Person();
        var cases = new List<Guid>();
        var host = await HostProgram.StartAsync(settings);
        var admin = await SignInAsync(host);
        for (var i = 0; i < 40; i++)
        {
            cases.Add((await admin.RegisterAsync(Api.Complaint(("customer", new { name = mark, phone }), ("building", mark)))).Is(201).Id);
            (await admin.ActAsync(cases[^1], "withdrawal", new { reason = mark })).Is(200);
        }

        var id = (await admin.PostAsync("/api/v1/personal-data/erasures", new { phone, reason = "客户来函" })).Is(201).Id;
        var erased = await Eventually.BecomesAsync(() => CountAsync(database, "SELECT count(*) FROM complaints.complaints WHERE erased_at IS NOT NULL"), count => count > 0, "it has begun");
        await host.DisposeAsync();
        (await CountAsync(database, "SELECT count(*) FROM complaints.complaints WHERE erased_at IS NOT NULL")).ShouldBeGreaterThanOrEqualTo(erased);
        await using var other = await HostProgram.StartAsync(settings);
        admin = await SignInAsync(other);
        await Eventually.BecomesAsync(() => admin.GetAsync($"/api/v1/personal-data/erasures/{id}"), e => e.Text("state") == "completed", "another host ends it");
        (await CountAsync(database, "SELECT count(*) FROM complaints.complainants")).ShouldBe(0);
        await ShouldBeErasedOnceAsync(database, cases);
    }

    [Fact]
    [Trait("Rule", "ORG-16")]
    public async Task A_customer_whom_only_their_cases_lead_to_does_not_wait_for_all_of_them()
    {
        const int count = 30;
        var ((phone, mark), (other, _)) = (Person(), Person());
        var first = await WithdrawnAsync(phone, mark);
        var customer = await Eventually.BecomesAsync(async () => (await system.Admin.GetAsync($"/api/v1/complaints/{first}")).Is(200).Json.GetProperty("customerId"), id => id.ValueKind != JsonValueKind.Null, "they are known");
        var path = $"/api/v1/customers/{customer.GetGuid()}";
        for (var i = 1; i < count; i++) await WithdrawnAsync(phone, mark);
        await Eventually.BecomesAsync(async () => (await PreviewAsync(phone)).Json.GetProperty("records").GetInt32(), found => found == count + 1, "all are known");
        await Eventually.BecomesAsync(
            () => system.ScalarAsync<long>("SELECT count(*) FROM complaints.complaints WHERE customer_id = $1", customer.GetGuid()), linked => linked == count, "all are linked");
        // The number is theirs no longer; their cases still lead to them.
        (await system.Admin.PostAsync($"{path}/contacts", new { phone = other })).Is(201);
        var contact = (await system.Admin.GetAsync(path)).Is(200);
        var old = contact.Json.GetProperty("contacts").EnumerateArray().Single(c => c.GetProperty("first").GetBoolean()).GetProperty("id").GetGuid();
        (await system.Admin.SendAsync(HttpMethod.Delete, $"{path}/contacts/{old}", body: null, ifMatch: contact.ETag)).Is(204);

        var done = await CompletedAsync((await OrderAsync(phone)).Is(201).Id);
        done.Json.GetProperty("records").GetInt32().ShouldBe(count + 1);
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.audit_entries WHERE action = 'ErasePersonalData' AND subject_id = $1::text", customer.GetGuid())).ShouldBe(1);
        (await system.ScalarAsync<long>(
            """
            SELECT count(*) FROM complaints.audit_entries e JOIN complaints.complaints c ON c.id::text = e.subject_id
            WHERE e.action = 'ErasePersonalData' AND c.customer_id = $1
              AND e.recorded_at < (SELECT recorded_at FROM organization.audit_entries WHERE action = 'ErasePersonalData' AND subject_id = $1::text)
            """,
            customer.GetGuid())).ShouldBeLessThan(count / 2, "they go with the first of their cases");
    }

    [Fact]
    public async Task However_many_records_there_are_as_many_questions_are_asked()
    {
        using var statements = new Statements();
        var (few, many) = (Person().Phone, Person().Phone);
        foreach (var (phone, count) in new[] { (few, 2), (many, 60) })
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, count), TestContext.Current.CancellationToken, async (_, _) => await RegisteredAsync(phone, mark: "x"));
            await Eventually.BecomesAsync(async () => (await PreviewAsync(phone)).Json.GetProperty("records").GetInt32(), found => found == count + 1, "the cases and the customer");
        }

        var ofFew = await AskedAsync(() => PreviewAsync(few));
        var ofMany = await AskedAsync(() => PreviewAsync(many));
        ofFew.ShouldNotBeEmpty();
        ofMany.Count.ShouldBe(ofFew.Count, Often(ofMany));
        var previewed = await PreviewedAsync(many);
        previewed.Distinct().Count().ShouldBe(61);
        ofFew = await AskedAsync(async () => (await OrderAsync(few)).Is(201));
        ofMany = await AskedAsync(async () => (await OrderAsync(many)).Is(201).Json.GetProperty("records").GetInt32().ShouldBe(61));
        ofMany.Count.ShouldBe(ofFew.Count, Often(ofMany));
        (await RecordsAsync((await OrderAsync(many)).Is(200).Id)).Select(r => r.GetProperty("id").GetGuid()).ShouldBe(previewed);

        static string Often(IReadOnlyList<string> statements) => statements.CountBy(sql => sql).MaxBy(c => c.Value).ToString();

        async Task<IReadOnlyList<Guid>> PreviewedAsync(string phone)
        {
            var (read, next) = (new List<Guid>(), "");
            do
            {
                var page = (await system.Admin.PostAsync($"/api/v1/personal-data/erasures/preview?limit=25{(next.Length > 0 ? $"&cursor={next}" : "")}", new { phone }, key: null)).Is(200).Json;
                read.AddRange(page.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("id").GetGuid()));
                next = page.GetProperty("next").GetString();
            }
            while (next is not null);
            return read;
        }

        async Task<IReadOnlyList<string>> AskedAsync(Func<Task> act)
        {
            using var activity = new System.Diagnostics.Activity("erasure").Start();
            await act();
            // What is written goes in batches, and grows with the records.
            return [.. statements.Of(activity.TraceId.ToString()).Where(sql => !sql.Contains("INSERT", StringComparison.Ordinal))];
        }
    }

    [Fact]
    public async Task Nothing_more_is_kept_of_who_was_forgotten()
    {
        var (phone, mark) = Person();
        var ticket = new { system = "hotline-1", ticketNumber = Api.NewKey() };
        var posted = (await system.Admin.RegisterAsync(Api.Complaint(("customer", new { name = mark, phone }), ("source", ticket)))).Is(201).Id;
        (await system.Admin.ActAsync(posted, "withdrawal", new { reason = mark })).Is(200);
        var filed = await LivedAsync(phone, mark);
        await system.Admin.AdvanceAsync(AfterRetention);
        await CompletedAsync((await OrderAsync(phone)).Is(201).Id);
        (await system.Admin.RegisterAsync(Api.Complaint(("customer", new { name = mark, phone }), ("source", ticket), ("content", mark)))).Is(200).Id.ShouldBe(posted, "the ticket is known");
        (await system.ScalarAsync<long>("SELECT count(*) FROM complaints.complaint_supplements WHERE complaint_id = $1", posted)).ShouldBe(0);
        (await system.Admin.ActAsync(filed, "reopening", new { reason = mark })).Is(409).Text("rule").ShouldBe("ORG-12");
        (await TextsAsync(mark)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_orders_it_without_the_right_to_do_so_everywhere()
    {
        foreach (var staff in new[] { "demo.manager", "demo.auditor", "demo.supervisor" })
        {
            var api = await system.SignInAsync(staff);
            (await api.PostAsync("/api/v1/personal-data/erasures", new { phone = "13800138000", reason = "x" })).Is(403);
            (await api.PostAsync("/api/v1/personal-data/erasures/preview", new { phone = "13800138000" }, key: null)).Is(403);
        }

        (await system.Admin.PostAsync("/api/v1/personal-data/erasures", new { phone = "1380013", reason = "x" })).Is(400).Error("phone").ShouldContain("must be a phone number");
        (await system.Admin.PostAsync("/api/v1/personal-data/erasures", new { phone = "13800138000", reason = "" })).Is(400).Error("reason").ShouldNotBeEmpty();
        var nobody = (await (await system.SignInAsync("call.manager")).PostAsync("/api/v1/personal-data/erasures", new { phone = Person().Phone, reason = "x" })).Is(201);
        (nobody.Text("state"), nobody.Json.GetProperty("records").GetInt32()).ShouldBe(("completed", 0), "there is nothing of theirs");
        (await (await system.SignInAsync("demo.auditor")).ListAsync($"/api/v1/audit?subjectId={nobody.Id}")).ShouldHaveSingleItem().GetProperty("reason").GetString().ShouldBe("x");
    }

    private static (string Phone, string Mark) Person() => ($"1341234{Interlocked.Increment(ref persons):0000}", $"forget-{Guid.NewGuid():N}");

    private async Task<Reply> PreviewAsync(string phone) => (await system.Admin.PostAsync("/api/v1/personal-data/erasures/preview", new { phone }, key: null)).Is(200);

    private Task<IReadOnlyList<JsonElement>> RecordsAsync(Guid id) => system.Admin.ListAsync($"/api/v1/personal-data/erasures/{id}/records", limit: 25);

    private Task<Reply> OrderAsync(string phone) => system.Admin.PostAsync("/api/v1/personal-data/erasures", new { phone, reason = "客户来函" });

    private Task<Reply> CompletedAsync(Guid id) => Eventually.BecomesAsync(() => system.Admin.GetAsync($"/api/v1/personal-data/erasures/{id}"), e => e.Is(200).Text("state") == "completed", "everything is erased");

    private async Task<DateTimeOffset> NowAsync() => (await system.Admin.GetAsync("/dev/clock")).Is(200).Json.GetProperty("now").GetDateTimeOffset();

    private async Task<Guid> RegisteredAsync(string phone, string mark) => (await system.Admin.RegisterAsync(Api.Complaint(
        ("customer", new { name = mark, phone }), ("content", mark), ("demand", mark), ("building", mark), ("unit", mark)))).Is(201).Id;

    private async Task<Guid> WithdrawnAsync(string phone, string mark)
    {
        var id = await RegisteredAsync(phone, mark);
        (await system.Admin.ActAsync(id, "customer-feedback", new { content = mark })).Is(200);
        (await system.Admin.ActAsync(id, "withdrawal", new { reason = mark })).Is(200);
        return id;
    }

    /// <summary>A case from its registration to the file, with its return visit, and words wherever words can be.</summary>
    private async Task<Guid> LivedAsync(string phone, string mark)
    {
        var admin = system.Admin;
        var source = new { system = "hotline-1", ticketNumber = Api.NewKey() };
        var body = Api.Complaint(("customer", new { name = mark, phone }), ("content", mark), ("demand", mark), ("building", mark), ("unit", mark), ("source", source));
        var id = (await admin.RegisterAsync(body)).Is(201).Id;
        body["content"] = $"{mark} again";
        (await admin.RegisterAsync(body)).Is(200);
        (await admin.ActAsync(id, "severity", new { severity = "major", reason = mark })).Is(200);
        (await admin.ActAsync(id, "head-report", new { to = "demo.head", how = mark })).Is(200);
        foreach (var (noun, act) in new (string, object?)[]
                 {
                     ("acceptance", null), ("customer-feedback", new { content = mark }), ("agreed-solution", new { content = mark }), ("resolution", new { summary = mark }),
                 })
            (await admin.ActAsync(id, noun, act)).Is(200);
        var followUp = (await Eventually.BecomesAsync(() => admin.ListAsync($"/api/v1/follow-ups?origin={id}"), found => found.Count == 1, "the follow-up is planned"))[0].GetProperty("id").GetGuid();
        (await admin.PostAsync($"/api/v1/follow-ups/{followUp}/outcome", new { channel = "inPerson", reached = true, satisfaction = 5, shortcomings = mark, suggestions = mark, remarks = mark, signature = mark })).Is(200);
        (await admin.GetAsync($"/api/v1/follow-ups/{followUp}")).Is(200).Json.GetProperty("visits")[0].GetProperty("signature").GetString().ShouldBe(mark);
        await Eventually.BecomesAsync(() => admin.ListAsync($"/api/v1/complaints/{id}/history"), steps => steps.Any(s => s.GetProperty("kind").GetString() == "followedUp"), "the visit is in the history");
        foreach (var (noun, act) in new (string, object?)[] { ("verification", new { result = mark }), ("written-reply", new { content = mark }), ("archive", null) }) (await admin.ActAsync(id, noun, act)).Is(200);
        return id;
    }

    /// <summary>All that the API shows of a case and its follow-ups.</summary>
    private async Task<string> OpenAsync(Guid id)
    {
        var shown = (await system.Admin.GetAsync($"/api/v1/complaints/{id}")).Is(200).Content + (await system.Admin.GetAsync($"/api/v1/complaints/{id}/history?limit=200")).Is(200).Content
            + (await (await system.SignInAsync("demo.auditor")).GetAsync($"/api/v1/audit?subjectId={id}")).Is(200).Content;
        foreach (var followUp in await system.Admin.ListAsync($"/api/v1/follow-ups?origin={id}")) shown += (await system.Admin.GetAsync($"/api/v1/follow-ups/{followUp.GetProperty("id").GetGuid()}")).Is(200).Content;
        return shown;
    }

    /// <summary>The tables in which a text stands, readable or as bytes.</summary>
    private async Task<IReadOnlyList<string>> TextsAsync(string mark)
    {
        await using var connection = await system.OpenSuperuserAsync();
        var (tables, found) = (new List<string>(), new List<string>());
        await using (var command = new Npgsql.NpgsqlCommand("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('organization', 'complaints', 'followups')", connection))
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
        tables.Count.ShouldBeGreaterThan(40);
        foreach (var table in tables)
        {
            await using var command = new Npgsql.NpgsqlCommand($"SELECT EXISTS (SELECT FROM {table} t WHERE t::text LIKE '%{mark}%' OR t::text LIKE '%' || encode('{mark}', 'hex') || '%')", connection);
            if ((bool)(await command.ExecuteScalarAsync())!) found.Add(table);
        }

        return found;
    }

    /// <summary>What reports are made of: counts and instants, as one text.</summary>
    private Task<string> StatisticsAsync() => system.ScalarAsync<string>("""
        SELECT concat_ws(E'\n',
            (SELECT json_agg(r ORDER BY r.number)::text FROM (SELECT number, project, kind, channel, category, received_at, registered_at, received_by, left_phone, written_reply_only, customer_name IS NULL AS nameless FROM complaints.complaint_records) r),
            (SELECT json_agg(c ORDER BY c.number)::text FROM (SELECT number, status, severity, cycle, handler, earliest_due_at, has_written_reply FROM complaints.complaints) c),
            (SELECT json_agg(s ORDER BY s.id)::text FROM (SELECT id, cycle, kind, at, by, status, severity FROM complaints.complaint_steps WHERE kind <> 'erased') s),
            (SELECT json_agg(k ORDER BY k.id)::text FROM (SELECT id, kind, started_at, due_at, ended_at, "end" FROM complaints.clocks) k),
            (SELECT json_agg(f ORDER BY f.number)::text FROM (SELECT number, state, satisfaction, attempt_count, planned_at, due_at, ended_at, assignee FROM followups.follow_ups) f),
            (SELECT json_agg(v ORDER BY v.id)::text FROM (SELECT id, at, by, channel, reached, satisfaction, service_quality, attitude FROM followups.visits) v))
        """);

    private async Task<IReadOnlyList<Guid>> FoundAsync(string phone) =>
        [.. (await system.Admin.PostAsync("/api/v1/complaints/lookup", new { phone }, key: null)).Is(200).Json.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid())];

    private static (string? Why, string? Until) Why(JsonElement[] records, Guid id)
    {
        var kept = records.Single(r => r.GetProperty("id").GetGuid() == id).GetProperty("kept");
        return kept.ValueKind == JsonValueKind.Null ? (null, null) : (kept.GetProperty("why").GetString(), kept.GetProperty("until").GetString());
    }

    private static async Task<Api> SignInAsync(HostProgram host) =>
        host.Caller($"Bearer {(await host.Caller(authorization: null).PostAsync("/dev/token", new { staff = "demo.admin" }, key: null)).Text("token")}");

    /// <summary>One step, one entry of the audit, one outbox number for each.</summary>
    private async Task ShouldBeErasedOnceAsync(string database, List<Guid> cases)
    {
        var ids = string.Join(", ", cases.Select(id => $"'{id}'"));
        (await CountAsync(database, $"SELECT count(*) FROM complaints.complaint_steps WHERE kind = 'erased' AND complaint_id IN ({ids})")).ShouldBe(cases.Count);
        (await CountAsync(database, $"SELECT count(DISTINCT complaint_id) FROM complaints.complaint_steps WHERE kind = 'erased' AND complaint_id IN ({ids})")).ShouldBe(cases.Count);
        (await CountAsync(database, $"SELECT count(*) FROM complaints.audit_entries WHERE action = 'ErasePersonalData' AND subject_id IN ({ids})")).ShouldBe(cases.Count);
    }

    private async Task<long> CountAsync(string database, string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection(new Npgsql.NpgsqlConnectionStringBuilder(system.Server.Postgres.SuperuserConnectionString(database)) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
