using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxKind;

namespace Crm.Build.Mutate;

/// <summary>What can be changed in a piece of C#: the usual operators of mutation testing, and what statements and LINQ leave out.</summary>
internal static class CSharpChanges
{
    private static readonly Dictionary<SyntaxKind, string[]> Operators = new()
    {
        [LessThanExpression] = ["<=", ">="], [LessThanOrEqualExpression] = ["<", ">"],
        [GreaterThanExpression] = [">=", "<="], [GreaterThanOrEqualExpression] = [">", "<"],
        [EqualsExpression] = ["!="], [NotEqualsExpression] = ["=="],
        [AddExpression] = ["-"], [SubtractExpression] = ["+"], [MultiplyExpression] = ["/"], [DivideExpression] = ["*"],
    };

    private static readonly string[] Filters = ["Where", "OrderBy", "Distinct", "Take", "Include", "Concat"];

    private static readonly Dictionary<string, string> Opposites = new()
    {
        ["Any"] = "All", ["All"] = "Any", ["MinBy"] = "MaxBy", ["MaxBy"] = "MinBy", ["Min"] = "Max", ["Max"] = "Min",
    };

    /// <summary>The changes of this expression, apart from those of its parts.</summary>
    public static IEnumerable<CodeChange> Of(ExpressionSyntax code) => (code switch
    {
        BinaryExpressionSyntax binary => OfBinary(binary),
        PrefixUnaryExpressionSyntax { RawKind: (int)LogicalNotExpression } not =>
            Declares(not) ? [CodeChange.Always(Text(not))] : [CodeChange.Instead(Text(not), Text(not.Operand))],
        IsPatternExpressionSyntax match => [Declares(match) ? match.Pattern is UnaryPatternSyntax ? CodeChange.Always(Text(match)) : CodeChange.Never(Text(match)) : Not(match)],
        LiteralExpressionSyntax literal => OfLiteral(literal),
        InterpolatedStringExpressionSyntax text => OfText(text),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax called } call => OfCall(call, called),
        _ => [],
    }).Concat(OfOperand(code));

    /// <summary>Leaving the statement out, where a method can do without it.</summary>
    public static IEnumerable<CodeChange> Of(StatementSyntax code) => code switch
    {
        ExpressionStatementSyntax { Expression: not AssignmentExpressionSyntax { Left: TupleExpressionSyntax or DeclarationExpressionSyntax } } => [CodeChange.Without(Text(code))],
        ThrowStatementSyntax or ContinueStatementSyntax or ReturnStatementSyntax when IsGuard(code) => [CodeChange.Without(Text(code))],
        _ => [],
    };

    /// <summary>A value that a tuple assignment leaves as it was; null when this is no such value.</summary>
    public static CodeChange? OfAssigned(ArgumentSyntax value) =>
        value.Parent is TupleExpressionSyntax { Parent: AssignmentExpressionSyntax { Left: TupleExpressionSyntax to } assignment } from && assignment.Right == from
            ? new CodeChange(
                $"without `{Text(to.Arguments[from.Arguments.IndexOf(value)])} = {CodeChange.Short(Text(value))}`",
                (isOn, code) => $"({isOn} ? {Text(to.Arguments[from.Arguments.IndexOf(value)])} : {code})")
            : null;

    private static IEnumerable<CodeChange> OfBinary(BinaryExpressionSyntax binary)
    {
        if (Operators.TryGetValue(binary.Kind(), out var others))
            return others.Select(other => CodeChange.Instead(Text(binary), $"{Text(binary.Left)} {other} {Text(binary.Right)}"));
        return binary.IsKind(CoalesceExpression) && binary.Right is not ThrowExpressionSyntax ? [CodeChange.Instead(Text(binary), Text(binary.Right))] : [];
    }

    /// <summary>A part of a condition that does not count any more, and a whole condition turned round.</summary>
    private static IEnumerable<CodeChange> OfOperand(ExpressionSyntax code)
    {
        if (code.Parent is BinaryExpressionSyntax { RawKind: (int)LogicalAndExpression } && !code.IsKind(LogicalAndExpression) && !Declares(code))
            return [CodeChange.Always(Text(code))];
        if (code.Parent is BinaryExpressionSyntax { RawKind: (int)LogicalOrExpression } && !code.IsKind(LogicalOrExpression) && !Declares(code))
            return [CodeChange.Never(Text(code))];
        return IsCondition(code) && code is InvocationExpressionSyntax or MemberAccessExpressionSyntax or IdentifierNameSyntax or AwaitExpressionSyntax ? [Not(code)] : [];
    }

    private static IEnumerable<CodeChange> OfLiteral(LiteralExpressionSyntax literal)
    {
        // A loop that only a return ends, and a column's number, are no decisions.
        if (literal.Parent is WhileStatementSyntax) return [];
        if (literal.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "reader" } } } }) return [];
        return literal.Kind() switch
        {
            TrueLiteralExpression => [CodeChange.Instead("true", "false")],
            FalseLiteralExpression => [CodeChange.Instead("false", "true")],
            NumericLiteralExpression => [CodeChange.Instead(Text(literal), $"({Text(literal)} + 1)")],
            StringLiteralExpression when literal.Token.ValueText.Length > 0 => OfText(literal),
            _ => [],
        };
    }

    private static IEnumerable<CodeChange> OfText(ExpressionSyntax text) =>
        SqlChanges.IsSql(Text(text)) ? SqlChanges.Of(text.ToString()) : [CodeChange.Instead(Text(text), "\"\"")];

    private static IEnumerable<CodeChange> OfCall(InvocationExpressionSyntax call, MemberAccessExpressionSyntax called)
    {
        var name = called.Name.Identifier.Text;
        if (Filters.Contains(name) && call.ArgumentList.Arguments.Count <= 1)
            yield return new CodeChange($"without `.{CodeChange.Short(called.Name + call.ArgumentList.ToString())}`", (isOn, code) => $"({isOn} ? {Text(called.Expression)} : {code})");
        if (Opposites.TryGetValue(name, out var opposite) && !Declares(call))
            yield return CodeChange.Instead(Text(call), $"{Text(called.Expression)}.{opposite}{call.ArgumentList}");
    }

    private static CodeChange Not(ExpressionSyntax code) => CodeChange.Instead(Text(code), $"!({Text(code)})");

    private static bool IsCondition(ExpressionSyntax code) => code.Parent switch
    {
        IfStatementSyntax choice => choice.Condition == code,
        WhileStatementSyntax loop => loop.Condition == code,
        ConditionalExpressionSyntax choice => choice.Condition == code,
        _ => false,
    };

    /// <summary>What it guards comes after it: without it the method goes on.</summary>
    private static bool IsGuard(StatementSyntax code)
    {
        var choice = code.Parent as IfStatementSyntax ?? (code.Parent is BlockSyntax { Statements.Count: 1, Parent: IfStatementSyntax around } ? around : null);
        return choice is { Else: null, Parent: BlockSyntax block } && block.Statements[^1] != choice && !Declares(choice.Condition);
    }

    /// <summary>A variable that comes to be in a condition must be assigned afterwards, too.</summary>
    private static bool Declares(SyntaxNode code) => code.DescendantNodesAndSelf().Any(n => n is SingleVariableDesignationSyntax);

    private static string Text(SyntaxNode code) => code.ToString();
}
