using EdgeGateway.Fuzzing;

namespace EdgeGateway.Tests.Fuzzing;

/// <summary>What tests/fuzz.sh found once, and a short run of its kind without a fuzzer: the same mutations each time.</summary>
public sealed class FuzzTargetTests
{
    private const int Mutations = 3000;

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory, MemberData(nameof(Targets))]
    public void Every_input_of_the_corpus_is_taken(string name)
    {
        foreach (var input in CorpusFolder.Inputs(Named(name))) Take(name, input);
    }

    [Theory, MemberData(nameof(Targets))]
    public void Inputs_that_were_altered_here_and_there_are_taken(string name)
    {
        var inputs = CorpusFolder.Inputs(Named(name)).ToList();
        var random = new Random(1);
        for (var i = 0; i < Mutations; i++) Take(name, Altered(inputs[random.Next(inputs.Count)], random));
    }

    private static FuzzTarget Named(string name) => FuzzTargets.All.First(target => target.Name == name);

    private static void Take(string name, byte[] input)
    {
        var broke = Record.Exception(() => Named(name).Take(input));
        Assert.True(broke is null, $"{name} broke on {Convert.ToHexString(input)}: {broke}");
    }

    private static byte[] Altered(byte[] input, Random random)
    {
        var bytes = input.ToList();
        for (var change = random.Next(1, 6); change > 0 && bytes.Count > 0; change--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, random.Next(bytes.Count - at + 1));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(64, bytes.Count - at)));
                    break;
                default:
                    bytes[at] = random.Next(2) == 0 ? (byte)0xFF : (byte)0x7F;
                    break;
            }
        }
        return [.. bytes];
    }
}
