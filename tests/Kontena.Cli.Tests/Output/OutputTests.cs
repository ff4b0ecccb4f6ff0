using FsCheck.Fluent;
using Kontena.Cli.Output;
using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Output;

public sealed class OutputTests
{
    [Fact]
    public void Columns_stay_aligned_with_colours_and_without_trailing_blanks()
    {
        var output = new StringWriter();
        new Table("A", "LONG", "C").Add("\e[32mgreen\e[0m", "x", "").Add("⊛ b", "yy", "z").Write(output, new Paint(false));
        Assert.Equal("A       LONG   C\n\e[32mgreen\e[0m   x\n⊛ b     yy     z\n", output.ToString());
    }

    [Fact]
    public async Task On_a_terminal_progress_is_one_line_that_changes()
    {
        var terminal = new FakeTerminal { ErrorIsTerminal = true };
        await new Progress(terminal, widgets: true, new Paint(false), TimeProvider.System).RunAsync("Working", step =>
        {
            step.Say("above");
            step.Retitle("Working (1 of 2)");
            return Task.FromResult(0);
        });
        Assert.Equal(
            "\r\e[K    *   Working .. \\\r\e[Kabove\n\r\e[K    *   Working .. \\\r\e[K    *   Working (1 of 2) .. \\\r\e[K [done] Working\n",
            terminal.ErrorText.ToString());
        Assert.Equal("", terminal.OutText);
    }

    [Fact]
    public async Task Without_a_terminal_progress_is_two_lines()
    {
        var terminal = new FakeTerminal();
        await Assert.ThrowsAsync<CliException>(() => new Progress(terminal, widgets: false, new Paint(false), TimeProvider.System)
            .RunAsync("Working", _ => throw new CliException("no")));
        Assert.Equal("* Working.. \n* Working.. fail\n", terminal.ErrorText.ToString());
    }

    [Fact]
    public void Health_of_many_is_partial_when_they_differ()
    {
        Assert.Equal(Health.Unknown, HealthIcon.OfMany([]));
        Assert.Equal(Health.Healthy, HealthIcon.OfMany([Health.Healthy, Health.Unknown]));
        Assert.Equal(Health.Partial, HealthIcon.OfMany([Health.Healthy, Health.Unhealthy]));
        Assert.Equal(Health.Unhealthy, HealthIcon.OfMany([Health.Unhealthy, Health.Unhealthy]));
    }

    [Fact]
    public void Any_text_comes_back_from_a_yaml_scalar() => FsCheck.Check.One(
        FsCheck.Config.QuickThrowOnFailure,
        Prop.ForAll(FsCheck.Fluent.ArbMap.Default.ArbFor<FsCheck.NonNull<string>>(), text =>
        {
            var clean = text.Get.Where(character => !char.IsSurrogate(character)).Aggregate("", (all, character) => all + character);
            Assert.Empty(StackFiles.StackValues.Read($"key: {YamlText.Scalar(clean)}\n", "f", out var values));
            return values!["key"] == clean;
        }));
}
