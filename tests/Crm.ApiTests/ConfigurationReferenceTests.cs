using Crm.ApiTests.Infrastructure;
using Crm.ApiTests.Operations;
using Crm.Host.Settings;
using Microsoft.Extensions.Configuration;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>The page of settings says what the host reads.</summary>
public sealed class ConfigurationReferenceTests
{
    [Fact]
    public Task The_page_is_the_one_that_is_committed() => CommittedText.IsAsync(ConfigurationReference.Write(), "docs", "operations", "configuration.md");

    [Fact]
    public void Each_default_the_page_names_is_a_value_the_host_takes()
    {
        var rows = ConfigurationReference.Write().Split('\n').Where(l => l.StartsWith("| `Crm:", StringComparison.Ordinal)).Select(l => l.Split('|', StringSplitOptions.TrimEntries)).ToArray();
        rows.Length.ShouldBeGreaterThan(15);
        var defaults = rows.Where(r => r[3].StartsWith('`')).ToDictionary(r => r[1].Trim('`'), r => (string?)r[3].Trim('`'));
        var reader = new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection(defaults).Build(), development: true);
        var read = reader.Fill(new CrmSettings(), "Crm");
        reader.Findings.Select(f => f.Key).ShouldBe(["Crm:Database", "Crm:Secrets"]);
        read.Outbox.Lease.ShouldBe(new CrmSettings().Outbox.Lease);
        read.Check().ShouldBeEmpty();
    }
}
