using System.Text.Json.Nodes;
using Crm.ApiTests.Infrastructure;
using Crm.ApiTests.Operations;
using Shouldly;

namespace Crm.ApiTests;

/// <summary>ORG-03: a stranger cannot tell what is there and not theirs from what is not there at all: neither by the answer nor by the work behind it.</summary>
public sealed class StrangerTests(CrmSystem system) : IClassFixture<CrmSystem>, IDisposable
{
    private readonly SuccessfulCalls calls = new(system);
    private readonly Statements statements = new();

    public void Dispose() => statements.Dispose();

    [Fact]
    [Trait("Rule", "ORG-03")]
    public async Task Whatever_a_path_names_the_same_statements_run_and_the_same_bytes_answer_whether_it_is_there_or_not()
    {
        var tried = 0;
        foreach (var endpoint in HostEndpoint.All(system.Host).Where(e => e.Path.Contains('{') && (e.HasSubject || e.OnesOwn || e.Everywhere)))
        {
            // What is one person's own, a machine cannot have: there the stranger is somebody else.
            var stranger = endpoint.OnesOwn ? await system.SignInAsync("harbour.officer") : system.Host.Machine(await calls.KeyWithAsync(endpoint.Permission!, "harbour"));
            var call = await calls.PrepareAsync(endpoint.Id);
            foreach (var body in Bodies(call))
            {
                var there = await TellAsync(stranger, endpoint, call with { Body = body });
                there.Status.ShouldBe(endpoint.Everywhere ? 403 : 404, endpoint.Id);
                if (!endpoint.Everywhere) there.Statements.ShouldNotBeEmpty(endpoint.Id);
                foreach (var missing in Missing(endpoint, call.Path))
                {
                    (await TellAsync(stranger, endpoint, call with { Path = missing, Body = body })).ShouldSatisfyAllConditions(
                        m => m.Status.ShouldBe(there.Status, $"{endpoint.Id} {missing}"), m => m.Bytes.ShouldBe(there.Bytes, $"{endpoint.Id} {missing}"),
                        m => m.Statements.ShouldBe(there.Statements, $"{endpoint.Id} {missing}"));
                    tried++;
                }
            }
        }

        tried.ShouldBeGreaterThan(50);
    }

    /// <summary>What it takes, and where it takes something, nothing of what it takes: errors in a body must not tell either.</summary>
    private static IEnumerable<JsonObject?> Bodies(PreparedCall call) => call.Body is null ? [null] : [call.Body, new JsonObject { ["unknownMember"] = 1 }];

    /// <summary>The same address with each part that names something, and then all of them, naming nothing.</summary>
    private static IEnumerable<string> Missing(HostEndpoint endpoint, string path)
    {
        var (parts, template, query) = (path.Split('?')[0].Split('/'), endpoint.Path.Split('/'), path.Contains('?') ? path[path.IndexOf('?')..] : "");
        int[] names = [.. Enumerable.Range(0, template.Length).Where(i => template[i].StartsWith('{'))];
        foreach (var gone in names.Length == 1 ? [names] : names.Select(n => new[] { n }).Append(names))
            yield return string.Join('/', parts.Select((part, i) => !gone.Contains(i) ? part : Guid.TryParse(part, out _) ? Guid.NewGuid().ToString() : "not-there")) + query;
    }

    private async Task<(int Status, string Bytes, IReadOnlyList<string> Statements)> TellAsync(Api api, HostEndpoint endpoint, PreparedCall call)
    {
        var answer = await api.SendAsync(new HttpMethod(endpoint.Method), call.Path, call.Content, endpoint.Method == "POST" ? Api.NewKey() : null, call.IfMatch, contentType: call.ContentType);
        var trace = answer.Text("traceId");
        return ((int)answer.Status, answer.Content.Replace(trace, "TRACE", StringComparison.Ordinal), statements.Of(trace));
    }
}
