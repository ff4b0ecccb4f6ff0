using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Kontena.Core.Affinities;

/// <summary>What an affinity rule looks at.</summary>
public enum AffinitySubject
{
    /// <summary>The node's name.</summary>
    Node,

    /// <summary>Each of the node's labels, whole: <c>az=1a</c>.</summary>
    Label,

    /// <summary>The services that have an instance on the node.</summary>
    Service,

    /// <summary>The names of the containers on the node: <c>stack.service-1</c>.</summary>
    Container,
}

/// <summary>One affinity rule, <c>subject==value</c> or <c>subject!=value</c>; a <c>~</c> before the value makes it soft (runtime.md
/// §2.4, stack-file.md §8.8).</summary>
/// <remarks>A value between slashes is a regular expression, matched anywhere in the text. <c>%s</c> in a value stands for the instance's
/// number.</remarks>
public sealed class AffinityExpression
{
    /// <summary>Longer rules are refused.</summary>
    public const int MaxLength = 512;

    private static readonly string[] Subjects = ["node", "label", "service", "container"];

    private readonly Regex? _pattern;

    private AffinityExpression(string text, AffinitySubject subject, bool negated, bool soft, string value, Regex? pattern)
    {
        (Text, Subject, Negated, Soft, Value, _pattern) = (text, subject, negated, soft, value, pattern);
    }

    /// <summary>The rule as written.</summary>
    public string Text { get; }

    public AffinitySubject Subject { get; }

    /// <summary><c>!=</c>: nodes that match are the ones to avoid.</summary>
    public bool Negated { get; }

    /// <summary>A wish: ignored when it would leave no node.</summary>
    public bool Soft { get; }

    /// <summary>What is compared, without <c>~</c> and slashes.</summary>
    public string Value { get; }

    public bool IsPattern => _pattern is not null;

    /// <summary>For <see cref="AffinitySubject.Service"/>: the value names a stack too, <c>stack/service</c>; otherwise the own stack is
    /// meant.</summary>
    public bool NamesStack => IsPattern ? Value.Contains("\\/", StringComparison.Ordinal) : Value.Contains('/');

    /// <summary>Reads a rule. On failure <paramref name="error"/> is a sentence for the person who wrote it.</summary>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out AffinityExpression? expression, [NotNullWhen(false)] out string? error)
    {
        expression = null;
        error = null;
        if (string.IsNullOrWhiteSpace(text))
            error = "an affinity rule is empty; expected such as label==disk=ssd";
        else if (text.Length > MaxLength)
            error = $"an affinity rule has {text.Length} characters; at most {MaxLength} are taken";
        else
            expression = Read(text, out error);
        return error is null;
    }

    /// <summary>The rule for one instance: <c>%s</c> replaced by its number. Any other <c>%</c> stays as it is.</summary>
    public AffinityExpression ForInstance(int number)
    {
        if (!Value.Contains("%s", StringComparison.Ordinal))
            return this;
        var value = Value.Replace("%s", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return new AffinityExpression(Text, Subject, Negated, Soft, value, _pattern is null ? null : Compile(value));
    }

    /// <summary>Whether the text equals the value or matches the pattern; negation is left to the caller.</summary>
    public bool Matches(string text) => _pattern?.IsMatch(text) ?? string.Equals(text, Value, StringComparison.Ordinal);

    public override string ToString() => Text;

    private static AffinityExpression? Read(string text, out string? error)
    {
        var equal = text.IndexOf("==", StringComparison.Ordinal);
        var unequal = text.IndexOf("!=", StringComparison.Ordinal);
        var at = (equal, unequal) switch
        {
            ( < 0, _) => unequal,
            (_, < 0) => equal,
            _ => Math.Min(equal, unequal),
        };
        if (at <= 0)
        {
            error = $"affinity '{text}' is not of the form subject==value or subject!=value; expected such as label==disk=ssd";
            return null;
        }

        var subject = Array.IndexOf(Subjects, text[..at].Trim());
        if (subject < 0)
        {
            error = $"affinity '{text}' looks at '{text[..at].Trim()}'; known are {string.Join(", ", Subjects)}";
            return null;
        }

        var value = text[(at + 2)..].Trim();
        var soft = value.StartsWith('~');
        if (soft)
            value = value[1..].Trim();
        if (value.Length == 0)
        {
            error = $"affinity '{text}' has no value after {text[at..(at + 2)]}";
            return null;
        }

        Regex? pattern = null;
        if (value.Length > 2 && value[0] == '/' && value[^1] == '/')
        {
            value = value[1..^1];
            try
            {
                pattern = Compile(value);
            }
            catch (Exception refusal) when (refusal is ArgumentException or NotSupportedException)
            {
                error = $"affinity '{text}' has an expression that can't be used: {refusal.Message}";
                return null;
            }
        }

        error = null;
        return new AffinityExpression(text, (AffinitySubject)subject, text[at] == '!', soft, value, pattern);
    }

    /// <summary>Matched in time linear to the text, so without a limit: one by the clock would have a busy machine place otherwise than an idle one.</summary>
    private static Regex Compile(string value) => new(value, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
