using System.Globalization;
using EdgeGateway.Fuzzing;
using SharpFuzz;

// Started by tests/fuzz.sh:
//   list                    the names of all targets
//   seeds TARGET FOLDER     writes what a run begins with
//   instrument DLL...       rewrites the assemblies so that a fuzzer sees which branches are taken
//   run TARGET              takes inputs from afl-fuzz
//   replay TARGET FILE...   takes inputs once; ends with the exception if one breaks something
switch (args)
{
    case ["list"]:
        foreach (var target in FuzzTargets.All) Console.WriteLine(target.Name);
        return 0;
    case ["seeds", var name, var folder]:
        Directory.CreateDirectory(folder);
        var number = 0;
        foreach (var input in CorpusFolder.Inputs(Named(name))) File.WriteAllBytes(Path.Combine(folder, number++.ToString("D4", CultureInfo.InvariantCulture)), input);
        return 0;
    case ["instrument", .. var assemblies]:
        foreach (var assembly in assemblies) Fuzzer.Instrument(assembly, _ => true, Options.Value);
        return 0;
    case ["run", var name]:
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            Named(name).Take(bytes.ToArray()); // not before: instrumented code runs only in here
        });
        return 0;
    case ["replay", var name, .. var files]:
        foreach (var file in files) Named(name).Take(File.ReadAllBytes(file));
        return 0;
    default:
        Console.Error.WriteLine("start it by tests/fuzz.sh");
        return 2;
}

static FuzzTarget Named(string name) => FuzzTargets.All.FirstOrDefault(target => target.Name == name)
    ?? throw new ArgumentException($"there is no target {name}; there are {string.Join(", ", FuzzTargets.All.Select(target => target.Name))}");
