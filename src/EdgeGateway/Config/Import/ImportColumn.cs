namespace EdgeGateway.Config.Import;

/// <summary>What a column of somebody's point table means.</summary>
internal enum ImportColumn
{
    Name,
    EnglishName,
    Address,
    Function,
    Area,
    Type,
    Order,
    Scale,
    Decimals,
    Offset,
    Unit,
    Access,
    Note,
    Registers,
    Bit,
    Min,
    Max,
    Factor,
    Ordinal,
}
