namespace EdgeGateway.Drivers.Dlt645;

/// <summary>The two editions of DL/T 645 that meters speak. A data identifier says by its length to which it belongs.</summary>
internal enum Edition
{
    /// <summary>DL/T 645-2007: identifiers of four bytes.</summary>
    Of2007,

    /// <summary>DL/T 645-1997: identifiers of two bytes.</summary>
    Of1997,
}
