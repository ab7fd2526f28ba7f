using Crm.Organization;
using Crm.Organization.Contracts;
using Crm.Shared.Data;
using NodaTime;

namespace Crm.Host.Commands;

/// <summary><c>project</c>: a first project to register complaints in, by the same rule as <c>POST /projects</c>.</summary>
internal static class ProjectCommand
{
    public const string Usage = """
        Crm.Host project --code C --name N --service-desk STAFF [--company C] [--time-zone Z] [--pack P]

        Opens a project, with the standard categories of complaints.

          --code C                 small letters, digits and hyphens; every call names the project by it
          --name N                 the name people know it by
          --service-desk STAFF     the staff code that receives what belongs to nobody else
          --company C              the company it belongs to, opened too when there is none of this code (company)
          --time-zone Z            an IANA time zone (Asia/Shanghai)
          --pack P                 lease-operations or property-management (lease-operations)
          CRM_MIGRATION_DATABASE   connection string of the owner, as for migrate
          Crm__Secrets             the folder with keys.json: the audit is marked with them
        """;

    public static async Task RunAsync(CommandLine words, CancellationToken ct)
    {
        var (code, name, desk) = (words.Needed("--code", longest: 50), words.Needed("--name", longest: 200), words.Needed("--service-desk", longest: 100));
        var company = words.Value("--company", longest: 50) ?? "company";
        var (zone, pack) = (words.Value("--time-zone", longest: 100) ?? "Asia/Shanghai", words.Value("--pack", longest: 50) ?? Packs.LeaseOperations);
        words.End();
        foreach (var (option, value) in new[] { ("--code", code), ("--company", company) })
            if (!value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')) throw new UsageException($"{option} takes small letters, digits and hyphens.");
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null) throw new UsageException($"There is no time zone {zone}.");
        if (!Packs.All.Contains(pack)) throw new UsageException($"There is no pack {pack}.");
        var (owner, keys, _) = Owner.ReadWithKeys();
        foreach (var seed in Modules.Registered<ProjectSeed>()) await seed.SeedAsync(owner, code, ct);
        await OrganizationModule.OpenProjectAsync(owner, keys, code, name, company, zone, pack, desk, ct);
        Console.WriteLine($"Project {code} is open. Hosts that run know it within a second.");
    }
}
