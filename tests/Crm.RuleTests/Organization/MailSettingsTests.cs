using Crm.Organization.Contracts;
using Crm.Organization.Mail;
using Shouldly;

namespace Crm.RuleTests;

/// <summary>ORG-11: what mail settings and addresses can be.</summary>
[Trait("Rule", "ORG-11")]
public sealed class MailSettingsTests
{
    private static MailOptions Good => new() { Host = "smtp.example.com", From = "crm@example.com", User = "crm", Password = "x" };

    [Fact]
    public void Good_settings_and_none_at_all_have_no_faults()
    {
        Good.Faults().ShouldBeEmpty();
        new MailOptions().Faults().ShouldBeEmpty();
        new MailOptions { Host = "localhost", Tls = "none", From = "crm@example.com", User = "crm", Password = "x" }.Faults().ShouldBeEmpty("nobody listens on this machine");
        new MailOptions { Host = "relay.internal", Tls = "none", From = "crm@example.com" }.Faults().ShouldBeEmpty("there is no password to be read");
    }

    [Fact]
    public void Each_fault_names_its_setting()
    {
        Parts(o => o.From = null).ShouldBe(["From"]);
        Parts(o => o.From = "crm").ShouldBe(["From"]);
        Parts(o => o.From = "Crm <crm@example.com>").ShouldBe(["From"]);
        Parts(o => o.Password = null).ShouldBe(["Password"]);
        Parts(o => o.User = null).ShouldBe(["User"]);
        Parts(o => o.Host = null).ShouldBe(["Host"]);
        Parts(o => o.Tls = "none").ShouldBe(["Tls"]);
    }

    [Theory]
    [InlineData("chen@example.com", "c***@example.com")]
    [InlineData("x@y.cn", "x***@y.cn")]
    public void Of_a_masked_address_the_first_character_and_the_domain_are_seen_and_it_is_no_address(string address, string masked)
    {
        EmailAddress.IsOne(address).ShouldBeTrue();
        EmailAddress.Masked(address).ShouldBe(masked);
        EmailAddress.IsOne(masked).ShouldBeFalse();
    }

    private static string[] Parts(Action<MailOptions> change)
    {
        var options = Good;
        change(options);
        return [.. options.Faults().Select(f => f.Part)];
    }
}
