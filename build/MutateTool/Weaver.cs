using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Crm.Build.Mutate;

/// <summary>
/// Weaves every mutant of a file into it, each behind a switch (<c>IsOn(17) ? mutated : original</c>), so that one build serves them all. Mutants
/// do not change each other: a changed piece holds its parts as they were.
/// </summary>
/// <param name="area">Whose file it is.</param>
/// <param name="file">Its path in the clone.</param>
/// <param name="without">What is known not to compile.</param>
/// <param name="firstId">The number of the first mutant.</param>
internal sealed partial class Weaver(Area area, string file, IReadOnlySet<string> without, int firstId) : CSharpSyntaxRewriter
{
    private const string Switch = "Crm.Shared.Mutation.IsOn";
    private readonly List<Mutant> mutants = [];

    /// <summary>Those woven in so far.</summary>
    public IReadOnlyList<Mutant> Mutants => mutants;

    /// <summary>The source of the switch. Told to by MUTATION_REACH, it writes down which mutants were come to.</summary>
    public const string SwitchSource = """
        using System.Collections.Concurrent;

        namespace Crm.Shared;

        public static class Mutation
        {
            private static readonly int active = int.Parse(Environment.GetEnvironmentVariable("MUTATION") ?? "0");
            private static readonly ConcurrentDictionary<int, bool>? reached = Begin(Environment.GetEnvironmentVariable("MUTATION_REACH"));

            public static bool IsOn(int id)
            {
                reached?.TryAdd(id, true);
                return id == active;
            }

            private static ConcurrentDictionary<int, bool>? Begin(string? file)
            {
                if (file is null) return null;
                var all = new ConcurrentDictionary<int, bool>();
                AppDomain.CurrentDomain.ProcessExit += (_, _) => File.AppendAllLines(file, all.Keys.Select(id => id.ToString()));
                return all;
            }
        }
        """;

    /// <summary>The mutants whose switches stand around this place of a woven file, innermost first.</summary>
    public static IEnumerable<int> Around(string woven, int line, int column)
    {
        var root = CSharpSyntaxTree.ParseText(woven).GetRoot();
        var place = root.SyntaxTree.GetText().Lines[line - 1].Start + column - 1;
        return root.FindToken(place).Parent!.AncestorsAndSelf()
            .Select(node => node switch
            {
                ParenthesizedExpressionSyntax { Expression: ConditionalExpressionSyntax choice } => choice.Condition.ToString(),
                ConditionalExpressionSyntax choice => choice.Condition.ToString(),
                IfStatementSyntax choice => choice.Condition.ToString(),
                WhenClauseSyntax guard => guard.Condition.ToString(),
                BinaryExpressionSyntax both => both.Right.ToString(),
                _ => "",
            })
            .Select(condition => SwitchCall().Match(condition)).Where(m => m.Success).Select(m => int.Parse(m.Groups[1].Value));
    }

    public override SyntaxNode? Visit(SyntaxNode? node)
    {
        var woven = base.Visit(node);
        return node switch
        {
            ExpressionSyntax code when MayChange(code) => CSharpChanges.Of(code).Aggregate(woven, (text, change) => Weave(code, text!, change, t => SyntaxFactory.ParseExpression(t))),
            StatementSyntax code => CSharpChanges.Of(code).Aggregate(woven, (text, change) => Weave(code, text!, change, t => SyntaxFactory.ParseStatement(t))),
            _ => woven,
        };
    }

    public override SyntaxNode? VisitArgument(ArgumentSyntax node)
    {
        var woven = (ArgumentSyntax)base.VisitArgument(node)!;
        return CSharpChanges.OfAssigned(node) is { } change
            ? woven.WithExpression((ExpressionSyntax)Weave(node.Expression, woven.Expression, change, t => SyntaxFactory.ParseExpression(t)))
            : woven;
    }

    public override SyntaxNode? VisitSwitchExpressionArm(SwitchExpressionArmSyntax node)
    {
        var woven = (SwitchExpressionArmSyntax)base.VisitSwitchExpressionArm(node)!;
        if (node.WhenClause is not null || node.Pattern is DiscardPatternSyntax || Take(node, $"without `{CodeChange.Short(node.ToString())}`") is not { } isOn) return woven;
        return woven.WithWhenClause(SyntaxFactory.WhenClause(SyntaxFactory.ParseExpression($"!{isOn}")).NormalizeWhitespace().WithLeadingTrivia(SyntaxFactory.Space).WithTrailingTrivia(SyntaxFactory.Space));
    }

    public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node)
    {
        var woven = (MethodDeclarationSyntax)base.VisitMethodDeclaration(node)!;
        if (node is not { ExpressionBody.Expression: { } code, ReturnType: PredefinedTypeSyntax { Keyword.Text: "void" } }
            || Take(code, $"without `{CodeChange.Short(code.ToString())}`") is not { } isOn) return woven;
        return woven.WithExpressionBody(null).WithSemicolonToken(default)
            .WithBody((BlockSyntax)SyntaxFactory.ParseStatement($"{{ if (!{isOn}) {woven.ExpressionBody!.Expression.ToFullString()}; }}\n"));
    }

    /// <summary>What must be known when compiling cannot wait for a switch.</summary>
    private static bool MayChange(ExpressionSyntax code) => !code.Ancestors().Any(around =>
        around is AttributeSyntax or PatternSyntax or ParameterSyntax or SwitchLabelSyntax or EnumMemberDeclarationSyntax or InterpolationSyntax
        || around is FieldDeclarationSyntax field && field.Modifiers.Any(SyntaxKind.ConstKeyword));

    private SyntaxNode Weave(SyntaxNode code, SyntaxNode woven, CodeChange change, Func<string, SyntaxNode> parse)
    {
        if (Take(code, change.What, change.LinesBelow) is not { } isOn) return woven;
        return parse(change.Weave(isOn, woven.WithoutTrivia().ToFullString())).WithTriviaFrom(woven);
    }

    /// <summary>Gives a change the next number; null when it does not compile.</summary>
    private string? Take(SyntaxNode code, string change, int linesBelow = 0)
    {
        var mutant = new Mutant(firstId + mutants.Count, area, file, code.GetLocation().GetLineSpan().StartLinePosition.Line + 1 + linesBelow, change);
        // The same change twice on a line: told apart by counting.
        for (var twin = 2; mutants.Any(m => m.Story == mutant.Story); twin++) mutant = mutant with { Change = $"{change} ({twin})" };
        mutants.Add(mutant);
        return without.Contains(mutant.Story) ? null : $"{Switch}({mutant.Id})";
    }

    [GeneratedRegex(@"^!?\(?Crm\.Shared\.Mutation\.IsOn\((\d+)\)")]
    private static partial Regex SwitchCall();
}
