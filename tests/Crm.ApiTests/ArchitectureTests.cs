using System.Reflection;
using System.Runtime.CompilerServices;
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

    private static string Name(Assembly assembly) => assembly.GetName().Name!;

    private static IEnumerable<string> Known(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(a => a.Name!).Where(name => name.StartsWith("Crm.", StringComparison.Ordinal));
}
