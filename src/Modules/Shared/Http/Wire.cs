using System.Text.Json;

namespace Crm.Shared.Http;

/// <summary>Words as they stand on the wire, in the database and in events.</summary>
public static class Wire
{
    /// <summary>The camelCase word of an enum value.</summary>
    public static string ToWire<TEnum>(this TEnum value) where TEnum : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
