using Crm.Organization.Contracts;
using NodaTime;

namespace Crm.Organization.Calendar;

/// <summary>
/// ORG-07: the years whose notices were out when this was written, from 国务院办公厅关于部分节假日安排的通知 of the year before. A free range
/// includes the weekend days in it. Later years are imported.
/// </summary>
internal static class PublishedYears
{
    public static readonly IReadOnlyList<CalendarYear> All =
    [
        new(2024, "国办发明电〔2023〕7号",
        [
            new("元旦", Day(2024, 1, 1), Day(2024, 1, 1), []),
            new("春节", Day(2024, 2, 10), Day(2024, 2, 17), [Day(2024, 2, 4), Day(2024, 2, 18)]),
            new("清明节", Day(2024, 4, 4), Day(2024, 4, 6), [Day(2024, 4, 7)]),
            new("劳动节", Day(2024, 5, 1), Day(2024, 5, 5), [Day(2024, 4, 28), Day(2024, 5, 11)]),
            new("端午节", Day(2024, 6, 10), Day(2024, 6, 10), []),
            new("中秋节", Day(2024, 9, 15), Day(2024, 9, 17), [Day(2024, 9, 14)]),
            new("国庆节", Day(2024, 10, 1), Day(2024, 10, 7), [Day(2024, 9, 29), Day(2024, 10, 12)]),
        ]),
        new(2025, "国办发明电〔2024〕12号",
        [
            new("元旦", Day(2025, 1, 1), Day(2025, 1, 1), []),
            new("春节", Day(2025, 1, 28), Day(2025, 2, 4), [Day(2025, 1, 26), Day(2025, 2, 8)]),
            new("清明节", Day(2025, 4, 4), Day(2025, 4, 6), []),
            new("劳动节", Day(2025, 5, 1), Day(2025, 5, 5), [Day(2025, 4, 27)]),
            new("端午节", Day(2025, 5, 31), Day(2025, 6, 2), []),
            new("国庆节、中秋节", Day(2025, 10, 1), Day(2025, 10, 8), [Day(2025, 9, 28), Day(2025, 10, 11)]),
        ]),
        new(2026, "国办发明电〔2025〕7号",
        [
            new("元旦", Day(2026, 1, 1), Day(2026, 1, 3), [Day(2026, 1, 4)]),
            new("春节", Day(2026, 2, 15), Day(2026, 2, 23), [Day(2026, 2, 14), Day(2026, 2, 28)]),
            new("清明节", Day(2026, 4, 4), Day(2026, 4, 6), []),
            new("劳动节", Day(2026, 5, 1), Day(2026, 5, 5), [Day(2026, 5, 9)]),
            new("端午节", Day(2026, 6, 19), Day(2026, 6, 21), []),
            new("中秋节", Day(2026, 9, 25), Day(2026, 9, 27), []),
            new("国庆节", Day(2026, 10, 1), Day(2026, 10, 7), [Day(2026, 9, 20), Day(2026, 10, 10)]),
        ]),
    ];

    private static LocalDate Day(int year, int month, int day) => new(year, month, day);
}
