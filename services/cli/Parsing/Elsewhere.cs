namespace Kontena.Cli.Parsing;

/// <summary>Words that older habits or other tools suggest, and where the thing is here (cli.md §1).</summary>
internal static class Elsewhere
{
    public static string? Of(string path, string word) => (path, word) switch
    {
        ("kontena", _) => OfRoot(word),
        _ => null,
    };

    private static string? OfRoot(string word) => word switch
    {
        "login" => "No such sub-command 'login'. Use: kontena master login",
        "logout" => "No such sub-command 'logout'. Use: kontena master logout",
        "app" => "No such sub-command 'app'. Stack files replaced apps. Use: kontena stack install",
        "up" or "deploy" or "install" => $"No such sub-command '{word}'. Use: kontena stack install",
        "ps" => "No such sub-command 'ps'. Use: kontena container ls",
        "logs" or "exec" => $"No such sub-command '{word}'. Use: kontena service {word} NAME",
        "scale" => "No such sub-command 'scale'. Use: kontena service scale NAME N",
        _ => null,
    };
}
