using NodaTime;

namespace Crm.Build.Replay;

/// <summary>How a recorded ticket went in the end.</summary>
internal enum Ending
{
    /// <summary>Nobody had closed it when the record was made.</summary>
    Open,

    /// <summary>Done, or referred out: either way the call centre was finished with it.</summary>
    Resolved,

    /// <summary>Cancelled.</summary>
    Withdrawn,
}

/// <summary>One ticket as the call centre's software would send it.</summary>
/// <param name="Position">Its place in the file, from 1.</param>
/// <param name="Number">The call centre's own ticket number.</param>
/// <param name="ReceivedAt">When it was taken.</param>
/// <param name="ClosedAt">When it was resolved or cancelled, never before <paramref name="ReceivedAt"/>; null while open.</param>
/// <param name="Ending">How it went.</param>
/// <param name="Channel">The way it came in, in the API's words.</param>
/// <param name="Content">What was said.</param>
/// <param name="Summary">What the resolution, or the reason of the withdrawal, says.</param>
/// <param name="Building">The street, or the crossing.</param>
/// <param name="Unit">The number in the street; null at a crossing.</param>
/// <param name="Customer">Null when the caller left no name.</param>
internal sealed record RecordedTicket(
    int Position,
    string Number,
    Instant ReceivedAt,
    Instant? ClosedAt,
    Ending Ending,
    string Channel,
    string Content,
    string Summary,
    string Building,
    string? Unit,
    InventedCustomer? Customer)
{
    /// <summary>Every 20th is posted twice at the same time under one key, as impatient software does.</summary>
    public bool IsPostedTwice => Position % 20 == 0;

    /// <summary>Every 50th is posted again later under a new key, as software restored from a backup does.</summary>
    public bool IsPostedAgain => Position % 50 == 0;
}

/// <summary>The record says only whether a name was left; name and phone are invented, the same in each replay.</summary>
internal sealed record InventedCustomer(string Name, string Phone)
{
    private static readonly string[] Surnames = ["王", "李", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴", "徐", "孙", "朱"];
    private static readonly string[] GivenNames =
        ["伟", "芳", "秀英", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "军", "建国", "桂兰", "子涵", "宇轩", "梓萱"];

    /// <summary>The customer of the ticket at <paramref name="position"/>: nobody else in the file has this phone.</summary>
    public static InventedCustomer Of(int position)
    {
        // The factor is coprime with 10^9, so the nine digits after +86 13 differ for every position.
        var subscriber = position * 7_919_000_417L % 1_000_000_000L;
        return new InventedCustomer(
            Surnames[position % Surnames.Length] + GivenNames[position % GivenNames.Length],
            $"+8613{subscriber:D9}");
    }
}
