using System.Reflection;
using System.Runtime.CompilerServices;
using Crm.ApiTests.Infrastructure;
using Crm.ApiTests.Operations;
using Crm.Host.Commands;
using Crm.Shared.Privacy;
using Microsoft.EntityFrameworkCore.Migrations;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>The house keeps its shape: modules know each other by contracts only, and show nothing but their door.</summary>
public sealed class ArchitectureTests
{
    private const string Shared = "Crm.Shared";
    private const string Contracts = ".Contracts";
    private static readonly string[] NotModules = ["Crm.Host", "Crm.Build", "Crm.ApiTests", "Crm.RuleTests", Shared];

    private static readonly Assembly[] Built =
        [.. Directory.EnumerateFiles(AppContext.BaseDirectory, "Crm.*.dll").Select(file => Assembly.Load(Path.GetFileNameWithoutExtension(file)))];

    private static IEnumerable<Assembly> Implementations => Built.Where(a => !NotModules.Contains(Name(a)) && !Name(a).EndsWith(Contracts, StringComparison.Ordinal));

    [Fact]
    public void Modules_know_each_other_by_contracts_only()
    {
        var modules = Implementations.ToArray();
        modules.Select(Name).ShouldBe(["Crm.Complaints", "Crm.FollowUps", "Crm.Organization"], ignoreOrder: true);
        foreach (var module in modules)
        {
            var known = Known(module).ToArray();
            known.ShouldContain(Shared, Name(module));
            known.Where(name => name != Shared && !name.EndsWith(Contracts, StringComparison.Ordinal)).ShouldBeEmpty(Name(module));
        }

        modules.SelectMany(Known).Count(name => name.EndsWith(Contracts, StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(4, "modules do talk to each other");
    }

    [Fact]
    public void Contracts_stand_on_the_shared_platform_alone_and_the_platform_on_nothing_of_ours()
    {
        var contracts = Built.Where(a => Name(a).EndsWith(Contracts, StringComparison.Ordinal)).ToArray();
        contracts.Length.ShouldBe(3);
        foreach (var contract in contracts) Known(contract).ShouldBe([Shared], Name(contract));
        Known(Built.Single(a => Name(a) == Shared)).ShouldBeEmpty();
    }

    [Fact]
    public void A_module_shows_its_door_and_nothing_else()
    {
        foreach (var module in Implementations)
        {
            // Migrations are public as EF generates them; they can be run by nobody but the migrator.
            var shown = module.GetExportedTypes().Where(t => !t.IsSubclassOf(typeof(Migration))).Select(t => t.FullName);
            shown.ShouldBe([$"{Name(module)}.{Name(module)["Crm.".Length..]}Module"]);
            module.GetTypes().Length.ShouldBeGreaterThan(20, Name(module));
            module.GetCustomAttributes<InternalsVisibleToAttribute>().Select(friend => friend.AssemblyName)
                .ShouldBeSubsetOf(["Crm.RuleTests", "Crm.ApiTests", "Crm.Migrations"], Name(module));
        }
    }

    [Fact]
    public void No_name_hides_what_a_type_does()
    {
        string[] empty = ["Service", "Manager", "Helper", "Util", "Utils", "Dto"];
        var types = Built.Where(a => !Name(a).EndsWith("Tests", StringComparison.Ordinal)).SelectMany(a => a.GetTypes())
            .Where(t => t.Namespace?.StartsWith("Crm.", StringComparison.Ordinal) is true && !t.IsDefined(typeof(CompilerGeneratedAttribute))).ToArray();
        types.Length.ShouldBeGreaterThan(200);
        types.Where(t => empty.Any(e => t.Name.EndsWith(e, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Rule", "ORG-12")]
    public void Whatever_looks_like_personal_data_is_in_the_inventory_or_declared_as_none()
    {
        var suspects = PersonalDataPage.Suspects(PersonalDataPage.Inventory);
        suspects.Count(s => s.Stored).ShouldBeGreaterThan(40);
        suspects.Count(s => !s.Stored).ShouldBeGreaterThan(80);
        suspects.Where(s => s.Declared is { Personal: null, NotPersonal: null }).Select(s => $"{s.Property.ReflectedType!.Name}.{s.Property.Name}").Distinct().ShouldBeEmpty(
            "mark it [Personal(…)], or [NotPersonal(\"what it is\")]: Crm.Shared/Privacy/PersonalData.cs");
        suspects.Where(s => s.Declared is { Personal: not null, NotPersonal: not null }).ShouldBeEmpty("it cannot be both");
        PersonalDataPage.Inventory.Items.Where(i => i.Guard == Guard.Masked != i.Unless is not null).ShouldBeEmpty("what is masked says which permission shows it");
        PersonalDataPage.Inventory.Items.Where(i => i.Stored != i.Guard is Guard.Sealed or Guard.SealedUnderRecord or Guard.BlindIndex or Guard.Plain).ShouldBeEmpty("how it is protected, there");
    }

    [Fact]
    [Trait("Rule", "ORG-12")]
    public void What_is_declared_as_none_names_properties_that_are_there()
    {
        var declared = Built.SelectMany(a => a.GetTypes()).SelectMany(t => t.GetCustomAttributes<NotPersonalAttribute>(inherit: false).SelectMany(n => n.Properties, (_, property) => (Type: t, Property: property))).ToArray();
        declared.Length.ShouldBeGreaterThan(10);
        declared.Where(d => d.Type.GetProperty(d.Property) is null).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Rule", "ORG-12")]
    public async Task The_committed_inventory_of_personal_data_is_the_one_the_code_makes() =>
        await CommittedText.IsAsync(PersonalDataPage.Write(PersonalDataPage.Inventory), "docs", "personal-data.md");

    [Fact]
    [Trait("Rule", "ORG-12")]
    public void Whatever_is_sealed_or_indexed_is_known_to_those_who_change_the_keys()
    {
        var (inventory, columns) = (PersonalDataPage.Inventory.Items.Where(i => i.Stored).ToArray(), Modules.Registered<SealedColumn>().Select(c => $"{c.Table}.{c.Column}").ToArray());
        inventory.Where(i => i.Guard == Guard.Sealed).Select(i => $"{i.Place}.{i.Field}").ShouldBeSubsetOf(columns);
        inventory.Where(i => i.Guard == Guard.BlindIndex).Select(i => $"{i.Place}.{i.Field}").ShouldBe(Modules.Registered<BlindIndexColumn>().Select(c => $"{c.Table}.{c.Column}"), ignoreOrder: true);
        columns.Length.ShouldBeGreaterThanOrEqualTo(9);
    }

    [Fact]
    [Trait("Rule", "ORG-12")]
    public void A_property_that_was_forgotten_is_noticed()
    {
        var forgotten = new Place("forgotten", "customer_name", Stored: true, typeof(Forgotten).GetProperty(nameof(Forgotten.CustomerName))!);
        PersonalDataPage.LooksPersonal(forgotten).ShouldBeTrue();
        forgotten.Declared.ShouldBe(new Declaration(Personal: null, NotPersonal: null));
        foreach (var bytes in new[] { nameof(Forgotten.Whatever), nameof(Forgotten.HomeAddress), nameof(Forgotten.Remarks) })
            PersonalDataPage.LooksPersonal(new("forgotten", bytes, Stored: false, typeof(Forgotten).GetProperty(bytes)!)).ShouldBeTrue(bytes);
        PersonalDataPage.LooksPersonal(new("forgotten", "count", Stored: false, typeof(Forgotten).GetProperty(nameof(Forgotten.Count))!)).ShouldBeFalse();
    }

    private sealed record Forgotten(string CustomerName, byte[] Whatever, string? HomeAddress, string[] Remarks, int Count);

    private static string Name(Assembly assembly) => assembly.GetName().Name!;

    private static IEnumerable<string> Known(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(a => a.Name!).Where(name => name.StartsWith("Crm.", StringComparison.Ordinal));
}
