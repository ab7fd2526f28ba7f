using System.Reflection;
using Crm.Shared.Audit;
using Crm.Shared.Commands;
using Crm.Shared.Events;
using Crm.Shared.Privacy;
using Crm.Shared.Retention;
using Crm.Shared.Time;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crm.Shared.Data;

/// <summary>What the platform knows of a module: its schema, its database, and how to wake its dispatcher.</summary>
public sealed record Module(string Schema, Func<IServiceProvider, ModuleDb> Db, Func<IServiceProvider, OutboxSignal> Signal);

/// <summary>A schema that the migrator brings up to date and whose tables it opens to one runtime role.</summary>
public sealed record MigratedSchema(string Schema, Func<string, DbContext> ConnectAs);

/// <summary>The registration every module starts with.</summary>
public static class ModuleRegistration
{
    /// <summary>Each schema's own migration history.</summary>
    internal const string MigrationsTable = "migrations";

    private static readonly TransactionGuard Guard = new();

    /// <summary>
    /// Registers a module: its database behind its own role, and from its assembly the MediatR handlers, validators and reactions.
    /// MediatR 5.1 brings no container package (see docs/decisions); these are the lines that package would be.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="schema">The module's schema.</param>
    /// <param name="connections">Its share of the host's 40 connections.</param>
    /// <param name="assembly">Where its handlers, validators and reactions are.</param>
    public static IServiceCollection AddModule<TDb>(this IServiceCollection services, string schema, int connections, Assembly assembly)
        where TDb : ModuleDb
    {
        services.AddSingleton(new Module(schema, sp => sp.GetRequiredService<TDb>(), sp => sp.GetRequiredService<OutboxSignal<TDb>>()));
        services.AddSingleton(new MigratedSchema(schema, connection => (DbContext)Activator.CreateInstance(typeof(TDb), Options<TDb>(connection, schema))!));
        services.AddKeyedSingleton(schema, (sp, _) => sp.GetRequiredService<DatabaseAddress>().Open(schema, connections));
        services.AddDbContextPool<TDb>((sp, options) => options
            .UseNpgsql(sp.GetRequiredKeyedService<NpgsqlDataSource>(schema), npgsql => npgsql.MigrationsHistoryTable(MigrationsTable, schema))
            .AddInterceptors(sp.GetRequiredService<OutboxInterceptor>(), sp.GetRequiredService<PersonalTexts>(), Guard));

        services.AddSingleton(sp => new ModuleRetention(schema, sp.GetRequiredKeyedService<NpgsqlDataSource>(schema)));
        services.AddKeyedSingleton(schema, (sp, _) => new Sealer(schema, sp.GetRequiredKeyedService<NpgsqlDataSource>(schema), sp.GetRequiredService<KeyRing>(), sp.GetRequiredService<AnchorFolder>(), sp.GetRequiredService<ILogger<Sealer>>()));
        services.AddKeyedSingleton(schema, (sp, _) => new AuditNight(schema, sp.GetRequiredKeyedService<NpgsqlDataSource>(schema), sp.GetRequiredService<KeyRing>(), sp.GetRequiredService<AnchorFolder>()));
        services.AddSingleton(sp => sp.GetRequiredKeyedService<AuditNight>(schema));
        services.AddSingleton(sp => sp.GetRequiredKeyedService<Sealer>(schema));
        services.AddSingleton(sp => new AuditLog(schema, sp.GetRequiredKeyedService<NpgsqlDataSource>(schema), sp.GetRequiredKeyedService<Sealer>(schema), sp.GetRequiredKeyedService<AuditNight>(schema), sp.GetRequiredService<KeyRing>()));
        services.AddSingleton(new SealedColumn($"{schema}.audit_subject_keys", "sealed_key", $"'{schema}.audit_subject_keys:' || subject_kind || ':' || subject_id"));
        services.AddSingleton(new SealedColumn($"{schema}.stored_answers", "sealed_body", "'stored_answers:' || upper(encode(key_hash, 'hex'))"));
        services.AddSingleton<OutboxSignal<TDb>>();
        services.AddKeyedSingleton(schema, (sp, _) => new Dispatcher(
            new OutboxQueue(schema, sp.GetRequiredKeyedService<NpgsqlDataSource>(schema), sp.GetRequiredService<OutboxOptions>()),
            sp.GetRequiredService<OutboxSignal<TDb>>(), sp.GetRequiredService<OutboxOptions>(), sp.GetRequiredService<EventRoutes>(),
            sp.GetRequiredService<IServiceScopeFactory>(), sp.GetServices<Module>(), sp.GetRequiredService<TrustedTime>(), sp.GetRequiredService<DatabaseTrouble>(), sp.GetRequiredService<ILogger<Dispatcher>>()));
        services.AddSingleton(sp => sp.GetRequiredKeyedService<Dispatcher>(schema));
        services.AddSingleton<IHostedService>(sp => sp.GetRequiredKeyedService<Dispatcher>(schema));

        foreach (var type in assembly.GetTypes().Where(t => t is { IsAbstract: false, IsGenericTypeDefinition: false }))
        {
            foreach (var handler in type.GetInterfaces().Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequestHandler<,>)))
            {
                services.AddTransient(handler, type);
                var (request, answer) = (handler.GenericTypeArguments[0], handler.GenericTypeArguments[1]);
                if (!answer.IsGenericType || answer.GetGenericTypeDefinition() != typeof(Answer<>)) continue;
                services.AddTransient(
                    typeof(IPipelineBehavior<,>).MakeGenericType(request, answer),
                    typeof(CommandTransaction<,,>).MakeGenericType(typeof(TDb), request, answer.GenericTypeArguments[0]));
            }

            if (type.IsSubclassOf(typeof(Reaction)))
            {
                services.AddTransient(type);
                services.AddSingleton(new EventRoute(schema, type.BaseType!.GenericTypeArguments[0].Name, type));
            }
        }

        foreach (var validator in AssemblyScanner.FindValidatorsInAssembly(assembly, includeInternalTypes: true))
            services.AddValidator(validator.InterfaceType, validator.ValidatorType);
        return services;
    }

    /// <summary>Registers a validator for the bodies it checks, and among all of them for the document, which tells its limits.</summary>
    public static IServiceCollection AddValidator(this IServiceCollection services, Type interfaceType, Type validatorType) => services
        .AddSingleton(interfaceType, validatorType)
        .AddSingleton(sp => (IValidator)sp.GetRequiredService(interfaceType));

    /// <summary>Options for working as the migrator: the module's own migration history in its own schema.</summary>
    public static DbContextOptions<TDb> Options<TDb>(string connection, string schema) where TDb : DbContext =>
        new DbContextOptionsBuilder<TDb>()
            .UseNpgsql(connection, npgsql => npgsql.MigrationsHistoryTable(MigrationsTable, schema))
            .ConfigureWarnings(warnings => warnings.Throw(RelationalEventId.PendingModelChangesWarning))
            .Options;
}
