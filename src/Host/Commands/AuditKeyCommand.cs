namespace Crm.Host.Commands;

/// <summary><c>audit-key</c>: the public key by which anybody can check the anchors of the audit (ORG-10).</summary>
internal static class AuditKeyCommand
{
    public const string Usage = """
        Crm.Host audit-key

        Prints the public key that the audit's anchors are checked with (PEM). Give it to the auditors once, by a way they trust.

          Crm__Secrets             the folder with keys.json
        """;

    public static Task RunAsync(CommandLine words, CancellationToken ct)
    {
        words.End();
        Console.WriteLine(Owner.ReadKeys().AnchorPublicKey);
        return Task.CompletedTask;
    }
}
