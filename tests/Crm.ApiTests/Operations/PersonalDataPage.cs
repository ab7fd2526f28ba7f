using System.Text;
using System.Text.RegularExpressions;
using Crm.Host.Commands;
using Crm.Shared.Data;
using Crm.Shared.Privacy;

namespace Crm.ApiTests.Operations;

/// <summary>ORG-12: what the code says of personal data, and what it should have said.</summary>
internal static partial class PersonalDataPage
{
    /// <summary>What people are known by, and what people type.</summary>
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "name", "names", "phone", "phones", "mobile", "tel", "telephone", "address", "addresses", "email", "mail", "content", "contents", "text", "texts", "reason", "reasons", "demand", "building", "unit",
        "room", "home", "homes", "door", "summary", "result", "customer", "owner", "tenant", "resident", "complainant", "caller", "contact", "contacts", "signature", "remark", "remarks", "suggestion",
        "suggestions", "shortcomings", "comment", "comments", "note", "notes", "description", "message", "birth", "birthday", "gender", "national", "identity", "sealed", "voice", "recording",
        "how", "facts", "json", "payload", "line", "words", "said", "person", "nick", "wechat", "ticket", "cause", "error", "detail", "outcome", "index", "remote", "answer", "body",
    };

    /// <summary>The inventory of the host's modules.</summary>
    public static Inventory Inventory { get; } = new(Modules.Registered<MigratedSchema>());

    /// <summary>Places that look like personal data, by their names or because bytes cannot be looked into.</summary>
    public static IReadOnlyList<Place> Suspects(Inventory inventory) => [.. inventory.Places.Where(LooksPersonal)];

    /// <summary>True for what could hold something that somebody is known by.</summary>
    public static bool LooksPersonal(Place place)
    {
        var type = place.Property.PropertyType;
        if (type == typeof(byte[]) || type.Name == "PersonalText") return true;
        var holdsText = type == typeof(string) || typeof(IEnumerable<string>).IsAssignableFrom(type) || type == typeof(System.Text.Json.JsonElement) || type == typeof(object);
        return holdsText && (place.Property.Name == "Subject" || Word().Matches(place.Property.Name).Any(word => Words.Contains(word.Value)));
    }

    /// <summary>The page that is committed.</summary>
    public static string Write(Inventory inventory)
    {
        var page = new StringBuilder("""
            # Personal data

            Made from the code (ORG-12): every table and every type that requests, answers and events are made of is looked through, and whatever looks
            like personal data is either in these lists or declared, with a reason, as none (`ArchitectureTests`). `GET /personal-data/inventory` says the
            same to auditors.

            ## What is kept, what for, and how long

            | datum | category | purpose | 用途 | retention | 保存期限 |
            |---|---|---|---|---|---|

            """);
        var items = inventory.Items;
        foreach (var datum in items.Select(i => i.Datum).Distinct().Order())
        {
            var rule = DatumRule.Of(datum);
            page.Append($"| {datum} | {rule.Kind.En} {rule.Kind.Zh} | {rule.Purpose.En} | {rule.Purpose.Zh} | {rule.Retention.En} | {rule.Retention.Zh} |\n");
        }

        page.Append("""

            ## How it is protected

            | protection | means |
            |---|---|
            | Sealed | in the database only under a data key of `keys.json` |
            | SealedUnderRecord | in the database only under a key of its record, which is sealed by `keys.json`; destroying it erases |
            | BlindIndex | found by equal values, and cannot be read |
            | Plain | as it is, behind the database role of its module |
            | TakenIn | in a request; no answer repeats it to those who may not see it |
            | InScope | in answers, to those who may read the record in their projects |
            | Masked | in answers, masked unless the caller holds the permission named |
            | OnesOwn | in answers, to the person it is about or who gave it |

            ## In the database

            | table | column | datum | protection |
            |---|---|---|---|

            """);
        foreach (var item in items.Where(i => i.Stored)) page.Append($"| `{item.Place}` | `{item.Field}` | {item.Datum} | {item.Guard} |\n");
        page.Append("""

            ## On the wire

            | request, answer or event | member | datum | protection | in full with |
            |---|---|---|---|---|

            """);
        foreach (var item in items.Where(i => !i.Stored)) page.Append($"| {item.Place} | `{item.Field}` | {item.Datum} | {item.Guard} | {(item.Unless is null ? "" : $"`{item.Unless}`")} |\n");
        page.Append("""

            ## What looks like personal data and is none

            | where | member | what it is |
            |---|---|---|

            """);
        foreach (var place in inventory.Places.Where(p => p.Declared.NotPersonal is not null).OrderBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Field, StringComparer.Ordinal))
            page.Append($"| {(place.Stored ? $"`{place.Name}`" : place.Name)} | `{place.Field}` | {place.Declared.NotPersonal} |\n");
        return page.ToString();
    }

    [GeneratedRegex("[A-Z][a-z]*|[a-z]+")]
    private static partial Regex Word();
}
