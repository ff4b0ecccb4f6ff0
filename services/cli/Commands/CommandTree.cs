using Kontena.Cli.Commands.General;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands;

/// <summary>Every command there is (cli.md §7), in the order of the help.</summary>
internal static class CommandTree
{
    public static GroupEntry Root { get; } = new("kontena", "Runs containers on many machines: grids of nodes, stacks of services.", static () =>
    [
        new GroupEntry("stack", "Stacks: groups of services from one file", StackCommands),
        new GroupEntry("service", "Services: what runs, how many of it, and how", ServiceCommands),
        new GroupEntry("container", "Containers on the nodes", ContainerCommands),
        new GroupEntry("node", "Nodes: the machines of a grid", NodeCommands),
        new GroupEntry("grid", "Grids: sets of nodes that work together", GridCommands),
        new GroupEntry("network", "The network of a grid", static () =>
        [
            new LeafEntry("check", "Measure the way from every node to every other", "network check --throughput", static () => new Networks.CheckCommand()),
        ]),
        new GroupEntry("volume", "Volumes: data that services mount by name", VolumeCommands),
        new GroupEntry("vault", "Secrets: values that are kept encrypted", VaultCommands),
        new GroupEntry("external-registry", "Logins at image registries", RegistryCommands),
        new GroupEntry("master", "Masters this client knows, and logging in", MasterCommands),
        new LeafEntry("whoami", "Show master, grid and user", "whoami", static () => new WhoamiCommand()),
        new LeafEntry("version", "Print the versions of client and master", "version", static () => new VersionCommand()),
        new LeafEntry("help", "Explain a command", "help stack install", static () => new HelpCommand()),
        new LeafEntry("complete", "Completion for shells", "complete kontena stack", static () => new CompleteCommand()) { Hidden = true },
        new LeafEntry("docs", "Print the documentation of all commands", "docs", static () => new DocsCommand()) { Hidden = true },
    ]);

    private static CommandEntry[] StackCommands() =>
    [
        new LeafEntry("ls", "List stacks", "stack ls", static () => new Stacks.ListCommand()) { Aliases = ["list"] },
        new LeafEntry("install", "Install a stack file: build, create, deploy, wait", "stack install kontena.yml", static () => new Stacks.InstallCommand()),
        new LeafEntry("upgrade", "Upgrade an installed stack from a file", "stack upgrade shop kontena.yml", static () => new Stacks.UpgradeCommand()),
        new LeafEntry("plan", "Show what installing or upgrading would change, and where it would land", "stack plan kontena.yml", static () => new Stacks.PlanCommand()),
        new LeafEntry("validate", "Check a stack file", "stack validate kontena.yml", static () => new Stacks.ValidateCommand()),
        new LeafEntry("show", "Show a stack and its services", "stack show shop", static () => new Stacks.ShowCommand()),
        new LeafEntry("inspect", "Print the file a stack was installed from", "stack inspect shop", static () => new Stacks.InspectCommand()),
        new LeafEntry("deploy", "Deploy installed stacks", "stack deploy shop", static () => new Stacks.DeployCommand()) { Aliases = ["start"] },
        new LeafEntry("cancel", "Cancel the deploys of stacks", "stack cancel shop", static () => new Stacks.CancelCommand()),
        new LeafEntry("stop", "Stop every service of stacks", "stack stop shop", static () => new Stacks.StopCommand()),
        new LeafEntry("restart", "Restart every service of stacks", "stack restart shop", static () => new Stacks.RestartCommand()),
        new LeafEntry("logs", "Show logs of a stack", "stack logs --tail 20 -f shop", static () => new Stacks.LogsCommand()),
        new LeafEntry("events", "Show what happened in a stack", "stack events -f shop", static () => new Stacks.EventsCommand()),
        new LeafEntry("rm", "Remove stacks", "stack rm --force shop", static () => new Stacks.RemoveCommand()) { Aliases = ["remove"] },
    ];

    private static CommandEntry[] ServiceCommands() =>
    [
        new LeafEntry("ls", "List services", "service ls --stack shop", static () => new Services.ListCommand()) { Aliases = ["list"] },
        new LeafEntry("create", "Create a service of no stack", "service create -p 8080:80 web nginx:1.27", static () => new Services.CreateCommand()),
        new LeafEntry("show", "Show a service, its instances and containers", "service show shop/web", static () => new Services.ShowCommand()),
        new LeafEntry("explain", "Tell why instances are where they are", "service explain shop/web", static () => new Services.ExplainCommand()),
        new LeafEntry("update", "Change a service", "service update -e MODE=prod shop/web", static () => new Services.UpdateCommand()),
        new LeafEntry("deploy", "Deploy a service", "service deploy shop/web", static () => new Services.DeployCommand()),
        new LeafEntry("cancel", "Cancel the deploys of services", "service cancel shop/web", static () => new Services.CancelCommand()),
        new LeafEntry("history", "List the kept revisions of a service", "service history shop/web", static () => new Services.HistoryCommand()),
        new LeafEntry("rollback", "Bring back an earlier revision of a service", "service rollback --to 3 shop/web", static () => new Services.RollbackCommand()),
        new LeafEntry("scale", "Change how many instances a service has", "service scale shop/web 3", static () => new Services.ScaleCommand()),
        new LeafEntry("start", "Start stopped services", "service start shop/web", static () => new Services.StartCommand()),
        new LeafEntry("stop", "Stop services", "service stop shop/web", static () => new Services.StopCommand()),
        new LeafEntry("restart", "Restart services", "service restart shop/web", static () => new Services.RestartCommand()),
        new LeafEntry("rm", "Remove services, or place one instance anew", "service rm --force web", static () => new Services.RemoveCommand()) { Aliases = ["remove"] },
        new LeafEntry("containers", "List the containers of a service", "service containers shop/web", static () => new Services.ContainersCommand()),
        new LeafEntry("stats", "Show what the containers of a service use", "service stats -t shop/web", static () => new Services.StatsCommand()),
        new LeafEntry("logs", "Show logs of a service", "service logs -f shop/web", static () => new Services.LogsCommand()),
        new LeafEntry("events", "Show what happened to a service", "service events --tail 20 shop/web", static () => new Services.EventsCommand()),
        new LeafEntry("exec", "Run a command in an instance", "service exec -it shop/web -- sh", static () => new Services.ExecCommand()),
        new LeafEntry("run", "Run a command once in a container of its own", "service run shop/web -- rake db:migrate", static () => new Services.RunCommand()),
        new LeafEntry("run-now", "Run a service with a schedule now", "service run-now shop/backup", static () => new Services.RunNowCommand()),
        new LeafEntry("run-stop", "Stop a run of a service", "service run-stop shop/backup 5a0000000000000000000e01", static () => new Services.RunStopCommand()),
        new LeafEntry("runs", "List the runs of a service", "service runs shop/backup", static () => new Services.RunsCommand()),
        new GroupEntry("env", "Environment variables of a service", static () =>
        [
            new LeafEntry("ls", "List environment variables", "service env ls shop/web", static () => new Services.EnvListCommand()) { Aliases = ["list"] },
            new LeafEntry("add", "Add an environment variable", "service env add shop/web MODE=prod", static () => new Services.EnvAddCommand()),
            new LeafEntry("rm", "Remove environment variables", "service env rm shop/web MODE", static () => new Services.EnvRemoveCommand()) { Aliases = ["remove"] },
        ]),
        new GroupEntry("secret", "Secrets that a service is given", static () =>
        [
            new LeafEntry("link", "Give a service a secret of the vault", "service secret link shop/web DB_PASS:PASSWORD:env", static () => new Services.SecretLinkCommand()),
            new LeafEntry("unlink", "Take a secret from a service", "service secret unlink shop/web DB_PASS:PASSWORD:env", static () => new Services.SecretUnlinkCommand()),
        ]),
    ];

    private static CommandEntry[] ContainerCommands() =>
    [
        new LeafEntry("ls", "List containers", "container ls --all", static () => new Containers.ListCommand()) { Aliases = ["list"] },
        new LeafEntry("show", "Show a container", "container show core-01/shop.web-1", static () => new Containers.ShowCommand()),
        new LeafEntry("inspect", "Print what the container engine says", "container inspect core-01/shop.web-1", static () => new Containers.InspectCommand()),
        new LeafEntry("logs", "Show logs of a container", "container logs core-01/shop.web-1", static () => new Containers.LogsCommand()),
        new LeafEntry("exec", "Run a command in a container", "container exec core-01/shop.web-1 -- ls -l", static () => new Containers.ExecCommand()),
    ];

    private static CommandEntry[] NodeCommands() =>
    [
        new LeafEntry("ls", "List nodes", "node ls", static () => new Nodes.ListCommand()) { Aliases = ["list"] },
        new LeafEntry("show", "Show a node", "node show core-01", static () => new Nodes.ShowCommand()),
        new LeafEntry("create", "Make a record for a machine and print the line that joins it", "node create core-01", static () => new Nodes.CreateCommand()),
        new LeafEntry("reset-token", "Shut the agent of a node out, and let it join with another token", "node reset-token core-01", static () => new Nodes.ResetTokenCommand()),
        new LeafEntry("update", "Change labels or availability of nodes", "node update --availability drain core-01", static () => new Nodes.UpdateCommand()),
        new LeafEntry("drain", "Move everything off nodes, and wait until it has gone", "node drain core-01", static () => new Nodes.DrainCommand()),
        new LeafEntry("activate", "Let nodes take instances again", "node activate core-01", static () => new Nodes.ActivateCommand()),
        new LeafEntry("rotate-key", "Let nodes take other WireGuard keys", "node rotate-key core-01", static () => new Nodes.RotateKeyCommand()),
        new LeafEntry("rm", "Remove nodes that are off", "node rm core-01", static () => new Nodes.RemoveCommand()) { Aliases = ["remove"] },
        new GroupEntry("label", "Labels of a node", static () =>
        [
            new LeafEntry("ls", "List labels", "node label ls core-01", static () => new Nodes.LabelListCommand()) { Aliases = ["list"] },
            new LeafEntry("add", "Add labels", "node label add core-01 region=eu", static () => new Nodes.LabelAddCommand()),
            new LeafEntry("rm", "Remove labels", "node label rm core-01 region=eu", static () => new Nodes.LabelRemoveCommand()) { Aliases = ["remove"] },
        ]),
    ];

    private static CommandEntry[] GridCommands() =>
    [
        new LeafEntry("ls", "List grids", "grid ls", static () => new Grids.ListCommand()) { Aliases = ["list"] },
        new LeafEntry("create", "Create a grid and select it", "grid create --initial-size 3 main", static () => new Grids.CreateCommand()),
        new LeafEntry("update", "Change a grid", "grid update --default-affinity label!=staging main", static () => new Grids.UpdateCommand()),
        new LeafEntry("rebalance", "Move instances so that the grid lies evenly", "grid rebalance --dry-run", static () => new Grids.RebalanceCommand()),
        new LeafEntry("use", "Select a grid", "grid use main", static () => new Grids.UseCommand()),
        new LeafEntry("show", "Show a grid", "grid show main", static () => new Grids.ShowCommand()),
        new GroupEntry("trusted-subnet", "Networks whose wires are trusted", static () =>
        [
            new LeafEntry("ls", "List trusted subnets", "grid trusted-subnet ls", static () => new Grids.TrustedSubnetListCommand()) { Aliases = ["list"] },
            new LeafEntry("add", "Trust the wires of networks", "grid trusted-subnet add 10.0.0.0/8", static () => new Grids.TrustedSubnetAddCommand()),
            new LeafEntry("rm", "Trust the wires of networks no longer", "grid trusted-subnet rm --force 10.0.0.0/8", static () => new Grids.TrustedSubnetRemoveCommand()) { Aliases = ["remove"] },
        ]),
        new LeafEntry("audit-log", "Show who did what in a grid", "grid audit-log -l 50", static () => new Grids.AuditLogCommand()),
        new LeafEntry("audit-verify", "Tell whether a grid's audit log is what was written", "grid audit-verify", static () => new Grids.AuditVerifyCommand()),
        new LeafEntry("simulate", "Tell what losing or adding nodes would do", "grid simulate --lose az=a1 --add 2", static () => new Grids.SimulateCommand()),
        new LeafEntry("events", "Show what happened in a grid", "grid events --node core-01", static () => new Grids.EventsCommand()),
        new LeafEntry("current", "Show the selected grid", "grid current --name", static () => new Grids.CurrentCommand()),
        new LeafEntry("rm", "Remove empty grids", "grid rm --force main", static () => new Grids.RemoveCommand()) { Aliases = ["remove"] },
    ];

    private static CommandEntry[] VolumeCommands() =>
    [
        new LeafEntry("ls", "List volumes", "volume ls", static () => new Volumes.ListCommand()) { Aliases = ["list"] },
        new LeafEntry("create", "Create a volume", "volume create --driver local --scope instance dbdata", static () => new Volumes.CreateCommand()),
        new LeafEntry("show", "Show a volume, where its data is and who mounts it", "volume show dbdata", static () => new Volumes.ShowCommand()),
        new LeafEntry("rm", "Remove volumes with their data", "volume rm --force dbdata", static () => new Volumes.RemoveCommand()) { Aliases = ["remove"] },
    ];

    private static CommandEntry[] VaultCommands() =>
    [
        new LeafEntry("ls", "List secrets, without their values", "vault ls", static () => new Vault.ListCommand()) { Aliases = ["list"] },
        new LeafEntry("write", "Keep a new secret", "vault write DB_PASS s3cr3t", static () => new Vault.WriteCommand()),
        new LeafEntry("read", "Show a secret with its value", "vault read --value DB_PASS", static () => new Vault.ReadCommand()),
        new LeafEntry("update", "Give a secret another value", "vault update DB_PASS better", static () => new Vault.UpdateCommand()),
        new LeafEntry("rm", "Remove secrets", "vault rm --force DB_PASS", static () => new Vault.RemoveCommand()) { Aliases = ["remove"] },
        new LeafEntry("export", "Print all secrets with their values", "vault export --json", static () => new Vault.ExportCommand()),
        new LeafEntry("import", "Keep the secrets of a file", "vault import secrets.yml", static () => new Vault.ImportCommand()),
    ];

    private static CommandEntry[] RegistryCommands() =>
    [
        new LeafEntry("ls", "List the registries that nodes log in at", "external-registry ls", static () => new Registries.ListCommand()) { Aliases = ["list"] },
        new LeafEntry("add", "Keep the login at a registry", "external-registry add -u bot -p TOKEN registry.example.org", static () => new Registries.AddCommand()),
        new LeafEntry("rm", "Forget the login at a registry", "external-registry rm --force registry.example.org", static () => new Registries.RemoveCommand()) { Aliases = ["remove"] },
    ];

    private static CommandEntry[] MasterCommands() =>
    [
        new LeafEntry("ls", "List the masters this client knows", "master ls", static () => new Masters.ListCommand()) { Aliases = ["list"] },
        new LeafEntry("login", "Log in to a master", "master login --token TOKEN http://localhost:9292", static () => new Masters.LoginCommand()),
        new LeafEntry("logout", "Forget the token of the selected master", "master logout", static () => new Masters.LogoutCommand()),
        new LeafEntry("use", "Select a master", "master use prod", static () => new Masters.UseCommand()),
        new LeafEntry("current", "Show the selected master", "master current --url", static () => new Masters.CurrentCommand()) { Aliases = ["show"] },
        new LeafEntry("audit-log", "Show who did what", "master audit-log -l 50", static () => new Masters.AuditLogCommand()),
        new LeafEntry("audit-verify", "Tell whether the audit logs are what was written", "master audit-verify", static () => new Masters.AuditVerifyCommand()),
        new LeafEntry("rm", "Forget a master", "master rm --force prod", static () => new Masters.RemoveCommand()) { Aliases = ["remove"] },
        new GroupEntry("integration", "Programs that command the master over the message queue", static () =>
        [
            new LeafEntry("ls", "List integrations", "master integration ls", static () => new Masters.Integrations.ListCommand()) { Aliases = ["list"] },
            new LeafEntry("create", "Make an integration and print its address at the broker", "master integration create --grid main ci", static () => new Masters.Integrations.CreateCommand()),
            new LeafEntry("rm", "Remove integrations", "master integration rm --force ci", static () => new Masters.Integrations.RemoveCommand()) { Aliases = ["remove"] },
        ]),
    ];
}
