using Xunit;

namespace Kontena.StackFiles.Tests;

public sealed class ExtendsTests
{
    [Fact]
    public void The_form_of_2015_takes_build_and_links_from_compose()
    {
        var result = new Reading(
            ("shop/kontena.yml", """
                app:
                  image: registry.kontena.local/shop:latest
                  extends: {file: docker-compose.yml, service: app}
                  environment:
                    - DB_HOST=%{project}-db.kontena.local
                db:
                  image: postgres:9.4
                  extends: {file: docker-compose.yml, service: db}
                  stateful: true
                """),
            ("shop/docker-compose.yml", "app:\n  build: .\n  links: [\"db:db\"]\ndb:\n  image: postgres\n"))
        { Name = "shop" }.Read();

        Assert.Empty(result.Errors);
        var app = result.Request!.Services![0];
        Assert.Equal("registry.kontena.local/shop:latest", app.Image);
        Assert.Equal("db", app.Links!.Single().Name);
        Assert.Equal(["DB_HOST=db.shop.prod.kontena.local"], app.Env!);
        Assert.True(result.Request.Services[1].Stateful);
        Assert.Equal("postgres:9.4", result.Request.Services[1].Image);
        var build = Assert.Single(result.Builds);
        Assert.Equal(("app", "shop/.", "registry.kontena.local/shop:latest"), (build.Service, build.Context, build.Image));
        Assert.Equal("shop", result.Request.Name);
    }

    [Fact]
    public void Nothing_of_the_parent_is_lost_and_environment_is_merged_by_name()
    {
        var services = Reading.Of("""
            stack: a/b
            services:
              base:
                image: i
                command: run
                mem_limit: 64m
                deploy: {strategy: random}
                logging: {driver: syslog}
                environment: [A=1, B=2]
              s:
                extends: base
                environment: {B: 3, C: 4}
            """).Request!.Services!;

        var child = services[1];
        Assert.Equal(["run"], child.Cmd!);
        Assert.Equal((64L << 20, "random", "syslog"), (child.Memory, child.Strategy, child.LogDriver));
        Assert.Equal(["A=1", "B=3", "C=4"], child.Env!);
    }

    [Fact]
    public void Build_arguments_are_merged_by_name()
    {
        var result = new Reading(
            ("kontena.yml", "stack: a/b\nservices: {s: {image: i, extends: {file: c.yml, service: s}, build: {args: {B: '2'}}}}"),
            ("c.yml", "version: '2'\nservices: {s: {build: {context: ./app, dockerfile: D, args: [A=1, B=1, FROM_ENV]}}}"));
        result.Environment["FROM_ENV"] = "x";

        var build = Assert.Single(result.Read().Builds);

        Assert.Equal(("./app", "D"), (build.Context, build.Dockerfile));
        Assert.Equal([("A", "1"), ("B", "2"), ("FROM_ENV", "x")], build.Args.Select(arg => (arg.Key, arg.Value)));
    }

    [Fact]
    public void Compose_keys_without_meaning_are_noticed_and_other_services_of_the_file_are_not_judged()
    {
        var result = new Reading(
            ("kontena.yml", "stack: a/b\nservices: {s: {image: i, extends: {file: c.yml, service: s}}}"),
            ("c.yml", "services:\n  s: {restart: always, working_dir: /x}\n  other: {what: ever}")).Read();

        Assert.Empty(result.Errors);
        Assert.Equal(["services.s.restart", "services.s.working_dir"], result.Notices.Select(notice => notice.Path));
    }

    [Theory]
    [InlineData("extends: nope", "service 'nope' not found")]
    [InlineData("extends: s", "extends itself")]
    [InlineData("extends: {file: x.yml, service: s}", "no such file: x.yml")]
    [InlineData("extends: {file: kontena.yml}", "name the service")]
    [InlineData("extends: [a]", "expected a service's name")]
    public void Extending_nothing_is_an_error_with_a_reason(string extends, string message)
    {
        var result = Reading.OfService("image: i\n" + extends);

        Assert.Contains(result.Errors, error => error.Message.Contains(message, StringComparison.Ordinal) && error.Line > 0);
    }

    [Fact]
    public void An_empty_extends_counts_as_not_given() => Assert.Empty(Reading.OfService("image: i\nextends:").Errors);

    [Fact]
    public void Two_files_that_extend_each_other_end_in_an_error()
    {
        var result = new Reading(
            ("a.yml", "stack: a/b\nservices: {s: {image: i, extends: {file: b.yml, service: t}}}"),
            ("b.yml", "services: {t: {extends: {file: a.yml, service: s}}}")).Read();

        Assert.NotEmpty(result.Errors);
    }
}
