using System.Net.ServerSentEvents;
using System.Text.Json;
using Crm.ApiTests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-11: an open screen hears of everything, at any host, once.</summary>
[Trait("Rule", "ORG-11")]
public sealed class NotificationStreamTests(CrmSystem system) : IClassFixture<CrmSystem>
{
    private const string Path = "/api/v1/notifications/stream";

    [Fact]
    public async Task A_screen_hears_at_one_host_what_came_about_at_another()
    {
        var other = await system.StartHostAsync();
        await using var stream = await OpenAsync(other, "demo.manager");
        (await stream.NextAsync()).EventType.ShouldBe("unread");
        var major = await MajorAsync();
        var news = await stream.NextAsync();
        news.EventType.ShouldBe("notification");
        var notification = JsonDocument.Parse(news.Data).RootElement.GetProperty("notification");
        notification.GetProperty("subjectId").GetGuid().ShouldBe(major);
        notification.GetProperty("position").GetString().ShouldBe(news.EventId);
        JsonDocument.Parse(news.Data).RootElement.GetProperty("unread").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task After_a_reconnection_the_screen_hears_what_came_meanwhile_and_nothing_twice()
    {
        var other = await system.StartHostAsync();
        string seen;
        await using (var stream = await OpenAsync(system.Host, "demo.manager"))
        {
            seen = (await stream.NextAsync()).EventId!;
        }

        var missed = new[] { await MajorAsync(), await MajorAsync(), await MajorAsync() };
        await Eventually.BecomesAsync(() => system.ScalarAsync<long>("SELECT count(*) FROM organization.notifications WHERE subject_id = ANY($1) AND number IS NOT NULL", (object)missed), n => n == 3, "three are told");
        await using var again = await OpenAsync(other, "demo.manager", seen);
        (await again.NextAsync()).EventId.ShouldBe(seen);
        foreach (var expected in missed) (await again.NotificationAsync()).ShouldBe(expected);
        await using var last = await OpenAsync(system.Host, "demo.manager", again.LastId);
        await last.NextAsync();
        var fresh = await MajorAsync();
        (await last.NotificationAsync()).ShouldBe(fresh);
    }

    [Fact]
    public async Task While_two_hosts_write_at_once_no_number_is_passed_over()
    {
        const int Many = 80;
        var other = await system.StartHostAsync();
        await using var stream = await OpenAsync(other, "demo.manager");
        await stream.NextAsync();
        var crowd = await Crowd.SignInAsync(4, "demo.admin", system.Host, other);
        var registered = await Crowd.AtOnceAsync(Enumerable.Range(0, Many).Select(i => (Func<Task<Guid>>)(async () =>
            (await crowd[i % crowd.Length].RegisterAsync(Api.Complaint(("severity", "major"), ("majorCriterion", "beyondOfficer")))).Is(201).Id)));
        var (heard, places) = (new List<Guid>(), new List<long>());
        while (heard.Count < Many)
        {
            heard.Add(await stream.NotificationAsync());
            places.Add(long.Parse(stream.LastId!, System.Globalization.CultureInfo.InvariantCulture));
        }

        heard.ShouldBe(registered, ignoreOrder: true);
        places.ShouldBe(places.Order().Distinct());
    }

    [Fact]
    public async Task What_somebody_does_not_want_on_screens_is_in_the_inbox_only()
    {
        var harbour = await system.SignInAsync("harbour.officer");
        var preferences = (await harbour.GetAsync("/api/v1/notifications/preferences")).Is(200);
        (await harbour.SendAsync(HttpMethod.Put, "/api/v1/notifications/preferences", new { language = "zh", kinds = new[] { new { kind = "complaints.major-registered", channels = Array.Empty<string>() } } }, ifMatch: preferences.ETag)).Is(200);
        await using var stream = await OpenAsync(system.Host, "harbour.officer");
        await stream.NextAsync();
        var (silent, loud) = (await MajorAsync("harbour"), await MajorAsync("harbour"));
        (await system.Admin.ActAsync(loud, "acceptance")).Is(200);
        await Eventually.BecomesAsync(() => harbour.ListAsync("/api/v1/notifications"), n => n.Count(x => x.GetProperty("subjectId").GetGuid() == silent) == 1, "it is in the inbox");
        await system.Admin.AdvanceAsync("PT11M");
        (await stream.NextAsync()).Data.ShouldNotContain("complaints.major-registered");
    }

    [Fact]
    public async Task A_host_that_is_asked_to_end_closes_its_streams()
    {
        var ending = await system.StartHostAsync();
        await using var stream = await OpenAsync(ending, "demo.manager");
        await stream.NextAsync();
        ending.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        (await stream.EndsAsync()).ShouldBeTrue();
    }

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task Whoever_may_no_longer_listen_hears_nothing_more()
    {
        await using var stream = await OpenAsync(system.Host, "demo.head");
        await stream.NextAsync();
        await system.ExecuteAsync("DELETE FROM organization.role_assignments WHERE staff = 'demo.head'; UPDATE organization.directory_version SET version = version + 1");
        (await stream.EndsAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_stream_ends_after_the_time_asked_for_and_refuses_what_it_cannot_understand()
    {
        await using var stream = await OpenAsync(system.Host, "demo.officer", query: "?for=PT1S");
        await stream.NextAsync();
        (await stream.EndsAsync()).ShouldBeTrue();
        var officer = await system.SignInAsync("demo.officer");
        foreach (var time in new[] { "PT0.999999S", "PT1H0.000001S", "1", "-PT5S" }) (await officer.GetAsync($"{Path}?for={time}")).Is(400).Error("for").ShouldNotBeEmpty();
        using var strange = await Screen.AskAsync(system.Host, "demo.officer", lastId: "yesterday", query: "");
        ((int)strange.StatusCode).ShouldBe(400);
        (await strange.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("Last-Event-ID");
    }

    private async Task<Guid> MajorAsync(string project = "demo") =>
        (await system.Admin.RegisterAsync(Api.Complaint(("project", project), ("severity", "major"), ("majorCriterion", "beyondOfficer")))).Is(201).Id;

    private static Task<Screen> OpenAsync(HostUnderTest host, string staff, string? lastId = null, string query = "") => Screen.OpenAsync(host, staff, lastId, query);

    /// <summary>A screen that listens, as a browser does.</summary>
    private sealed class Screen(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> events) : IAsyncDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

        public string? LastId { get; private set; }

        public static async Task<Screen> OpenAsync(HostUnderTest host, string staff, string? lastId, string query)
        {
            var response = await AskAsync(host, staff, lastId, query);
            ((int)response.StatusCode).ShouldBe(200);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
            return new Screen(response, SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator());
        }

        public static async Task<HttpResponseMessage> AskAsync(HostUnderTest host, string staff, string? lastId, string query)
        {
            var client = new HttpClient { BaseAddress = host.Address, Timeout = Timeout.InfiniteTimeSpan };
            var token = (await host.Anonymous().PostAsync("/dev/token", new { staff }, key: null)).Text("token");
            var request = new HttpRequestMessage(HttpMethod.Get, Path + query);
            request.Headers.Authorization = new("Bearer", token);
            if (lastId is not null) request.Headers.Add("Last-Event-ID", lastId);
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }

        public async Task<SseItem<string>> NextAsync()
        {
            (await events.MoveNextAsync().AsTask().WaitAsync(Patience)).ShouldBeTrue("the stream goes on");
            LastId = events.Current.EventId ?? LastId;
            return events.Current;
        }

        /// <summary>What the next notification is about; figures in between are passed over.</summary>
        public async Task<Guid> NotificationAsync()
        {
            while (true)
            {
                var item = await NextAsync();
                if (item.EventType == "notification") return JsonDocument.Parse(item.Data).RootElement.GetProperty("notification").GetProperty("subjectId").GetGuid();
            }
        }

        public async Task<bool> EndsAsync()
        {
            while (await events.MoveNextAsync().AsTask().WaitAsync(Patience)) LastId = events.Current.EventId;
            return true;
        }

        public ValueTask DisposeAsync()
        {
            response.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
