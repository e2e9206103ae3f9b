namespace EdgeGateway.Config.Model;

/// <summary>How an hour's or a day's converted mean (折算均值) is made. The two differ when the oxygen swings, and authorities differ in which they use.</summary>
internal enum ReferenceMethod
{
    /// <summary>The mean of the converted means of the periods below.</summary>
    MeanOfConverted,

    /// <summary>Converted from the mean concentration and the mean oxygen.</summary>
    ConvertedMean,
}
