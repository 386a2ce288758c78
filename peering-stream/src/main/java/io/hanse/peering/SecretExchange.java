package io.hanse.peering;

import com.google.protobuf.ByteString;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.IdSource;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.RotateStreamSecret;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.Servers;
import io.hanse.fsm.view.TokenFates;
import io.hanse.peering.proto.ExchangeCall;
import io.hanse.peering.proto.FollowCall;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exchanges establishment secrets for stream secrets, and stream secrets for the ones that follow
 * them, on the leader. What is looked at here is looked at again when the command is applied: of
 * two who race for one token, one gets it.
 */
final class SecretExchange {
  private static final Logger LOG = LoggerFactory.getLogger(SecretExchange.class);
  private static final int ID_CHARACTERS = 36;
  private static final int REMEMBERING_LEVEL = 3;

  private final CommandSubmitter submitter;
  private final StateReader reader;
  private final IdSource ids;
  private final InstantSource clock;
  private final LogPace pace = new LogPace();

  SecretExchange(
      CommandSubmitter submitter, StateReader reader, IdSource ids, InstantSource clock) {
    this.submitter = submitter;
    this.reader = reader;
    this.ids = ids;
    this.clock = clock;
  }

  CompletableFuture<String> exchange(ExchangeCall call) {
    if (call.getPeerId().length() != ID_CHARACTERS) {
      throw new ProblemException(
          ProblemCode.INVARIANT_BROKEN,
          "failed to read peering secret: failed peering secret lookup: index error: UUID must be "
              + ID_CHARACTERS
              + " characters");
    }
    PeeringSecrets stored = stored(call);
    // Once redeemed, the stored secret is empty: an empty one must not match it.
    if (call.getSecret().isEmpty() || !(isGood(stored, call) || isRepeated(stored, call))) {
      throw invalid(call);
    }
    WritePeering.ExchangeSecret exchange =
        WritePeering.ExchangeSecret.newBuilder()
            .setEstablishment(call.getSecret())
            .setPendingStream(ids.uuid())
            .setRedeemerNonce(call.getNonce())
            .build();
    WritePeering.Builder write =
        WritePeering.newBuilder()
            .setPeering(Peering.newBuilder().setId(call.getPeerId()))
            .setSecretsOnly(true)
            .setExchange(exchange);
    return submitter
        .submit(remembered(reader, write))
        .handle(
            (result, failure) -> {
              if (failure != null) {
                throw refusal(call, failure);
              }
              LOG.info(
                  "peering token redeemed peer={} peering={}",
                  nameOf(call.getPeerId()),
                  call.getPeerId());
              return text(result.getPayload());
            });
  }

  /** A dialer shows its stream secret, and is given the next one or has stored it. */
  CompletableFuture<String> follow(FollowCall call) {
    PeeringSecrets stored;
    try (View view = reader.view()) {
      stored =
          new Peerings(view).secrets(call.getPeerId()).orElse(PeeringSecrets.getDefaultInstance());
    }
    boolean isKnown =
        same(stored.getActiveStream(), call.getCurrent())
            || same(stored.getPendingStream(), call.getCurrent());
    if (call.getCurrent().isEmpty() || !isKnown) {
      throw new ProblemException(ProblemCode.PERMISSION_DENIED, "invalid peering stream secret");
    }
    RotateStreamSecret rotate =
        RotateStreamSecret.newBuilder()
            .setPeeringId(call.getPeerId())
            .setCurrent(call.getCurrent())
            .setNext(call.getIsStored() ? "" : ids.uuid())
            .build();
    return submitter
        .submit(Command.newBuilder().setRotateStreamSecret(rotate).build())
        .thenApply(result -> text(result.getPayload()));
  }

  /**
   * What becomes of tokens is remembered, unless there are servers yet that would stop at a command
   * which says so.
   */
  static Command remembered(StateReader reader, WritePeering.Builder write) {
    try (View view = reader.view()) {
      return new Servers(view).below(REMEMBERING_LEVEL).isPresent()
          ? Command.newBuilder().setWritePeering(write.clearRemembers()).build()
          : Command.newBuilder()
              .setWritePeering(write.setRemembers(true))
              .setLevel(REMEMBERING_LEVEL)
              .build();
    }
  }

  private PeeringSecrets stored(ExchangeCall call) {
    try (View view = reader.view()) {
      return new Peerings(view)
          .secrets(call.getPeerId())
          .orElse(PeeringSecrets.getDefaultInstance());
    }
  }

  private boolean isGood(PeeringSecrets stored, ExchangeCall call) {
    return TokenFates.of(stored, call.getSecret(), clock.millis()) == TokenFates.Fate.GOOD;
  }

  private static boolean isRepeated(PeeringSecrets stored, ExchangeCall call) {
    return !call.getNonce().isEmpty()
        && same(stored.getRedeemerNonce(), call.getNonce())
        && same(stored.getRedeemedEstablishment(), call.getSecret());
  }

  private static boolean same(String stored, String given) {
    return MessageDigest.isEqual(
        stored.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }

  private ProblemException refusal(ExchangeCall call, Throwable failure) {
    boolean isDenied =
        Failures.cause(failure) instanceof ProblemException problem
            && problem.code() == ProblemCode.PERMISSION_DENIED;
    return isDenied
        ? invalid(call)
        : Failures.prefixed("failed to persist peering secret: ", failure);
  }

  /** The reason is told to those who show the very secret, and understand it. */
  private ProblemException invalid(ExchangeCall call) {
    String text = "invalid peering establishment secret";
    TokenFates.Fate fate = TokenFates.of(stored(call), call.getSecret(), clock.millis());
    // Only an id of 36 characters comes here; one that is no peering's is a stranger's word.
    String kind = fate == TokenFates.Fate.UNKNOWN ? "" : call.getPeerId();
    pace.due("token refused " + fate + kind, clock.millis())
        .ifPresent(
            leftOut ->
                LOG.info(
                    "token refused peer={} peering={} it_is={} not_told={}",
                    nameOf(call.getPeerId()),
                    Quoted.of(call.getPeerId()),
                    fate,
                    leftOut));
    String reason = fate.reason();
    if (call.getWantsReason() && !reason.isEmpty()) {
      text += ": " + reason;
    }
    return new ProblemException(ProblemCode.PERMISSION_DENIED, text);
  }

  private String nameOf(String peeringId) {
    try (View view = reader.view()) {
      return new Peerings(view).byId(peeringId).map(Peering::getName).orElse("");
    }
  }

  private static String text(ByteString payload) {
    return payload.toStringUtf8();
  }
}
