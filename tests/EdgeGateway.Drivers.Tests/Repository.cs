namespace EdgeGateway.Drivers.Tests;

/// <summary>Finds files of the repository from wherever the tests run in it.</summary>
internal static class Repository
{
    public static string Path(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "EdgeGateway.sln"))) return System.IO.Path.Combine(folder.FullName, relative);
        throw new DirectoryNotFoundException($"no EdgeGateway.sln above {AppContext.BaseDirectory}: run the tests inside the repository");
    }
}
