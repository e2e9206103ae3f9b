namespace EdgeGateway.PlantSimulator;

/// <summary>A scripted fault of one device, in force until another one (or <see cref="None"/>) is set.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Delay">Of the kinds that wait: how long.</param>
/// <param name="Code">
/// Of <see cref="FaultKind.Exception"/>: the Modbus exception code, or the error word of DL/T 645; of the noises: which (<see cref="PlantSimulator.Noise"/>); of
/// <see cref="FaultKind.Truncated"/>: how many bytes go out.
/// </param>
internal sealed record Fault(FaultKind Kind, TimeSpan Delay = default, byte Code = 0)
{
    /// <summary>Of <see cref="FaultKind.BadStatus"/>: the status code of OPC UA.</summary>
    public uint Status { get; init; }

    /// <summary>Healthy.</summary>
    public static Fault None { get; } = new(FaultKind.None);

    /// <summary>Takes the question and never answers.</summary>
    public static Fault Silent { get; } = new(FaultKind.Silent);

    /// <summary>The right answer twice, in two writes.</summary>
    public static Fault Duplicate { get; } = new(FaultKind.Duplicate);

    /// <summary>The answer carries the next unit id.</summary>
    public static Fault ForeignUnit { get; } = new(FaultKind.ForeignUnit);

    /// <summary>The answer carries the sibling function: 01 for 02, 03 for 04, and back.</summary>
    public static Fault WrongFunction { get; } = new(FaultKind.WrongFunction);

    /// <summary>The length in the MBAP header promises two bytes more than follow; in serial frames the answer has two bytes more than asked for.</summary>
    public static Fault WrongLength { get; } = new(FaultKind.WrongLength);

    /// <summary>The byte count is one less than the bytes that follow; the MBAP header, or the check, is right.</summary>
    public static Fault WrongByteCount { get; } = new(FaultKind.WrongByteCount);

    /// <summary>The right answer byte by byte, each in its own segment.</summary>
    public static Fault Split { get; } = new(FaultKind.Split);

    /// <summary>The answer before this one (other transaction) and the right one, in one write.</summary>
    public static Fault Glued { get; } = new(FaultKind.Glued);

    /// <summary>The answer carries the transaction id before the one that was asked; on serial frames, which have none, nothing is answered.</summary>
    public static Fault StaleTransaction { get; } = new(FaultKind.StaleTransaction);

    /// <summary>The first half of the right answer, then a reset of the connection.</summary>
    public static Fault ResetMidFrame { get; } = new(FaultKind.ResetMidFrame);

    /// <summary>The MBAP header carries a protocol id that is not Modbus and an impossible length; in serial frames noise stands for the answer.</summary>
    public static Fault GarbageHeader { get; } = new(FaultKind.GarbageHeader);

    /// <summary>Answers well, but the values stop moving.</summary>
    public static Fault Frozen { get; } = new(FaultKind.Frozen);

    /// <summary>One bit of the CRC or LRC is wrong. Modbus TCP has no check: there the answer is right.</summary>
    public static Fault BadCheck { get; } = new(FaultKind.BadCheck);

    /// <summary>The question comes back, then the right answer: a two-wire line that hears itself.</summary>
    public static Fault Echo { get; } = new(FaultKind.Echo);

    /// <summary>DL/T 645: the reply names the identifier behind the one that was asked for.</summary>
    public static Fault ForeignItem { get; } = new(FaultKind.ForeignItem);

    /// <summary>DL/T 645: the frames that follow the first one of a long item do not come.</summary>
    public static Fault FollowUpMissing { get; } = new(FaultKind.FollowUpMissing);

    /// <summary>DL/T 645: the frames that follow carry the number of the one before.</summary>
    public static Fault FollowUpRepeated { get; } = new(FaultKind.FollowUpRepeated);

    /// <summary>DL/T 645: the frames that follow carry the number of the one behind.</summary>
    public static Fault FollowUpSkipped { get; } = new(FaultKind.FollowUpSkipped);

    /// <summary>DL/T 645: FF in place of every data byte.</summary>
    public static Fault Fillers { get; } = new(FaultKind.Fillers);

    /// <summary>OPC UA: the server makes a session with the certificate and the signature of somebody else.</summary>
    public static Fault WrongCertificate { get; } = new(FaultKind.WrongCertificate);

    /// <summary>OPC UA: queues of monitored items have one place, and say that they have lost values.</summary>
    public static Fault QueueOverflow { get; } = new(FaultKind.QueueOverflow);

    /// <summary>OPC UA: no values, but this status.</summary>
    public static Fault BadStatus(uint status) => new(FaultKind.BadStatus) { Status = status };

    /// <summary>The right answer after <paramref name="delay"/>; questions behind it on the same connection wait.</summary>
    public static Fault SlowReply(TimeSpan delay) => new(FaultKind.SlowReply, delay);

    /// <summary>
    /// The answer to each question comes after <paramref name="delay"/>, without holding up anything: once the fault is gone, later
    /// questions are answered before it. Meant for delays longer than the asker's patience: the ledger holds such answers for ones
    /// that must not be used. On serial frames later questions wait behind it, as they do on a bus.
    /// </summary>
    public static Fault LateReply(TimeSpan delay) => new(FaultKind.LateReply, delay);

    /// <summary>
    /// Answers are held until no other question has come for <paramref name="pause"/>, and go out with the last one first. On serial frames, where only one question
    /// is ever open, the answer is right.
    /// </summary>
    public static Fault OutOfOrder(TimeSpan pause) => new(FaultKind.OutOfOrder, pause);

    /// <summary>Works on each answer for <paramref name="delay"/>; questions that come on the same connection meanwhile are lost. On serial frames the answer is right.</summary>
    public static Fault OneAtATime(TimeSpan delay) => new(FaultKind.OneAtATime, delay);

    /// <summary>Byte by byte with a pause after each byte.</summary>
    public static Fault SplitEvery(TimeSpan pause) => new(FaultKind.Split, pause);

    /// <summary>Refuses with a Modbus exception code, 1 to 255.</summary>
    public static Fault Exception(byte code) => new(FaultKind.Exception, Code: code);

    /// <summary>Bytes that belong to no frame, and the right answer behind them in one write.</summary>
    public static Fault NoiseBefore(byte noise) => new(FaultKind.NoiseBefore, Code: noise);

    /// <summary>The right answer, and bytes that belong to no frame behind it in one write.</summary>
    public static Fault NoiseAfter(byte noise) => new(FaultKind.NoiseAfter, Code: noise);

    /// <summary>Only the first <paramref name="bytes"/> of the right answer, and nothing more.</summary>
    public static Fault Truncated(byte bytes) => new(FaultKind.Truncated, Code: bytes);

    /// <summary>DL/T 645: the right reply behind so many FE.</summary>
    public static Fault Preamble(byte count) => new(FaultKind.Preamble, Code: count);

    /// <summary>True if a right-minded master throws such an answer away.</summary>
    public static bool MustBeRefused(FaultKind kind) => kind is FaultKind.LateReply or FaultKind.ForeignUnit or FaultKind.WrongFunction
        or FaultKind.WrongLength or FaultKind.WrongByteCount or FaultKind.StaleTransaction or FaultKind.ResetMidFrame or FaultKind.GarbageHeader
        or FaultKind.BadCheck or FaultKind.Truncated or FaultKind.ForeignItem or FaultKind.FollowUpMissing
        or FaultKind.FollowUpRepeated or FaultKind.FollowUpSkipped or FaultKind.Fillers;
}
