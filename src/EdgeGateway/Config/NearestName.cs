namespace EdgeGateway.Config;

/// <summary>Guesses which known name a misspelt one stands for.</summary>
internal static class NearestName
{
    private const int LongestName = 64;

    /// <summary>The known name that differs least (wrong, missing, extra or swapped letters, not case); null if none is near.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        if (name.Length > LongestName) return null;
        var lower = name.ToLowerInvariant();
        var nearest = known
            .Select(candidate => (Name: candidate, Distance: Distance(lower, candidate.ToLowerInvariant())))
            .OrderBy(candidate => candidate.Distance)
            .FirstOrDefault();
        return nearest.Name is not null && nearest.Distance <= Math.Max(1, nearest.Name.Length / 3) ? nearest.Name : null;
    }

    // Optimal string alignment: Levenshtein, and two swapped neighbours count as one.
    private static int Distance(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > LongestName) return int.MaxValue;
        var cost = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++) cost[i, 0] = i;
        for (var j = 0; j <= right.Length; j++) cost[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var change = left[i - 1] == right[j - 1] ? 0 : 1;
                cost[i, j] = Math.Min(Math.Min(cost[i - 1, j] + 1, cost[i, j - 1] + 1), cost[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }
        return cost[left.Length, right.Length];
    }
}
