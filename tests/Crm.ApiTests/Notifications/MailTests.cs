using System.Text;
using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>Hosts that send e-mails to a server on this machine, and try again soon.</summary>
public sealed class MailSystem(TestServer server) : CrmSystem(server)
{
    private static int people;

    public SmtpListener Smtp { get; } = new();

    protected override (string Key, string Value)[] Settings => SettingsFor(Smtp, "none");

    public Task StartAnotherAsync() => StartHostAsync(Settings);

    public static (string Key, string Value)[] SettingsFor(SmtpListener smtp, string tls) =>
    [
        ("Crm:Mail:Host", "localhost"), ("Crm:Mail:Port", $"{smtp.Port}"), ("Crm:Mail:Tls", tls), ("Crm:Mail:User", SmtpListener.User), ("Crm:Mail:Password", SmtpListener.Password), ("Crm:Mail:From", "crm@example.com"),
        ("Crm:Deliveries:Retries", string.Join(", ", Enumerable.Repeat("00:00:00.2", 200))), ("Crm:Deliveries:Poll", "00:00:00.1"),
    ];

    /// <summary>Somebody nobody else has to do with, who holds a role in a project.</summary>
    public static async Task<(string Code, string Email)> AppointAsync(Api admin, string role, string project, bool hasAddress = true)
    {
        var code = $"mail.person{Interlocked.Increment(ref people)}";
        var email = $"{code}@staff.example";
        (await admin.PostAsync("/api/v1/staff", new { code, name = "测试", subject = code, email = hasAddress ? email : null })).Is(201);
        (await admin.PostAsync($"/api/v1/staff/{code}/roles", new { role, scope = "project", place = project })).Is(201);
        return (code, email);
    }
}

/// <summary>ORG-11: e-mails: to whom, in which words, when, and what becomes of those that cannot be delivered.</summary>
[Trait("Rule", "ORG-11")]
public sealed class MailTests(MailSystem system) : IClassFixture<MailSystem>
{
    private const string Preferences = "/api/v1/notifications/preferences";

    [Fact]
    public async Task What_is_worth_an_e_mail_is_sent_once_by_two_hosts_in_the_persons_language_and_tells_nothing_of_the_customer()
    {
        await system.StartAnotherAsync();
        var (code, email) = await MailSystem.AppointAsync(system.Admin, "areaManager", "demo");
        var first = await MajorAsync("demo");
        var mail = (await TakenAsync(email, first)).ShouldHaveSingleItem();
        mail.From.ShouldBe("crm@example.com");
        var text = Decoded(mail.Text);
        text.ShouldContain($"已登记重大投诉 {first.Number}", Case.Sensitive, "Chinese unless they choose otherwise");
        foreach (var nothing in new[] { "李女士", "13800138000", "电梯" }) text.ShouldNotContain(nothing);
        mail.Text.ShouldContain("Auto-Submitted: auto-generated");

        await PreferAsync(code, new { language = "en", kinds = Array.Empty<object>() });
        var second = await MajorAsync("demo");
        Decoded((await TakenAsync(email, second)).Single().Text).ShouldContain($"Major complaint {second.Number} was registered. Report it to the head.");

        await PreferAsync(code, new { language = "en", kinds = new[] { new { kind = "complaints.major-registered", channels = new[] { "screen" } } } });
        var third = await MajorAsync("demo");
        await system.Admin.SettleAsync();
        (await system.ScalarAsync<long>("SELECT count(*) FROM organization.notifications WHERE subject_id = $1 AND staff = $2 AND mail_at IS NULL", third.Id, code)).ShouldBe(1, "they want no e-mail of this kind");
        await Eventually.BecomesAsync(() => EmailsAsync(code), sent => sent.Count == 2 && sent.All(e => Text(e, "state") == "delivered" && e.GetProperty("attempts").GetInt32() == 1), "both are noted as delivered, at the first attempt");
        system.Smtp.Taken.Count(m => m.To == email).ShouldBe(2);
    }

    [Fact]
    public async Task A_server_that_asks_for_patience_gets_it_again_and_one_that_refuses_for_good_does_not_until_somebody_puts_it_right()
    {
        var (later, laterEmail) = await MailSystem.AppointAsync(system.Admin, "areaManager", "harbour");
        var (never, neverEmail) = await MailSystem.AppointAsync(system.Admin, "areaManager", "harbour");
        system.Smtp.Answers[laterEmail] = times => times <= 2 ? "451 later" : "250 ok";
        system.Smtp.Answers[neverEmail] = _ => "550 nobody here";
        var complaint = await MajorAsync("harbour");
        (await TakenAsync(laterEmail, complaint)).Count.ShouldBe(1);
        var delivered = (await Eventually.BecomesAsync(() => EmailsAsync(later), e => e.Count == 1 && Text(e[0], "state") == "delivered", "it is delivered"))[0];
        (delivered.GetProperty("attempts").GetInt32(), delivered.GetProperty("lastStatus").GetInt32()).ShouldBe((3, 250));

        var refused = (await Eventually.BecomesAsync(() => EmailsAsync(never), e => e.Count == 1 && Text(e[0], "state") == "failed", "it is given up"))[0];
        (refused.GetProperty("attempts").GetInt32(), refused.GetProperty("lastStatus").GetInt32(), Text(refused, "lastFailure"), refused.GetProperty("nextAttemptAt").ValueKind).ShouldBe((1, 550, "refused", JsonValueKind.Null));
        system.Smtp.OfferedFor(neverEmail).ShouldBe(1);
        (await system.Admin.ListAsync("/api/v1/emails?state=failed")).Select(e => Text(e, "staff")).ShouldContain(never);

        var person = (await system.Admin.GetAsync($"/api/v1/staff/{never}")).Is(200);
        (await system.Admin.SendAsync(HttpMethod.Put, $"/api/v1/staff/{never}", new { name = "测试", subject = never, email = "right@staff.example" }, ifMatch: person.ETag)).Is(200);
        (await system.Admin.PostAsync($"/api/v1/emails/{refused.GetProperty("id")}/replay")).Is(204);
        (await TakenAsync("right@staff.example", complaint)).Count.ShouldBe(1);
        (await system.Admin.PostAsync($"/api/v1/emails/{Guid.NewGuid()}/replay")).Is(404);
    }

    [Fact]
    public async Task A_mail_server_that_was_down_gets_everything_when_it_is_back()
    {
        var (code, email) = await MailSystem.AppointAsync(system.Admin, "areaManager", "harbour");
        await system.Smtp.GoDownAsync();
        var complaint = await MajorAsync("harbour");
        await Eventually.BecomesAsync(() => EmailsAsync(code), e => e.Count == 1 && Text(e[0], "lastFailure") == "unreachable", "it cannot be reached");
        system.Smtp.ComeBack();
        (await TakenAsync(email, complaint)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task In_quiet_hours_an_e_mail_waits_for_their_end_unless_it_is_urgent_and_is_not_sent_when_it_was_read_meanwhile()
    {
        // Half past ten in the evening in Shanghai.
        await system.Admin.SetClockAsync("2027-03-02T14:30:00Z");
        var (code, email) = await MailSystem.AppointAsync(system.Admin, "areaManager", "demo");
        await PreferAsync(code, new { language = "en", timeZone = "Asia/Shanghai", quietHours = new { from = "22:00", to = "07:30" }, kinds = new[] { new { kind = "complaints.reopened", channels = new[] { "email" } } } });
        var officer = await system.SignInAsync(code);
        var (read, unread) = (await ReopenedAsync(officer), await ReopenedAsync(officer));
        await system.Admin.SettleAsync();
        var listed = await Eventually.BecomesAsync(() => officer.ListAsync("/api/v1/notifications?unread=true"), n => n.Count(x => Text(x, "kind") == "complaints.reopened") == 2, "both are in the inbox");
        (await officer.PostAsync($"/api/v1/notifications/{listed.Single(n => n.GetProperty("subjectId").GetGuid() == read.Id && Text(n, "kind") == "complaints.reopened").GetProperty("id")}/acknowledgement")).Is(204);
        var urgent = await MajorAsync("demo");
        (await TakenAsync(email, urgent)).Count.ShouldBe(1, "what is urgent does not wait");

        await system.Admin.SetClockAsync("2027-03-02T23:29:59.999999Z");
        // Both hosts' loops have looked by then.
        await Task.Delay(TimeSpan.FromSeconds(1.5), TestContext.Current.CancellationToken);
        (await WaitingAsync(code)).ShouldBe(2, "nothing is sent one microsecond before the end");
        system.Smtp.Taken.ShouldNotContain(m => m.To == email && Decoded(m.Text).Contains(unread.Number));

        await system.Admin.SetClockAsync("2027-03-02T23:30:00Z");
        (await TakenAsync(email, unread)).Count.ShouldBe(1);
        await Eventually.BecomesAsync(() => WaitingAsync(code), n => n == 0, "both have been looked at");
        system.Smtp.Taken.ShouldNotContain(m => m.To == email && Decoded(m.Text).Contains(read.Number) && Decoded(m.Text).Contains("reopened"));
    }

    [Fact]
    public async Task Who_has_no_address_is_skipped_and_that_is_said()
    {
        var (code, email) = await MailSystem.AppointAsync(system.Admin, "areaManager", "harbour", hasAddress: false);
        var person = await system.SignInAsync(code);
        (await person.GetAsync(Preferences)).Is(200).Text("email").ShouldBe("noAddress");
        var complaint = await MajorAsync("harbour");
        var skipped = (await Eventually.BecomesAsync(() => EmailsAsync(code), e => e.Count == 1, "it is noted"))[0];
        (Text(skipped, "state"), Text(skipped, "lastFailure"), skipped.GetProperty("attempts").GetInt32()).ShouldBe(("failed", "noAddress", 0));
        (await system.Admin.SendAsync(HttpMethod.Put, $"/api/v1/staff/{code}", new { name = "测试", subject = code, email }, ifMatch: (await system.Admin.GetAsync($"/api/v1/staff/{code}")).ETag)).Is(200);
        (await person.GetAsync(Preferences)).Is(200).Text("email").ShouldBe("ready");
        (await system.Admin.PostAsync($"/api/v1/emails/{skipped.GetProperty("id")}/replay")).Is(204);
        (await TakenAsync(email, complaint)).Count.ShouldBe(1);
    }

    [Fact]
    [Trait("Rule", "ORG-12")]
    public async Task An_address_is_kept_sealed_seen_in_full_by_those_who_manage_staff_and_forgotten_when_they_leave()
    {
        var (code, email) = await MailSystem.AppointAsync(system.Admin, "areaManager", "demo");
        var complaint = await MajorAsync("demo");
        await TakenAsync(email, complaint);
        var manager = await system.SignInAsync("demo.manager");
        (await manager.GetAsync($"/api/v1/staff/{code}")).Is(200).Text("email").ShouldBe("m***@staff.example");
        var seen = await SeenAsync(code);
        (await system.Admin.GetAsync($"/api/v1/staff/{code}")).Is(200).Text("email").ShouldBe(email);
        (await SeenAsync(code)).ShouldBe(seen + 1, "who sees it in full is written down");
        (await manager.GetAsync($"/api/v1/staff?limit=200")).Is(200).Content.ShouldNotContain("staff.example");

        var heir = (await MailSystem.AppointAsync(system.Admin, "areaManager", "demo")).Code;
        (await system.Admin.SendAsync(HttpMethod.Post, $"/api/v1/staff/{code}/departure", new { successor = heir, reason = "调离" }, Api.NewKey())).Is(200);
        (await system.Admin.GetAsync($"/api/v1/staff/{code}")).Is(200).Json.GetProperty("email").ValueKind.ShouldBe(JsonValueKind.Null);

        var (tables, found) = (0, new List<string>());
        await using var connection = await system.OpenSuperuserAsync();
        foreach (var table in await system.ScalarAsync<string[]>("SELECT array_agg(schemaname || '.' || tablename) FROM pg_tables WHERE schemaname IN ('organization', 'complaints', 'followups', 'platform')"))
        {
            await using var command = new Npgsql.NpgsqlCommand($"SELECT EXISTS (SELECT FROM {table} t WHERE t::text LIKE '%mail.person%@staff%')", connection);
            if (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) is true) found.Add(table);
            tables++;
        }

        tables.ShouldBeGreaterThan(30);
        found.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("@example.com")]
    [InlineData("a@b@c")]
    [InlineData("Chen <chen@example.com>")]
    [InlineData("two@example.com, three@example.com")]
    [InlineData("x@example.com\r\nBcc: y@example.com")]
    [InlineData("c***@example.com")]
    [InlineData("陈@example.com")]
    public async Task What_is_no_address_is_refused(string email) =>
        (await system.Admin.PostAsync("/api/v1/staff", new { code = "mail.nobody", name = "测试", subject = "mail.nobody", email })).Is(400).Error("email").ShouldNotBeEmpty();

    private async Task<(Guid Id, string Number)> MajorAsync(string project)
    {
        var made = (await system.Admin.RegisterAsync(Api.Complaint(("project", project), ("severity", "major"), ("majorCriterion", "heavyLossOrInjury")))).Is(201);
        return (made.Id, made.Text("number"));
    }

    private async Task<(Guid Id, string Number)> ReopenedAsync(Api handler)
    {
        var made = (await system.Admin.RegisterAsync()).Is(201);
        (await handler.ActAsync(made.Id, "acceptance")).Is(200);
        (await system.Admin.ActAsync(made.Id, "resolution", new { summary = "已修复" })).Is(200);
        (await system.Admin.ActAsync(made.Id, "reopening", new { reason = "又坏了" })).Is(200);
        return (made.Id, made.Text("number"));
    }

    /// <summary>What somebody was sent of a case, once it is there.</summary>
    private Task<IReadOnlyList<TakenMail>> TakenAsync(string to, (Guid Id, string Number) complaint) => Eventually.BecomesAsync(
        () => Task.FromResult<IReadOnlyList<TakenMail>>([.. system.Smtp.Taken.Where(m => m.To == to && Decoded(m.Text).Contains(complaint.Number))]), mail => mail.Count > 0, $"an e-mail for {to}");

    private async Task<IReadOnlyList<JsonElement>> EmailsAsync(string staff)
    {
        var all = await system.Admin.ListAsync("/api/v1/emails", limit: 3);
        all.ShouldAllBe(e => !e.GetRawText().Contains('@'));
        return [.. all.Where(e => Text(e, "staff") == staff)];
    }

    private Task<long> WaitingAsync(string staff) => system.ScalarAsync<long>("SELECT count(*) FROM organization.notifications WHERE staff = $1 AND mail_at IS NOT NULL", staff);

    private Task<long> SeenAsync(string staff) => system.ScalarAsync<long>("SELECT count(*) FROM organization.audit_entries WHERE action = 'GetStaff' AND subject_id = $1", staff);

    private async Task PreferAsync(string staff, object preferences)
    {
        var api = await system.SignInAsync(staff);
        (await api.SendAsync(HttpMethod.Put, Preferences, preferences, ifMatch: (await api.GetAsync(Preferences)).ETag)).Is(200);
    }

    private static string? Text(JsonElement element, string property) => element.GetProperty(property).GetString();

    /// <summary>Subject and body in words.</summary>
    internal static string Decoded(string mail)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(mail));
        using var message = MimeKit.MimeMessage.Load(stream);
        return $"{message.Subject}\n{message.TextBody}";
    }
}

/// <summary>ORG-11: how a host gets to its mail server, and what it does without one.</summary>
[Trait("Rule", "ORG-11")]
public sealed class MailServerTests(TestServer server)
{
    [Fact]
    public async Task Without_a_mail_server_nothing_waits_to_be_sent_and_people_are_told_so()
    {
        await using var silent = new OtherSystem(server, []);
        await silent.InitializeAsync();
        (await silent.Admin.GetAsync("/api/v1/notifications/preferences")).Is(200).Text("email").ShouldBe("notSetUp");
        await RegisterMajorAsync(silent);
        await silent.Admin.SettleAsync();
        (await silent.ScalarAsync<long>("SELECT count(*) FROM organization.notifications")).ShouldBeGreaterThan(0);
        (await silent.ScalarAsync<long>("SELECT count(*) FROM organization.notifications WHERE mail_at IS NOT NULL")).ShouldBe(0);
        (await silent.Admin.ListAsync("/api/v1/emails")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_no_encryption_comes_about_that_can_be_trusted_neither_password_nor_e_mail_is_sent(bool offersTls)
    {
        await using var smtp = new SmtpListener(offersTls);
        await using var careful = new OtherSystem(server, MailSystem.SettingsFor(smtp, "startTls"));
        await careful.InitializeAsync();
        var (code, email) = await MailSystem.AppointAsync(careful.Admin, "areaManager", "demo");
        await RegisterMajorAsync(careful);
        await Eventually.BecomesAsync(() => careful.Admin.ListAsync("/api/v1/emails"), e => e.Any(x => x.GetProperty("staff").GetString() == code && x.GetProperty("lastFailure").GetString() == "tls"), "it is not sent");
        (smtp.Taken.Count, smtp.OfferedFor(email)).ShouldBe((0, 0));
    }

    [Fact]
    public async Task A_wrong_password_is_tried_again_until_it_is_right()
    {
        await using var smtp = new SmtpListener();
        await using var wrong = new OtherSystem(server, [.. MailSystem.SettingsFor(smtp, "none").Where(s => s.Key != "Crm:Mail:Password"), ("Crm:Mail:Password", "wrong")]);
        await wrong.InitializeAsync();
        var (code, _) = await MailSystem.AppointAsync(wrong.Admin, "areaManager", "demo");
        await RegisterMajorAsync(wrong);
        await Eventually.BecomesAsync(() => wrong.Admin.ListAsync("/api/v1/emails"), e => e.Any(x => x.GetProperty("staff").GetString() == code && x.GetProperty("lastFailure").GetString() == "signIn" && x.GetProperty("attempts").GetInt32() >= 2), "it is not taken, and tried again");
        smtp.Taken.ShouldBeEmpty();
    }

    [Fact]
    public async Task With_a_certificate_that_is_trusted_the_e_mail_goes_out_encrypted()
    {
        await using var smtp = new SmtpListener(offersTls: true);
        var database = await server.CloneAsync();
        var trusted = Path.Combine(Path.GetTempPath(), $"crm-mail-{Guid.NewGuid():N}.pem");
        await File.WriteAllTextAsync(trusted, smtp.CertificatePem, TestContext.Current.CancellationToken);
        try
        {
            await using var host = await HostProgram.StartAsync([
                ("ASPNETCORE_ENVIRONMENT", "Development"), ("Crm__Database", server.Postgres.HostConnectionString(database)), ("Crm__Secrets", server.Secrets), ("Crm__PoolLimit", "2"), ("SSL_CERT_FILE", trusted),
                .. MailSystem.SettingsFor(smtp, "startTls").Select(s => (s.Key.Replace(":", "__"), s.Value))]);
            var admin = host.Caller($"Bearer {(await host.Caller(authorization: null).PostAsync("/dev/token", new { staff = "demo.admin" }, key: null)).Text("token")}");
            var (_, email) = await MailSystem.AppointAsync(admin, "areaManager", "demo");
            (await admin.RegisterAsync(Api.Complaint(("severity", "major"), ("majorCriterion", "heavyLossOrInjury")))).Is(201);
            var mail = await Eventually.BecomesAsync(() => Task.FromResult(smtp.Taken), taken => taken.Any(m => m.To == email), "it arrives");
            mail.ShouldAllBe(m => m.Encrypted);
            host.Said.ShouldNotContain("staff.example");
        }
        finally
        {
            File.Delete(trusted);
        }
    }

    [Fact]
    public async Task A_host_whose_mail_settings_cannot_be_right_does_not_start_and_says_which()
    {
        var ending = await HostProgram.RunAsync([], ("ASPNETCORE_ENVIRONMENT", "Development"), ("Crm__Mail__Host", "smtp.example.com"), ("Crm__Mail__User", "crm"), ("Crm__Mail__Port", "0"), ("Crm__Mail__Tls", "yes"));
        ending.ExitCode.ShouldBe(78);
        foreach (var said in new[] { "Crm:Mail:From", "Crm:Mail:Password", "Crm:Mail:Port", "Crm:Mail:Tls" }) ending.Errors.ShouldContain(said);
    }

    private static async Task RegisterMajorAsync(CrmSystem system) =>
        (await system.Admin.RegisterAsync(Api.Complaint(("severity", "major"), ("majorCriterion", "heavyLossOrInjury")))).Is(201);

    private sealed class OtherSystem(TestServer server, (string Key, string Value)[] settings) : CrmSystem(server)
    {
        protected override (string Key, string Value)[] Settings => settings;
    }
}
