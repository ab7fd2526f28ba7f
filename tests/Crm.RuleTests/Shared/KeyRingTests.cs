using System.Security.Cryptography;
using Crm.Shared.Privacy;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;

namespace Crm.RuleTests;

/// <summary>Sealed personal data and its blind index.</summary>
public sealed class KeyRingTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crm-ring-").FullName;
    private readonly KeyRing ring;

    public KeyRingTests() => ring = KeyRing.Open(folder, create: true);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_sealed_opens_in_its_place() =>
        Prop.ForAll<NonNull<string>, Guid>((text, row) =>
        {
            var place = $"complaints.phone:{row}";
            // A text is kept as UTF-8: only well-formed ones come here (the API refuses the others).
            var wellFormed = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text.Get));
            return ring.Unseal(ring.Seal(wellFormed, place), place) == wellFormed;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void In_another_place_it_does_not_open()
    {
        var closed = ring.Seal("+8613800138000", "complaints.phone:1");
        Should.Throw<CryptographicException>(() => ring.Unseal(closed, "complaints.phone:2"));
    }

    [Fact]
    public void With_any_one_bit_changed_it_does_not_open()
    {
        var closed = ring.Seal("+8613800138000", "here");
        for (var bit = 0; bit < closed.Length * 8; bit++)
        {
            byte[] changed = [.. closed];
            changed[bit / 8] ^= (byte)(1 << bit % 8);
            // The first byte names the key: with another one it asks for a key that is not there.
            Should.Throw<Exception>(() => ring.Unseal(changed, "here"), $"bit {bit}").ShouldBeOfType(bit < 8 ? typeof(KeyNotHere) : typeof(AuthenticationTagMismatchException));
        }
    }

    [Fact]
    public void Cut_short_at_any_length_it_does_not_open()
    {
        var closed = ring.Seal("+8613800138000", "here");
        for (var length = 0; length < closed.Length; length++) Should.Throw<CryptographicException>(() => ring.Unseal(closed[..length], "here"), $"length {length}");
    }

    [Fact]
    public void The_same_text_sealed_twice_looks_different_and_holds_nothing_readable()
    {
        var (one, two) = (ring.Seal("+8613800138000", "here"), ring.Seal("+8613800138000", "here"));
        one.ShouldNotBe(two);
        System.Text.Encoding.Latin1.GetString(one).ShouldNotContain("13800138");
    }

    [Fact]
    public void The_blind_index_finds_equal_values_over_restarts_and_tells_others_apart()
    {
        var again = KeyRing.Open(folder, create: false);
        again.Index("+8613800138000").ShouldBe(ring.Index("+8613800138000"));
        ring.Index("+8613800138001").ShouldNotBe(ring.Index("+8613800138000"));
        ring.Index("+8613800138000").ShouldNotBe(SHA256.HashData("+8613800138000"u8.ToArray()));
        again.Unseal(ring.Seal("李女士", "here"), "here").ShouldBe("李女士");
    }

    [Fact]
    public void Another_installation_reads_and_finds_nothing()
    {
        var elsewhere = Directory.CreateTempSubdirectory("crm-ring-").FullName;
        try
        {
            var other = KeyRing.Open(elsewhere, create: true);
            Should.Throw<CryptographicException>(() => other.Unseal(ring.Seal("+8613800138000", "here"), "here"));
            other.Index("+8613800138000").ShouldNotBe(ring.Index("+8613800138000"));
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    [Fact]
    public void Where_none_may_be_made_a_missing_ring_is_said_with_what_to_do() =>
        Should.Throw<KeyRingException>(() => KeyRing.Open(Path.Combine(folder, "nowhere"), create: false)).Message.ShouldContain("migrate");

    [Fact]
    public void Many_that_make_a_ring_at_once_end_with_the_same_one_and_leave_nothing_else_behind()
    {
        for (var round = 0; round < 30; round++)
        {
            var place = Path.Combine(folder, $"round-{round}");
            using var barrier = new Barrier(8);
            var indexes = new byte[8][];
            var threads = Enumerable.Range(0, 8).Select(n => new Thread(() =>
            {
                barrier.SignalAndWait();
                indexes[n] = KeyRing.Open(place, create: true).Index("+8613800138000");
            })).ToArray();
            foreach (var thread in threads) thread.Start();
            foreach (var thread in threads) thread.Join();
            indexes.Select(Convert.ToHexString).Distinct().ShouldHaveSingleItem();
            Directory.GetFiles(place).Select(Path.GetFileName).ShouldBe(["keys.json"]);
        }
    }

    [Fact]
    [Trait("Rule", "ORG-12")]
    public void A_new_data_key_is_read_by_everybody_before_anybody_writes_with_it_and_the_old_one_goes_last()
    {
        var other = KeyRing.Open(folder, create: false);
        var before = ring.Seal("李女士", "here");
        ring.AddDataKey().ShouldBe(2);
        KeyRing.VersionOf(ring.Seal("x", "here")).ShouldBe(1, "added, not used");
        ring.UseDataKey().ShouldBe(2);
        var after = ring.Seal("王先生", "here");
        KeyRing.VersionOf(after).ShouldBe(2);
        // The other one has not looked again yet: it meets the key and reads the file at once.
        other.Unseal(after, "here").ShouldBe("王先生");
        other.Unseal(before, "here").ShouldBe("李女士");
        ring.RetireDataKey(1);
        Should.Throw<KeyNotHere>(() => ring.Unseal(before, "here"));
        KeyRing.Open(folder, create: false).Unseal(after, "here").ShouldBe("王先生");
        Should.Throw<KeyRingException>(() => ring.RetireDataKey(2), "the last one stays");
    }

    [Fact]
    [Trait("Rule", "ORG-12")]
    public void With_two_index_keys_a_value_has_two_indexes_and_is_written_under_the_one_in_use()
    {
        var first = ring.Index("+8613800138000");
        ring.Indexes("+8613800138000").ShouldHaveSingleItem().ShouldBe(first);
        ring.AddIndexKey().ShouldBe(2);
        ring.Index("+8613800138000").ShouldBe(first);
        var both = ring.Indexes("+8613800138000");
        both.Length.ShouldBe(2);
        both[0].ShouldBe(first);
        both[1][1..].ShouldNotBe(first[1..]);
        ring.UseIndexKey().ShouldBe(2);
        ring.Index("+8613800138000").ShouldBe(both[1]);
        ring.RetireIndexKey(1);
        KeyRing.Open(folder, create: false).Indexes("+8613800138000").ShouldHaveSingleItem().ShouldBe(both[1]);
    }

    [Fact]
    public void Only_its_owner_may_read_the_file()
    {
        if (OperatingSystem.IsWindows()) return;
        File.GetUnixFileMode(Path.Combine(folder, "keys.json")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
