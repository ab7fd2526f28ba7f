using Crm.Organization;

namespace Crm.Host.Commands;

/// <summary><c>administrator</c>: the first person who may do everything, without whom nobody could let anybody in.</summary>
internal static class AdministratorCommand
{
    public const string Usage = """
        Crm.Host administrator --subject S --name N [--code C] [--again]

        Appoints a member of staff with the role administrator, in every project. Refuses when there is one, unless told --again.

          --subject S              the `sub` of the person's tokens, as your identity provider issues them
          --name N                 the person's name
          --code C                 the staff code, written into histories and never reused (administrator)
          --again                  one more, for example when the only one has left
          CRM_MIGRATION_DATABASE   connection string of the owner, as for migrate
          Crm__Secrets             the folder with keys.json: the audit is marked with them
        """;

    public static async Task RunAsync(CommandLine words, CancellationToken ct)
    {
        var (subject, name, code) = (words.Needed("--subject", longest: 200), words.Needed("--name", longest: 100), words.Value("--code", longest: 100) ?? "administrator");
        var again = words.Flag("--again");
        words.End();
        var (owner, keys, _) = Owner.ReadWithKeys();
        await OrganizationModule.AppointAdministratorAsync(owner, keys, code, subject, name, again, ct);
        Console.WriteLine($"{code} may do everything everywhere. Hosts that run know it within a second.");
    }
}
