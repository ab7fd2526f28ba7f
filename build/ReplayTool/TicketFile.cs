using CsvHelper;
using NodaTime;
using NodaTime.Text;

namespace Crm.Build.Replay;

/// <summary>
/// Reads MyLA311 open data: one service request a line, times local to Los Angeles without an offset.
/// </summary>
internal static class TicketFile
{
    /// <summary>The recorded source system, as the tickets name it.</summary>
    public const string SourceSystem = "MyLA311";

    private static readonly DateTimeZone LosAngeles = DateTimeZoneProviders.Tzdb["America/Los_Angeles"];

    private static readonly LocalDateTimePattern Times =
        LocalDateTimePattern.CreateWithInvariantCulture("M/d/uuuu hh:mm:ss tt");

    /// <summary>The tickets of the file in its own order, the first <paramref name="limit"/> of them.</summary>
    /// <exception cref="InvalidDataException">A line holds a time, status or source this reader does not know; the message names it.</exception>
    public static IReadOnlyList<RecordedTicket> Read(string path, int? limit)
    {
        var tickets = new List<RecordedTicket>();
        try
        {
            using var csv = CsvReader.FromFile(path);
            while (tickets.Count < (limit ?? int.MaxValue) && csv.Read())
                tickets.Add(Ticket(csv, tickets.Count + 1));
            return tickets;
        }
        catch (Exception unreadable) when (unreadable is CsvFormatException or KeyNotFoundException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"{path}, after ticket {tickets.Count}: {unreadable.Message}", unreadable);
        }
    }

    private static RecordedTicket Ticket(CsvReader csv, int position)
    {
        string Field(string name) => csv.GetString(name).Trim();
        var (type, owner, address) = (Field("RequestType"), Field("Owner"), Field("Address"));
        var (building, unit) = Place(address);
        var received = Time(Field("CreatedDate"), position);
        Instant? closed = Field("ClosedDate") is { Length: > 0 } text ? Time(text, position) : null;

        return new RecordedTicket(
            position,
            Field("SRNumber"),
            received,
            // Some were typed in after the work was done: a case cannot close before it was received.
            closed is { } at ? Instant.Max(received, at) : null,
            closed is null ? Ending.Open : HowItEnded(Field("Status"), position),
            Channel(Field("RequestSource"), position),
            $"{type}: {address}",
            Field("Status") == "Referred Out" ? $"Referred out by {owner}" : $"{type}: {Field("Status")} by {owner}",
            building,
            unit,
            Field("Anonymous") == "Y" ? null : InventedCustomer.Of(position));
    }

    /// <summary>A time skipped in spring counts as if the clocks had not changed yet; one repeated in autumn is the earlier.</summary>
    private static Instant Time(string text, int position) =>
        Times.Parse(text) is { Success: true, Value: var local }
            ? local.InZoneLeniently(LosAngeles).ToInstant()
            : throw new InvalidDataException($"ticket {position}: {text} is not a time");

    private static Ending HowItEnded(string status, int position) => status switch
    {
        "Closed" or "Referred Out" => Ending.Resolved,
        "Cancelled" => Ending.Withdrawn,
        _ => throw new InvalidDataException($"ticket {position}: unknown status {status}"),
    };

    private static string Channel(string source, int position) => source switch
    {
        "Call" or "Voicemail" => "hotline",
        "Mobile App" => "wechat",
        "Self Service" => "web",
        "Driver Self Report" => "onSite",
        "Email" => "email",
        "Council's Office" => "authority",
        _ => throw new InvalidDataException($"ticket {position}: unknown source {source}"),
    };

    /// <summary>"356 S BERENDO ST, 90020" is number 356 of S BERENDO ST; a crossing has no number.</summary>
    private static (string Building, string? Unit) Place(string address)
    {
        var street = address.Split(',')[0].Trim();
        var space = street.IndexOf(' ');
        return space > 0 && street[..space].All(char.IsAsciiDigit)
            ? (street[(space + 1)..], street[..space])
            : (street, null);
    }
}
