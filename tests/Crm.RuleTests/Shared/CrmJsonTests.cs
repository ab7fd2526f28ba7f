using System.Text.Json;
using Crm.Shared.Http;
using NodaTime;
using Shouldly;

namespace Crm.RuleTests;

/// <summary>The one JSON dialect: what it refuses and what it writes.</summary>
public sealed class CrmJsonTests
{
    private static readonly Letter Whole = new("电梯", Colour.DeepRed, Calendar.Utc("2026-03-02T01:00:00Z"), 3);

    [Fact]
    public void A_whole_body_is_read() =>
        Read("""{"text":"电梯","colour":"deepRed","at":"2026-03-02T09:00:00+08:00","count":3}""").ShouldBe(Whole);

    [Theory]
    [InlineData("""{"text":"a","colour":"blue","at":"2026-03-02T01:00:00Z","count":3,"more":1}""")] // unknown
    [InlineData("""{"text":"a","Text":"a","colour":"blue","at":"2026-03-02T01:00:00Z","count":3}""")] // unknown by case
    [InlineData("""{"text":"a","text":"b","colour":"blue","at":"2026-03-02T01:00:00Z","count":3}""")] // twice
    [InlineData("""{"text":"a","colour":"blue","at":"2026-03-02T01:00:00Z"}""")] // count is missing
    [InlineData("""{"text":null,"colour":"blue","at":"2026-03-02T01:00:00Z","count":3}""")] // null where none is allowed
    [InlineData("""{"text":"a","colour":null,"at":"2026-03-02T01:00:00Z","count":3}""")]
    [InlineData("""{"text":"a","colour":"blue","at":null,"count":3}""")]
    [InlineData("""{"text":"a","colour":"blue","at":"2026-03-02T01:00:00Z","count":null}""")]
    [InlineData("""{"text":"a","colour":1,"at":"2026-03-02T01:00:00Z","count":3}""")] // a number for an enum
    [InlineData("""{"text":"a","colour":"1","at":"2026-03-02T01:00:00Z","count":3}""")] // also in quotes
    [InlineData("""{"text":"a","colour":"green","at":"2026-03-02T01:00:00Z","count":3}""")]
    [InlineData("""{"text":"a","colour":"blue, deepRed","at":"2026-03-02T01:00:00Z","count":3}""")]
    [InlineData("""{"text":"a","colour":"","at":"2026-03-02T01:00:00Z","count":3}""")]
    [InlineData("""{"text":1,"colour":"blue","at":"2026-03-02T01:00:00Z","count":3}""")] // a number for a text
    [InlineData("""{"text":true,"colour":"blue","at":"2026-03-02T01:00:00Z","count":3}""")]
    [InlineData("""{"text":["a"],"colour":"blue","at":"2026-03-02T01:00:00Z","count":3}""")]
    [InlineData("""{"text":"a","colour":"blue","at":"2026-03-02T01:00:00Z","count":"3"}""")] // a text for a number
    [InlineData("""{"text":"a","colour":"blue","at":"2026-03-02T01:00:00Z","count":3.5}""")]
    [InlineData("""{"text":"a","colour":"blue","at":"2026-03-02T01:00:00Z","count":99999999999}""")]
    [InlineData("""{"text":"a\u0000b","colour":"blue","at":"2026-03-02T01:00:00Z","count":3}""")]
    [InlineData("""{"text":"\ud800","colour":"blue","at":"2026-03-02T01:00:00Z","count":3}""")] // a lone surrogate
    [InlineData("""{"text":"\udc00\ud800","colour":"blue","at":"2026-03-02T01:00:00Z","count":3}""")]
    [InlineData("""{"text":"a","colour":"\ud800","at":"2026-03-02T01:00:00Z","count":3}""")]
    [InlineData("""{"text":"a","colour":"blue","at":"\ud800","count":3}""")]
    [InlineData("""{"text":"a","colour":"blue","at":"2026-03-02T01:00:00Z","count":3,}""")] // a comma too many
    [InlineData("""{"text":"a","colour":"blue","at":"2026-03-02T01:00:00Z","count":3} {}""")]
    [InlineData("""{"text":"a",/* */"colour":"blue","at":"2026-03-02T01:00:00Z","count":3}""")]
    [InlineData("[]")]
    [InlineData("")]
    public void Anything_less_than_exact_is_refused(string json) => Fails(json).ShouldBeTrue();

    [Theory]
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("2200-01-01T00:00:00Z")]
    [InlineData("1899-12-31T23:59:59Z")]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("-9998-01-01T00:00:00Z")]
    [InlineData("2026-03-02T01:00:00")] // which zone?
    [InlineData("2026-03-02")]
    [InlineData("2026-02-30T01:00:00Z")]
    [InlineData("2026-03-02 01:00:00Z")]
    [InlineData("2026-03-02T25:00:00Z")]
    [InlineData("2026-03-02T01:00:00+99:00")]
    [InlineData("1900-01-01T00:00:00+14:00")] // an instant of 1899
    [InlineData("2199-12-31T23:00:00-05:00")] // an instant of 2200
    [InlineData("1772413200")]
    [InlineData("")]
    public void An_instant_out_of_bounds_or_form_is_refused(string text)
    {
        CrmJson.TryParseInstant(text, out _).ShouldBeFalse();
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Instant>($"\"{text}\"", CrmJson.Options));
    }

    [Theory]
    [InlineData("1900-01-01T00:00:00Z", "1900-01-01T00:00:00Z")]
    [InlineData("1899-12-31T23:00:00-01:00", "1900-01-01T00:00:00Z")]
    [InlineData("2199-12-31T23:59:59.999999Z", "2199-12-31T23:59:59.999999Z")]
    [InlineData("2026-03-02T09:00:00.000001+08:00", "2026-03-02T01:00:00.000001Z")]
    [InlineData("2026-03-02T01:00:00.1234569Z", "2026-03-02T01:00:00.123456Z")] // cut, never rounded up
    [InlineData("1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.999999Z")] // also before 1970
    [InlineData("2026-03-02T01:00:00.500Z", "2026-03-02T01:00:00.5Z")]
    public void An_instant_is_kept_to_the_microsecond_and_written_in_UTC(string text, string written)
    {
        CrmJson.TryParseInstant(text, out var instant).ShouldBeTrue();
        JsonSerializer.Serialize(instant, CrmJson.Options).ShouldBe($"\"{written}\"");
    }

    [Fact]
    public void Durations_and_dates_have_their_own_form()
    {
        JsonSerializer.Deserialize<Duration>("\"P10D\"", CrmJson.Options).ShouldBe(Duration.FromDays(10));
        JsonSerializer.Serialize(Duration.FromDays(1), CrmJson.Options).ShouldBe("\"PT24H\"");
        JsonSerializer.Serialize(new LocalDate(2026, 3, 2), CrmJson.Options).ShouldBe("\"2026-03-02\"");
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Duration>("\"P1M\"", CrmJson.Options));
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Duration>("\"PT9223372036854775807H\"", CrmJson.Options));
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Duration>("3600", CrmJson.Options));
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<LocalDate>("\"9999-12-31\"", CrmJson.Options));
    }

    [Fact]
    public void Words_are_camelCase_and_Chinese_stays_readable() =>
        JsonSerializer.Serialize(Whole, CrmJson.Options).ShouldBe("""{"text":"电梯","colour":"deepRed","at":"2026-03-02T01:00:00Z","count":3}""");

    [Fact]
    public void An_event_that_a_newer_host_has_written_is_read_without_what_it_has_more()
    {
        const string Written = """{"text":"电梯","colour":"deepRed","at":"2026-03-02T01:00:00Z","count":3,"addedLater":{"more":[1]}}""";
        JsonSerializer.Deserialize<Letter>(Written, CrmJson.OptionsOfEvents).ShouldBe(Whole);
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Letter>(Written, CrmJson.Options));
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Letter>("""{"text":"电梯"}""", CrmJson.OptionsOfEvents));
    }

    private static Letter? Read(string json) => JsonSerializer.Deserialize<Letter>(json, CrmJson.Options);

    /// <summary>Refused the way the body reader understands: no other exception may come of any text.</summary>
    private static bool Fails(string json)
    {
        try
        {
            Read(json);
            return false;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return true;
        }
    }

    internal enum Colour
    {
        Blue,
        DeepRed,
    }

    internal sealed record Letter(string Text, Colour Colour, Instant At, int Count);
}
