using Kontena.Simulation.Tests.Runs;

// The test program, and one command beside it.
if (args is ["simulate", .. var rest])
    return SimulateCommand.Run(rest);
if (args.Any(arg => arg is "-automated" or "@@"))
    return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, Kontena.Simulation.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions);
