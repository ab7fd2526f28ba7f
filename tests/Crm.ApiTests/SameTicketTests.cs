using Crm.ApiTests.Infrastructure;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>One ticket posted by many at once is one case.</summary>
public sealed class SameTicketTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private const int Clients = 50;
    private const int Rounds = 10;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Rule", "CMP-02")]
    public async Task Fifty_clients_posting_one_ticket_to_two_hosts_at_once_make_one_case(bool withOneKey)
    {
        var crowd = await Crowd.SignInAsync(Clients, "demo.officer", await system.StartHostAsync(), await system.StartHostAsync());
        var told = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var ticket = $"R{round}-{withOneKey}";
            var body = Api.Complaint(("source", new { system = "hotline-1", ticketNumber = ticket }));
            var shared = Api.NewKey();
            var answers = await Crowd.AtOnceAsync(crowd.Select(api =>
            {
                var key = withOneKey ? shared : Api.NewKey();
                return (Func<Task<IReadOnlyList<Reply>>>)(() => Crowd.InsistAsync(() => api.PostAsync("/api/v1/complaints", body, key)));
            }));

            answers.Length.ShouldBe(Clients);
            foreach (var interim in answers.SelectMany(a => a.SkipLast(1))) interim.Is(409).RetryAfter.ShouldNotBeNull();
            told += answers.Sum(a => a.Count - 1);
            var final = answers.Select(a => a[^1].Ok()).ToArray();
            var id = final.Select(r => r.Id).Distinct().ShouldHaveSingleItem();
            final.Select(r => r.Text("number")).Distinct().ShouldHaveSingleItem();
            if (withOneKey) final.Select(r => ((int)r.Status, r.Content, r.ETag, r.Location)).Distinct().ShouldHaveSingleItem();
            else final.Count(r => (int)r.Status == 201).ShouldBe(1, "one client made the case, the others were given it");

            (await CountAsync("complaints.complaint_records", "source_ticket = $1", ticket)).ShouldBe(1);
            (await CountAsync("complaints.complaints", "id = $1", id)).ShouldBe(1);
            (await CountAsync("complaints.clocks", "subject_id = $1", id)).ShouldBe(2, "feedback and escalation, once");
            (await CountAsync("complaints.outbox_events", "aggregate_id = $1 AND type = 'CaseRegistered'", id)).ShouldBe(1);
            (await CountAsync("complaints.complaint_supplements", "complaint_id = $1", id)).ShouldBe(0, "the words were the same");
        }

        told.ShouldBeGreaterThan(0, "in ten rounds nobody met anybody: they did not come at once");
    }

    [Fact]
    [Trait("Rule", "CMP-02")]
    public async Task Fifty_clients_with_one_key_and_no_ticket_number_make_one_case()
    {
        var crowd = await Crowd.SignInAsync(Clients, "demo.officer", await system.StartHostAsync(), await system.StartHostAsync());
        var (key, mark) = (Api.NewKey(), $"one key {Guid.NewGuid()}");
        var answers = await Crowd.AtOnceAsync(crowd.Select(api =>
            (Func<Task<IReadOnlyList<Reply>>>)(() => Crowd.InsistAsync(() => api.PostAsync("/api/v1/complaints", Api.Complaint(("building", mark)), key)))));

        answers.Select(a => a[^1].Is(201).Content).Distinct().ShouldHaveSingleItem();
        (await CountAsync("complaints.complainants", "building = $1", mark)).ShouldBe(1);
    }

    [Fact]
    [Trait("Rule", "CMP-03")]
    public async Task Other_words_for_the_same_ticket_are_kept_beside_the_record_once()
    {
        var source = new { system = "hotline-1", ticketNumber = "S-1" };
        var first = (await system.Admin.RegisterAsync(Api.Complaint(("source", source)))).Is(201);
        var more = Api.Complaint(("source", source), ("content", "电梯停运，已困人两次"));
        var crowd = await Crowd.SignInAsync(clients: 20, "demo.officer", await system.StartHostAsync());

        var answers = await Crowd.AtOnceAsync(crowd.Select(api =>
            (Func<Task<IReadOnlyList<Reply>>>)(() => Crowd.InsistAsync(() => api.RegisterAsync(more)))));
        foreach (var answer in answers) answer[^1].Is(200).Id.ShouldBe(first.Id);
        (await system.Admin.RegisterAsync(Api.Complaint(("source", source), ("content", "第三种说法")))).Is(200);
        (await system.Admin.RegisterAsync(Api.Complaint(("source", source)))).Is(200);

        var read = (await system.Admin.GetAsync($"/api/v1/complaints/{first.Id}")).Is(200);
        read.Text("content").ShouldBe("电梯停运");
        read.Json.GetProperty("supplements").EnumerateArray().Select(s => s.GetProperty("content").GetString()).ShouldBe(["电梯停运，已困人两次", "第三种说法"]);
        (await CountAsync("complaints.outbox_events", "aggregate_id = $1 AND type = 'CaseRegistered'", first.Id)).ShouldBe(1);
    }

    [Fact]
    public async Task Another_system_or_another_ticket_number_is_another_case()
    {
        Guid[] cases =
        [
            (await system.Admin.RegisterAsync(Api.Complaint(("source", new { system = "a", ticketNumber = "1" })))).Is(201).Id,
            (await system.Admin.RegisterAsync(Api.Complaint(("source", new { system = "b", ticketNumber = "1" })))).Is(201).Id,
            (await system.Admin.RegisterAsync(Api.Complaint(("source", new { system = "a", ticketNumber = "2" })))).Is(201).Id,
        ];
        cases.Distinct().Count().ShouldBe(3);
    }

    private Task<long> CountAsync(string table, string where, object value) => system.ScalarAsync<long>($"SELECT count(*) FROM {table} WHERE {where}", value);
}
