using System.Reflection;
using System.Runtime.CompilerServices;
using Crm.Shared.Data;
using Microsoft.EntityFrameworkCore;

namespace Crm.Shared.Privacy;

/// <summary>ORG-12: one place where personal data is kept or shown.</summary>
/// <param name="Place">A table with its schema, or the name of a request or answer.</param>
/// <param name="Field">The column, or the member as it stands on the wire.</param>
/// <param name="Stored">True in the database; false in requests, answers and events.</param>
/// <param name="Datum">What it is, and whose.</param>
/// <param name="Kind">The category.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Retention">How long it is kept.</param>
/// <param name="Guard">How it is protected there.</param>
/// <param name="Unless">The permission that shows a masked value in full.</param>
public sealed record InventoryItem(string Place, string Field, bool Stored, Datum Datum, string Kind, string Purpose, string Retention, Guard Guard, string? Unless);

/// <summary>A property of a table or of a type on the wire, which may hold what somebody could be known by.</summary>
/// <param name="Name">The table or type.</param>
/// <param name="Field">The column or member.</param>
/// <param name="Stored">True in the database.</param>
/// <param name="Property">The property.</param>
[NotPersonal("a table or a type", "Name")]
internal sealed record Place(string Name, string Field, bool Stored, PropertyInfo Property)
{
    public Declaration Declared => Declaration.Of(Property);
}

/// <summary>ORG-12: where personal data is, told by the code itself: every table of every model, and every type that requests, answers and events are made of.</summary>
public sealed class Inventory
{
    private readonly MigratedSchema[] schemas;
    private readonly Lazy<Place[]> places;

    /// <summary>Nothing is looked at before somebody asks.</summary>
    public Inventory(IEnumerable<MigratedSchema> schemas)
    {
        this.schemas = [.. schemas];
        places = new(() => [.. Tables().Concat(Wire())]);
    }

    /// <summary>All that is declared as personal data, tables first, in order of their names.</summary>
    public IReadOnlyList<InventoryItem> Items =>
    [
        .. Places.Where(p => p.Declared.Personal is not null).Select(Item)
            .OrderByDescending(i => i.Stored).ThenBy(i => i.Place, StringComparer.Ordinal).ThenBy(i => i.Field, StringComparer.Ordinal),
    ];

    /// <summary>All places there are, declared or not.</summary>
    internal IReadOnlyList<Place> Places => places.Value;

    private static InventoryItem Item(Place place)
    {
        var (personal, rule) = (place.Declared.Personal!, DatumRule.Of(place.Declared.Personal!.Datum));
        return new(
            place.Name, place.Field, place.Stored, personal.Datum, rule.Kind.Localized, rule.Purpose.Localized, rule.Retention.Localized, personal.Guard, personal.Unless);
    }

    private IEnumerable<Place> Tables()
    {
        foreach (var schema in schemas)
        {
            // The model needs no server.
            using var db = schema.ConnectAs("Host=nowhere");
            foreach (var type in db.Model.GetEntityTypes().Where(t => t.GetTableName() is not null))
                foreach (var property in type.GetProperties().Where(p => p.PropertyInfo is not null))
                    yield return new($"{schema.Schema}.{type.GetTableName()}", property.GetColumnName(), Stored: true, property.PropertyInfo!);
        }
    }

    private IEnumerable<Place> Wire()
    {
        HashSet<Type> entities = [.. schemas.SelectMany(s => Entities(s))];
        foreach (var type in AppDomain.CurrentDomain.GetAssemblies().Where(IsOurs).SelectMany(a => a.GetTypes()).Where(t => IsRecord(t) && !IsRequest(t) && !entities.Contains(t)).Distinct())
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(p => p.Name != "EqualityContract"))
                yield return new(type.Name, System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(property.Name), Stored: false, property);
    }

    private static IEnumerable<Type> Entities(MigratedSchema schema)
    {
        using var db = schema.ConnectAs("Host=nowhere");
        return [.. db.Model.GetEntityTypes().Select(t => t.ClrType)];
    }

    private static bool IsOurs(Assembly assembly) => assembly.GetName().Name is { } name && name.StartsWith("Crm.", StringComparison.Ordinal)
        && !name.EndsWith("Tests", StringComparison.Ordinal) && name is not ("Crm.Build" or "Crm.Migrations");

    /// <summary>Everything on the wire is a record.</summary>
    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null && !type.IsDefined(typeof(CompilerGeneratedAttribute));

    /// <summary>What goes to a handler is made from a body, which is looked at itself.</summary>
    private static bool IsRequest(Type type) => type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(MediatR.IRequest<>));
}
