using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using NodaTime;

namespace Crm.Shared.Data;

/// <summary>Instant ↔ timestamptz.</summary>
public sealed class InstantConverter() : ValueConverter<Instant, DateTime>(
    instant => instant.ToDateTimeUtc(), value => Instant.FromDateTimeUtc(DateTime.SpecifyKind(value, DateTimeKind.Utc)));

/// <summary>LocalDate ↔ date.</summary>
public sealed class LocalDateConverter() : ValueConverter<LocalDate, DateOnly>(date => date.ToDateOnly(), value => LocalDate.FromDateOnly(value));

/// <summary>Duration ↔ interval of microseconds, never of months.</summary>
public sealed class DurationConverter() : ValueConverter<Duration, TimeSpan>(duration => duration.ToTimeSpan(), value => Duration.FromTimeSpan(value));

/// <summary>A camelCase text ↔ enum, the same words as on the wire.</summary>
public sealed class CamelCaseEnumConverter<TEnum>() : ValueConverter<TEnum, string>(
    value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()), text => Enum.Parse<TEnum>(text, ignoreCase: true)) where TEnum : struct, Enum;

/// <summary>Tables, columns, keys and indexes in snake_case.</summary>
public sealed class SnakeCaseConvention : IModelFinalizingConvention
{
    /// <inheritdoc/>
    public void ProcessModelFinalizing(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
    {
        foreach (var entity in modelBuilder.Metadata.GetEntityTypes())
        {
            if (entity.GetTableName() is { } table && !entity.IsOwned()) entity.SetTableName(Snake(table));
            foreach (var property in entity.GetProperties().Where(p => p.Name != "xmin")) property.SetColumnName(Snake(property.GetColumnName()));
            foreach (var key in entity.GetKeys()) key.SetName(Snake(key.GetName()!));
            foreach (var key in entity.GetForeignKeys()) key.SetConstraintName(Snake(key.GetConstraintName()!));
            foreach (var index in entity.GetIndexes()) index.SetDatabaseName(Snake(index.GetDatabaseName()!));
        }
    }

    private static string Snake(string name)
    {
        var snake = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && name[i - 1] != '_' && !char.IsUpper(name[i - 1])) snake.Append('_');
            snake.Append(char.ToLowerInvariant(name[i]));
        }

        return snake.ToString();
    }
}

/// <summary>Keys are made in code, so a new row is known as new wherever it is first seen.</summary>
public sealed class KeysComeFromCodeConvention : IModelFinalizingConvention
{
    /// <inheritdoc/>
    public void ProcessModelFinalizing(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
    {
        foreach (var property in modelBuilder.Metadata.GetEntityTypes().SelectMany(e => e.GetKeys()).SelectMany(k => k.Properties))
            property.SetValueGenerated(ValueGenerated.Never);
    }
}

/// <summary>Every enum is stored as the word it has on the wire.</summary>
public sealed class EnumsAsCamelCaseConvention : IModelFinalizingConvention
{
    /// <inheritdoc/>
    public void ProcessModelFinalizing(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
    {
        foreach (var property in modelBuilder.Metadata.GetEntityTypes().SelectMany(e => e.GetProperties()))
        {
            var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
            if (type.IsEnum) property.SetValueConverter(typeof(CamelCaseEnumConverter<>).MakeGenericType(type));
        }
    }
}

/// <summary>Nothing is ever deleted because something else was: PostgreSQL carries out a cascade with the owner's rights.</summary>
public sealed class NoCascadesConvention : IModelFinalizingConvention
{
    /// <inheritdoc/>
    public void ProcessModelFinalizing(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
    {
        foreach (var key in modelBuilder.Metadata.GetEntityTypes().SelectMany(e => e.GetForeignKeys())) key.SetDeleteBehavior(DeleteBehavior.NoAction);
    }
}

/// <summary>Tables whose rows are never changed. The runtime role gets no UPDATE, DELETE or TRUNCATE on them.</summary>
public static class AppendOnly
{
    private const string Annotation = "Crm:AppendOnly";

    /// <summary>Declares that rows of this table are only ever added.</summary>
    public static EntityTypeBuilder<T> IsAppendOnly<T>(this EntityTypeBuilder<T> entity) where T : class => entity.HasAnnotation(Annotation, true);

    /// <summary>True for a table declared append-only.</summary>
    public static bool IsAppendOnly(this IReadOnlyEntityType entity) => entity.FindAnnotation(Annotation)?.Value is true;
}

/// <summary>Tables whose rows are never changed, and are forgotten when nobody needs them any more. The runtime role gets no UPDATE or TRUNCATE on them.</summary>
public static class WrittenOnce
{
    private const string Annotation = "Crm:WrittenOnce";

    /// <summary>Declares that rows of this table are added, read, and deleted in the end.</summary>
    public static EntityTypeBuilder<T> IsWrittenOnce<T>(this EntityTypeBuilder<T> entity) where T : class => entity.HasAnnotation(Annotation, true);

    /// <summary>True for a table whose rows may be deleted, but never changed.</summary>
    public static bool IsWrittenOnce(this IReadOnlyEntityType entity) => entity.FindAnnotation(Annotation)?.Value is true;
}

/// <summary>Tables whose rows have done their service at some time. Everywhere else the runtime role has no DELETE.</summary>
public static class WorkedOff
{
    private const string Annotation = "Crm:WorkedOff";

    /// <summary>Declares that rows of this table are deleted when they are done with.</summary>
    public static EntityTypeBuilder<T> IsWorkedOff<T>(this EntityTypeBuilder<T> entity) where T : class => entity.HasAnnotation(Annotation, true);

    /// <summary>True for a table whose rows may be deleted.</summary>
    public static bool IsWorkedOff(this IReadOnlyEntityType entity) => entity.FindAnnotation(Annotation)?.Value is true;
}
