using System.Reflection;
using System.Security.Cryptography;
using Crm.Shared.Access;
using Crm.Shared.Audit;
using Crm.Shared.Commands;
using Crm.Shared.Privacy;
using NodaTime;
using Shouldly;

namespace Crm.RuleTests;

/// <summary>ORG-10: what marks and hashes are made over, and what they hold against.</summary>
[Trait("Rule", "ORG-10")]
public sealed class AuditChainTests : IDisposable
{
    private static readonly Instant Noon = Calendar.Utc("2026-11-22T12:00:00Z");
    private readonly string folder = Directory.CreateTempSubdirectory("crm-audit-").FullName;
    private readonly KeyRing keys;

    public AuditChainTests() => keys = KeyRing.Open(folder, create: true);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Form_1_is_what_it_was_when_it_was_written_down()
    {
        // The worked example of docs/operations/audit.md. It never changes: what is written differently has another form.
        var form = CanonicalForm.Of("complaints", Entry());
        Convert.ToHexStringLower(form).ShouldBe(string.Concat(
            "00000011", "63726d2d61756469742d656e7472792f31",
            "0000000a", "636f6d706c61696e7473",
            "00000010", "01a2019d863d7dfc961de804b66d7933",
            "00000008", "000660dc3778d000",
            "0000000f", "52656f70656e436f6d706c61696e74",
            "0000000a", "64656d6f2e61646d696e",
            "00000009", "636f6d706c61696e74",
            "00000002", "3432",
            "00000004", "64656d6f",
            "ffffffff",
            "00000009", "3132372e302e302e31",
            "ffffffff"));
    }

    [Fact]
    public void Whatever_is_changed_in_an_entry_its_mark_and_its_hash_are_no_longer_right()
    {
        var (marked, hash) = (Entry().Mark("complaints", keys), CanonicalForm.HashOf("complaints", Entry().Mark("complaints", keys)));
        AuditRows.IsMarked("complaints", marked, keys).ShouldBeTrue();
        var changed = 0;
        foreach (var (name, value) in new (string, object?)[]
                 {
                     ("Id", Guid.Parse("01a2019d-863d-7dfc-961d-e804b66d7934")), ("At", Noon + Duration.FromNanoseconds(1_000)), ("Action", "ReopenComplaint2"), ("Actor", "demo.head"),
                     ("SubjectKind", "followUp"), ("SubjectId", "43"), ("Project", null), ("Project", ""), ("TraceId", ""), ("RemoteAddress", null), ("Reason", Array.Empty<byte>()),
                 })
        {
            var entry = Entry().Mark("complaints", keys);
            Set(entry, name, value);
            AuditRows.IsMarked("complaints", entry, keys).ShouldBeFalse(name);
            CanonicalForm.HashOf("complaints", entry).ShouldNotBe(hash, name);
            changed++;
        }

        changed.ShouldBe(11);
        var recorded = Entry().Mark("complaints", keys);
        Set(recorded, "RecordedAt", Noon + Duration.FromNanoseconds(1_000));
        CanonicalForm.HashOf("complaints", recorded).ShouldNotBe(hash, "when it was recorded is sealed, too");
        AuditRows.IsMarked("followups", marked, keys).ShouldBeFalse("a row that was carried to another schema");
        Set(marked, "Form", (short)2);
        AuditRows.IsMarked("complaints", marked, keys).ShouldBeFalse("a form that does not exist");
    }

    [Fact]
    public void What_ends_one_value_does_not_begin_the_next()
    {
        var (one, other) = (Entry(), Entry());
        Set(one, "Action", "Reopen");
        Set(one, "Actor", "Complaintdemo");
        Set(other, "Action", "ReopenComplaint");
        Set(other, "Actor", "demo");
        CanonicalForm.Of("complaints", one).ShouldNotBe(CanonicalForm.Of("complaints", other));
    }

    [Fact]
    public void Another_installations_keys_make_another_mark()
    {
        var elsewhere = Directory.CreateTempSubdirectory("crm-audit-").FullName;
        try
        {
            AuditRows.IsMarked("complaints", Entry().Mark("complaints", KeyRing.Open(elsewhere, create: true)), keys).ShouldBeFalse();
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    [Fact]
    public void A_seal_holds_what_it_covers_in_this_order_and_what_stands_before_it()
    {
        var (a, b) = ((Id: Guid.Parse("00000000-0000-7000-8000-000000000001"), Hash: SHA256.HashData([1])), (Id: Guid.Parse("00000000-0000-7000-8000-000000000002"), Hash: SHA256.HashData([2])));
        byte[] Of(AuditSeal seal, params (Guid Id, byte[] Hash)[] entries)
        {
            using var hash = CanonicalForm.BeginSeal("complaints", seal);
            foreach (var (id, entryHash) in entries) hash.Cover(id, entryHash);
            return hash.End();
        }

        var right = Of(Seal(), a, b);
        Of(Seal(), a, b).ShouldBe(right);
        byte[][] others =
        [
            Of(Seal(), b, a), Of(Seal(), a), Of(Seal(), a, b, b), Of(Seal(), a, (b.Id, a.Hash)), Of(Seal(number: 2), a, b), Of(Seal(total: 3), a, b), Of(Seal(entries: 3), a, b), Of(Seal(horizon: 8), a, b),
            Of(Seal(previous: 1), a, b), Of(Seal(at: Noon + Duration.FromNanoseconds(1_000)), a, b),
        ];
        foreach (var other in others) other.ShouldNotBe(right);
        var seal = Seal();
        seal.Close("complaints", right, keys);
        AuditRows.IsMarked("complaints", seal, keys).ShouldBeTrue();
        AuditRows.IsMarked("organization", seal, keys).ShouldBeFalse();
        seal.As(others[0], seal.Mac);
        AuditRows.IsMarked("complaints", seal, keys).ShouldBeFalse();
    }

    [Fact]
    public void Keys_of_an_earlier_version_are_completed_by_migrate_and_keep_what_they_are()
    {
        var path = Path.Combine(folder, "keys.json");
        var index = keys.Index("x");
        var older = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        older.Remove("AuditKey").ShouldBeTrue();
        older.Remove("AnchorKey").ShouldBeTrue();
        File.WriteAllText(path, older.ToJsonString());
        Should.Throw<KeyRingException>(() => KeyRing.Open(folder, create: false)).Message.ShouldContain("run `migrate`");
        var completed = KeyRing.Open(folder, create: true);
        completed.Index("x").ShouldBe(index);
        KeyRing.Open(folder, create: false).MarkAudit([1]).ShouldBe(completed.MarkAudit([1]));
        KeyRing.Open(folder, create: false).AnchorPublicKey.ShouldBe(completed.AnchorPublicKey);
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void An_anchor_is_one_signed_line_that_the_public_key_alone_checks_and_no_word_of_it_can_be_changed()
    {
        var anchor = new Anchor("complaints", new LocalDate(2026, 11, 22), 12, SHA256.HashData([1]), 345, Noon);
        anchor.Statement.ShouldBe($"crm-audit-anchor/1 complaints 2026-11-22 12 {Convert.ToHexStringLower(SHA256.HashData([1]))} 345 2026-11-22T12:00:00Z");
        var line = anchor.Sign(keys);
        var read = Anchor.Read(line, keys.AnchorPublicKey).ShouldNotBeNull();
        (read.Statement, read.Seal, read.Date).ShouldBe((anchor.Statement, 12, new LocalDate(2026, 11, 22)));
        var words = line.Split(' ');
        string[] others = ["crm-audit-anchor/2", "followups", "2026-11-23", "13", Convert.ToHexStringLower(SHA256.HashData([2])), "346", "2026-11-22T12:00:00.000001Z", Convert.ToBase64String([1, 2])];
        others.Length.ShouldBe(words.Length);
        for (var i = 0; i < words.Length; i++) Anchor.Read(string.Join(' ', words.Select((w, n) => n == i ? others[i] : w)), keys.AnchorPublicKey).ShouldBeNull(others[i]);
        foreach (var broken in new[] { "", "x", line + " x", line[..^3], line.Replace("2026-11-22 ", "2026-13-01 ", StringComparison.Ordinal) }) Anchor.Read(broken, keys.AnchorPublicKey).ShouldBeNull(broken);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Anchor.Read(line, stranger.ExportSubjectPublicKeyInfoPem()).ShouldBeNull("another installation's key");
    }

    private static AuditSeal Seal(long number = 1, byte previous = 0, int entries = 2, long total = 2, ulong horizon = 7, Instant? at = null) => new()
    {
        Number = number, Form = 1, Previous = [previous, .. AuditSeal.Nothing[1..]], Entries = entries, Total = total, Horizon = horizon, SealedAt = at ?? Noon,
    };

    private static AuditEntry Entry()
    {
        var context = new CommandContext { Caller = new Caller("demo.admin", "demo.admin", new Dictionary<string, ProjectScope>()), RemoteAddress = "127.0.0.1" };
        var entry = new AuditEntry("ReopenComplaint", new Deed("complaint", "42", "demo", Noon), context);
        Set(entry, "Id", Guid.Parse("01a2019d-863d-7dfc-961d-e804b66d7933"));
        Set(entry, "RecordedAt", Noon);
        return entry;
    }

    private static void Set(AuditEntry entry, string property, object? value) =>
        typeof(AuditEntry).GetProperty(property, BindingFlags.Public | BindingFlags.Instance)!.SetValue(entry, value);
}
