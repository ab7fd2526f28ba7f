using Crm.Host.Settings;
using Crm.Shared.Failures;
using Crm.Shared.Privacy;
using Npgsql;

namespace Crm.Host.Commands;

/// <summary>What the host's program does instead of serving, when its first word says so.</summary>
/// <param name="Run">Does it; the exit code.</param>
/// <param name="Usage">Its help text.</param>
/// <param name="Words">The words after the command's name.</param>
[NotPersonal("the words of the command line", "Words")]
internal sealed record ConsoleCommand(Func<CommandLine, CancellationToken, Task> Run, string Usage, string[] Words)
{
    private const int Done = 0, Failed = 1, Misunderstood = 2;

    private const string Overview = """
        Crm.Host                      serves (settings: docs/operations/configuration.md)
        Crm.Host migrate              brings the database to the current schema
        Crm.Host administrator        appoints the first administrator
        Crm.Host project              opens a project
        Crm.Host compact              gives back to the disk what queues have left behind
        Crm.Host verify-audit         looks whether the audit is as the hosts have left it
        Crm.Host audit-key            prints the public key of the audit's anchors
        Crm.Host keys                 shows and changes the keys that personal data stands under
        Crm.Host COMMAND --help       tells more
        """;

    /// <summary>The command that was typed; null when the host is to serve.</summary>
    public static ConsoleCommand? Find(string[] args) => args switch
    {
        ["migrate", .. var rest] => new(MigrateCommand.RunAsync, MigrateCommand.Usage, rest),
        ["administrator", .. var rest] => new(AdministratorCommand.RunAsync, AdministratorCommand.Usage, rest),
        ["project", .. var rest] => new(ProjectCommand.RunAsync, ProjectCommand.Usage, rest),
        ["compact", .. var rest] => new(CompactCommand.RunAsync, CompactCommand.Usage, rest),
        ["verify-audit", .. var rest] => new(VerifyAuditCommand.RunAsync, VerifyAuditCommand.Usage, rest),
        ["keys", .. var rest] => new(KeysCommand.RunAsync, KeysCommand.Usage, rest),
        ["audit-key", .. var rest] => new(AuditKeyCommand.RunAsync, AuditKeyCommand.Usage, rest),
        ["--help" or "-h" or "help"] => new((_, _) => Task.CompletedTask, Overview, ["--help"]),
        [var word, ..] when !word.StartsWith('-') => new((_, _) => throw new UsageException($"There is no command {word}."), Overview, []),
        _ => null,
    };

    /// <summary>Runs it. Whatever goes wrong is said in plain words on the error stream.</summary>
    public async Task<int> RunAsync()
    {
        if (Words.Contains("--help") || Words.Contains("-h"))
        {
            Console.WriteLine(Usage);
            return Done;
        }

        try
        {
            await Run(new CommandLine(Words), CancellationToken.None);
            return Done;
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine($"{e.Message}\n\n{Usage}");
            return Misunderstood;
        }
        catch (StartRefusedException e)
        {
            Console.Error.WriteLine(e.Message);
            return Start.Refused;
        }
        catch (Refusal e)
        {
            Console.Error.WriteLine(e.Text.En);
            return Failed;
        }
        catch (NpgsqlException e)
        {
            Console.Error.WriteLine($"The database did not do what was asked: {(e is PostgresException refused ? $"{refused.MessageText} (SQLSTATE {refused.SqlState})" : e.Message)}");
            return Failed;
        }
    }
}
