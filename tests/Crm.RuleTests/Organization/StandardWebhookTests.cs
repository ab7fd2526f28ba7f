using System.Net;
using Crm.Organization.Contracts;
using Crm.Organization.Deliveries;
using Crm.Organization.Webhooks;
using Shouldly;

namespace Crm.RuleTests;

/// <summary>ORG-11: signatures, addresses and retries of webhooks.</summary>
[Trait("Rule", "ORG-11")]
public sealed class StandardWebhookTests
{
    // The test vector of the specification's own libraries.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Id = "msg_p5jXN8AQM9LWM0D4loKWxJek", Payload = """{"test": 2432232314}""";
    private const long At = 1614265330;
    private const string Expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    [Fact]
    public void The_specifications_test_vector_holds() => StandardWebhook.Sign([Secret], Id, At, Payload).ShouldBe(Expected);

    [Fact]
    public void A_secret_without_its_mark_is_the_same_secret() => StandardWebhook.Sign([Secret["whsec_".Length..]], Id, At, Payload).ShouldBe(Expected);

    [Fact]
    public void During_a_rotation_there_is_a_signature_of_each_secret_and_a_space_between()
    {
        var other = StandardWebhook.NewSecret();
        StandardWebhook.Sign([other, Secret], Id, At, Payload).ShouldBe($"{StandardWebhook.Sign([other], Id, At, Payload)} {Expected}");
    }

    [Theory]
    [InlineData("msg_other", At, Payload)]
    [InlineData(Id, At + 1, Payload)]
    [InlineData(Id, At, """{"test":2432232314}""")]
    public void Whatever_is_changed_has_another_signature(string id, long at, string payload) => StandardWebhook.Sign([Secret], id, at, payload).ShouldNotBe(Expected);

    [Fact]
    public void New_secrets_are_long_enough_and_never_the_same()
    {
        var secrets = Enumerable.Range(0, 100).Select(_ => StandardWebhook.NewSecret()).ToArray();
        secrets.ShouldBeUnique();
        secrets.ShouldAllBe(s => s.StartsWith("whsec_") && Convert.FromBase64String(s.Substring(6)).Length >= 24 && Convert.FromBase64String(s.Substring(6)).Length <= 64);
        StandardWebhook.MessageId(Guid.NewGuid()).ShouldNotContain(".");
    }

    [Theory]
    [InlineData("0.255.255.255", "1.0.0.0")]
    [InlineData("10.0.0.0", "9.255.255.255")]
    [InlineData("10.255.255.255", "11.0.0.0")]
    [InlineData("100.64.0.0", "100.63.255.255")]
    [InlineData("100.127.255.255", "100.128.0.0")]
    [InlineData("127.0.0.1", "126.255.255.255")]
    [InlineData("127.255.255.255", "128.0.0.0")]
    [InlineData("169.254.169.254", "169.253.255.255")]
    [InlineData("169.254.255.255", "169.255.0.0")]
    [InlineData("172.16.0.0", "172.15.255.255")]
    [InlineData("172.31.255.255", "172.32.0.0")]
    [InlineData("192.0.2.1", "192.0.3.0")]
    [InlineData("192.168.0.0", "192.167.255.255")]
    [InlineData("192.168.255.255", "192.169.0.0")]
    [InlineData("198.18.0.0", "198.17.255.255")]
    [InlineData("198.19.255.255", "198.20.0.0")]
    [InlineData("203.0.113.1", "203.0.112.255")]
    [InlineData("224.0.0.1", "223.255.255.255")]
    [InlineData("255.255.255.255", "8.8.8.8")]
    [InlineData("::", "2606:4700:4700::1111")]
    [InlineData("::1", "2400::1")]
    [InlineData("::ffff:127.0.0.1", "::ffff:8.8.8.8")]
    [InlineData("64:ff9b::7f00:1", "2001:200::1")]
    [InlineData("fc00::1", "2a00::1")]
    [InlineData("fd00:ec2::254", "2003::1")]
    [InlineData("fe80::1", "3ffe::1")]
    [InlineData("2002:7f00:1::1", "2001:4860::1")]
    [InlineData("2001:db8::1", "2001:db7::1")]
    [InlineData("ff02::1", "3ffe:ffff::1")]
    public void Addresses_that_belong_to_somebody_else_than_the_public_are_told_from_their_neighbours(string special, string ordinary)
    {
        PublicAddresses.Include(IPAddress.Parse(special)).ShouldBeFalse(special);
        PublicAddresses.Include(IPAddress.Parse(ordinary)).ShouldBeTrue(ordinary);
    }

    [Theory]
    [InlineData("https://example.com/crm", true)]
    [InlineData("https://example.com:8443/crm?token=x", true)]
    [InlineData("https://8.8.8.8/", true)]
    [InlineData("http://example.com/crm", false)]
    [InlineData("ftp://example.com/crm", false)]
    [InlineData("/crm", false)]
    [InlineData("https://user:pass@example.com/", false)]
    [InlineData("https://example.com/#part", false)]
    [InlineData("https://localhost/", false)]
    [InlineData("https://crm.localhost/", false)]
    [InlineData("https://db.internal/", false)]
    [InlineData("https://127.0.0.1/", false)]
    [InlineData("https://2130706433/", false)]
    [InlineData("https://0x7f.1/", false)]
    [InlineData("https://[::1]/", false)]
    [InlineData("https://[::ffff:10.0.0.1]/", false)]
    [InlineData("https://169.254.169.254/latest/meta-data", false)]
    public void Only_public_addresses_over_https_are_taken(string address, bool isGood) => (Receiver.Fault(address, new WebhookOptions()) is null).ShouldBe(isGood);

    [Fact]
    public void What_the_settings_allow_is_taken()
    {
        Receiver.Fault("http://example.com/", new WebhookOptions { AllowHttp = true }).ShouldBeNull();
        Receiver.Fault("http://127.0.0.1/", new WebhookOptions { AllowHttp = true }).ShouldNotBeNull();
        Receiver.Fault("https://127.0.0.1/", new WebhookOptions { AllowPrivateAddresses = true }).ShouldBeNull();
    }

    [Fact]
    public void The_usual_retries_go_over_days_and_a_receiver_that_was_down_for_an_hour_is_asked_again_within_two()
    {
        var waits = DeliveryOptions.ParseRetries(new DeliveryOptions().Retries)!;
        var schedule = new RetrySchedule(waits);
        waits.Count.ShouldBe(9);
        schedule.WaitAfter(1).ShouldBe(TimeSpan.FromSeconds(5));
        schedule.WaitAfter(9).ShouldBe(TimeSpan.FromHours(24));
        schedule.WaitAfter(10).ShouldBeNull("that was the last attempt");
        waits.Aggregate((a, b) => a + b).ShouldBe(new TimeSpan(days: 3, hours: 3, minutes: 35, seconds: 5));
        // Attempts so long after the first; the first after an hour is the one at 2:35:05.
        var at = waits.Aggregate(new List<TimeSpan> { TimeSpan.Zero }, (times, wait) => [.. times, times[^1] + wait]);
        at.First(t => t > TimeSpan.FromHours(1)).ShouldBeLessThan(TimeSpan.FromHours(3));
    }

    [Theory]
    [InlineData("00:00:05", 1)]
    [InlineData("", 0)]
    [InlineData("00:00:05, 7.00:00:00", 2)]
    [InlineData("00:00:05, 7.00:00:01", null)]
    [InlineData("5", null)]
    [InlineData("-00:00:05", null)]
    [InlineData("soon", null)]
    public void Retries_are_read_as_times(string text, int? count) => DeliveryOptions.ParseRetries(text)?.Count.ShouldBe(count ?? -1);
}
