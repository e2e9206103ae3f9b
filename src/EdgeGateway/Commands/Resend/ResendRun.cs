using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using EdgeGateway.Config;
using EdgeGateway.Evidence;
using EdgeGateway.Uplink;
using MQTTnet.Exceptions;

namespace EdgeGateway.Commands.Resend;

/// <summary>Gives one command and waits for the gateway's signed answer.</summary>
internal sealed class ResendRun(BrokerSettings broker, ResendOptions options, TimeProvider time, TextWriter output, TextWriter errors)
{
    /// <summary>The exit code, as docs/operations.md lists them.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var keys = TrustedKeys.Load(options.Certificate);
            using var signer = SigningKeyFile.Load(options.Key);
            using var talk = new GatewayTalk(broker.Root, options.Site, options.Gateway, keys);
            await talk.ConnectAsync(broker, both.Token).ConfigureAwait(false);
            return await AskAsync(talk, signer, deadline.Token, both.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TrustedKeyException or SigningKeyException or LinkLostException or IOException or UnauthorizedAccessException or CryptographicException
            or MqttCommunicationException or SocketException or AuthenticationException)
        {
            await errors.WriteLineAsync($"cannot ask: {e.InnerException?.Message ?? e.Message}").ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
        catch (OperationCanceledException)
        {
            await errors.WriteLineAsync($"cannot ask: broker {broker.Urls[0]} did not answer within {options.Patience.TotalSeconds:0} s").ConfigureAwait(false);
            return ExitCode.CannotStart;
        }
    }

    private async Task<int> AskAsync(GatewayTalk talk, Es256Signer signer, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var name = $"{options.Site}/{options.Gateway}";
        if (options.Epoch is not { } epoch)
        {
            if (await BornAsync(talk, cancellationToken).ConfigureAwait(false) is not { } born)
            {
                await errors.WriteLineAsync($"{name} has no birth at this broker that --cert verifies: check the names and the certificate, or give --epoch").ConfigureAwait(false);
                return ExitCode.CannotStart;
            }
            epoch = born;
        }
        // Kept before it is used: a number that was given once is never given again, whatever happens next.
        var number = options.Number ?? CommandCounter.Next(options.CounterFile);
        var command = new PlatformCommand(options.Site, options.Gateway, epoch, number, PlatformCommand.ResendVerb, new ResendOrder(options.Stream, options.From, options.To));
        var (isTaken, reason) = await talk.GiveAsync(SignedStatement.Seal(signer, PlatformCommand.Typ, command.ToPayload()), cancellationToken).ConfigureAwait(false);
        if (!isTaken)
        {
            await errors.WriteLineAsync($"command {number} was not delivered: {reason}").ConfigureAwait(false);
            return ExitCode.Found;
        }
        try
        {
            var answer = await talk.HearAsync((facts, payload) => CommandAnswer.Of(facts, payload) is { } said && said.Number == number && said.Epoch == epoch ? said : null, cancellationToken).ConfigureAwait(false);
            await output.WriteLineAsync(answer.IsAccepted
                ? $"{name} accepted command {number}: {answer.Kept} payloads of {options.Stream} {options.From} to {options.To} are still kept and go out again on the backlog topic"
                : $"{name} refused command {number}: {answer.Why}").ConfigureAwait(false);
            return answer.IsAccepted ? ExitCode.Clean : ExitCode.Found;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            await errors.WriteLineAsync($"{name} took command {number} and did not answer within {options.Patience.TotalSeconds:0} s. It answers only commands signed by its broker.command-key, for its epoch ({epoch}), with a number it has not seen (above {number - 1}); its log says which is wrong").ConfigureAwait(false);
            return ExitCode.Found;
        }
    }

    /// <summary>The epoch that the gateway's retained birth names; null if there is none.</summary>
    private async Task<long?> BornAsync(GatewayTalk talk, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(options.Patience / 2, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return (await talk.HearAsync((facts, _) => facts.Kind == "birth" ? facts : null, both.Token).ConfigureAwait(false)).Stream.Epoch;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return null;
        }
    }
}
