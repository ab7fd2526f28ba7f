using System.Runtime.InteropServices;
using Crm.Build.Bench;
using Crm.Build.Chaos;
using Crm.Build.Commands;
using Crm.Build.Fuzz;
using Crm.Build.Mutate;
using Crm.Build.Replay;
using Npgsql;

namespace Crm.Build;

/// <summary>The few commands a person types: each script in build/ calls this program with its own name as the first word.</summary>
internal static class Program
{
    private const string Usage = """
        The commands of this repository; each has --help.

          build/run        start everything: database, demo company, hosts
          build/test       run all tests
          build/migrate    bring a database to the current schema
          build/publish    write a folder that runs where there is no .NET
          build/replay     send recorded tickets through a running host and check what comes back
          build/bench      measure the hosts beside PostgreSQL's own load generator
          build/chaos      let things go wrong while tickets are worked on, and check that nothing is lost or doubled
          build/fuzz       send a host everything its OpenAPI document allows, and much that it does not
          build/mutate     put small faults into the code that keeps the promises, and see that some test notices each
        """;

    private const int Done = 0, Failed = 1, Misunderstood = 2, Interrupted = 130;

    private static async Task<int> Main(string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);

        try
        {
            return await DispatchAsync(args.FirstOrDefault(), args.Skip(1).ToArray(), stop.Token);
        }
        catch (UsageException misunderstood)
        {
            Console.Error.WriteLine($"{misunderstood.Message}\n\n{misunderstood.Usage}");
            return Misunderstood;
        }
        catch (ToolFailureException failure)
        {
            Console.Error.WriteLine($"error: {failure.Message}");
            return Failed;
        }
        catch (NpgsqlException refused)
        {
            Console.Error.WriteLine($"error: the database server did not do what was asked: {refused.Message}");
            return Failed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Interrupted;
        }

        // The process ends when its command has put everything away, not when the signal arrives.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static Task<int> DispatchAsync(string? verb, string[] args, CancellationToken ct) => verb switch
    {
        "run" => RunCommand.RunAsync(args, ct),
        "test" => TestCommand.RunAsync(args, ct),
        "migrate" => MigrateCommand.RunAsync(args, ct),
        "publish" => PublishCommand.RunAsync(args, ct),
        "replay" => ReplayCommand.RunAsync(args, ct),
        "chaos" => ChaosCommand.RunAsync(args, ct),
        "bench" => BenchCommand.RunAsync(args, ct),
        "fuzz" => FuzzCommand.RunAsync(args, ct),
        "mutate" => MutateCommand.RunAsync(args, ct),
        "--help" or "-h" => Task.FromResult(Said(Usage)),
        null => throw new UsageException("A command is missing.", Usage),
        _ => throw new UsageException($"There is no command {verb}.", Usage),
    };

    private static int Said(string text)
    {
        Console.WriteLine(text);
        return Done;
    }
}
