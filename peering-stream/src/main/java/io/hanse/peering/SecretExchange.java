package io.hanse.peering;

import com.google.protobuf.ByteString;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.IdSource;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.proto.ExchangeCall;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Exchanges establishment secrets for stream secrets, on the leader. What is looked at here is
 * looked at again when the command is applied: of two who race for one token, one gets it.
 */
final class SecretExchange {
  private static final int ID_CHARACTERS = 36;

  private final CommandSubmitter submitter;
  private final StateReader reader;
  private final IdSource ids;

  SecretExchange(CommandSubmitter submitter, StateReader reader, IdSource ids) {
    this.submitter = submitter;
    this.reader = reader;
    this.ids = ids;
  }

  CompletableFuture<String> exchange(ExchangeCall call) {
    if (call.getPeerId().length() != ID_CHARACTERS) {
      throw new ProblemException(
          ProblemCode.INVARIANT_BROKEN,
          "failed to read peering secret: failed peering secret lookup: index error: UUID must be "
              + ID_CHARACTERS
              + " characters");
    }
    Optional<PeeringSecrets> stored;
    try (View view = reader.view()) {
      stored = new Peerings(view).secrets(call.getPeerId());
    }
    // Once redeemed, the stored secret is empty: an empty one must not match it.
    if (call.getSecret().isEmpty() || !mayMatch(stored, call)) {
      throw invalid();
    }
    WritePeering.ExchangeSecret exchange =
        WritePeering.ExchangeSecret.newBuilder()
            .setEstablishment(call.getSecret())
            .setPendingStream(ids.uuid())
            .setRedeemerNonce(call.getNonce())
            .build();
    WritePeering write =
        WritePeering.newBuilder()
            .setPeering(Peering.newBuilder().setId(call.getPeerId()))
            .setSecretsOnly(true)
            .setExchange(exchange)
            .build();
    return submitter
        .submit(Command.newBuilder().setWritePeering(write).build())
        .handle(
            (result, failure) -> {
              if (failure != null) {
                throw refusal(failure);
              }
              return text(result.getPayload());
            });
  }

  private static boolean mayMatch(Optional<PeeringSecrets> stored, ExchangeCall call) {
    if (stored.isEmpty()) {
      return false;
    }
    boolean isNew = same(stored.get().getEstablishment(), call.getSecret());
    boolean isRepeated =
        !call.getNonce().isEmpty()
            && same(stored.get().getRedeemerNonce(), call.getNonce())
            && same(stored.get().getRedeemedEstablishment(), call.getSecret());
    return isNew || isRepeated;
  }

  private static boolean same(String stored, String given) {
    return MessageDigest.isEqual(
        stored.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }

  private static ProblemException refusal(Throwable failure) {
    boolean isDenied =
        Failures.cause(failure) instanceof ProblemException problem
            && problem.code() == ProblemCode.PERMISSION_DENIED;
    return isDenied ? invalid() : Failures.prefixed("failed to persist peering secret: ", failure);
  }

  private static ProblemException invalid() {
    return new ProblemException(
        ProblemCode.PERMISSION_DENIED, "invalid peering establishment secret");
  }

  private static String text(ByteString payload) {
    return payload.toStringUtf8();
  }
}
