package io.hanse.peering;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.Timestamp;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.IdSource;
import io.hanse.fsm.port.LeaderCall;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.MarkPeeringDeleted;
import io.hanse.fsm.row.PeerAddress;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PinPeerAddresses;
import io.hanse.fsm.row.RevokePeeringToken;
import io.hanse.fsm.store.View;
import io.hanse.peering.link.SecretIssuer;
import io.hanse.peering.link.SecretRedeemer;
import io.hanse.peering.proto.EstablishAnswer;
import io.hanse.peering.proto.EstablishCall;
import io.hanse.peering.proto.ExchangeAnswer;
import io.hanse.peering.proto.ExchangeCall;
import io.hanse.peering.proto.FollowCall;
import io.hanse.peering.proto.GenerateTokenAnswer;
import io.hanse.peering.proto.GenerateTokenCall;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operations on peerings, on any server: checks here what can be checked anywhere, and has the
 * leader do the rest.
 */
public final class PeeringOperations implements PeeringService, SecretIssuer {
  private static final Logger LOG = LoggerFactory.getLogger(PeeringOperations.class);
  private static final String GENERATE = "peering.generate";
  private static final String ESTABLISH = "peering.establish";
  private static final String EXCHANGE = "peering.exchange";
  private static final String FOLLOW = "peering.follow";

  /** Strangers, who are told nothing of who leads here. */
  private static final Set<String> OF_OTHER_CLUSTERS = Set.of(EXCHANGE, FOLLOW);

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Shorter than whoever asks the leader waits. */
  private static final Duration AUTHORITY_PATIENCE = Duration.ofSeconds(5);

  private final PeeringSettings settings;
  private final CommandSubmitter submitter;
  private final LeaderCall leader;
  private final InstantSource clock;
  private final StateReader reader;
  private final StreamOverlay overlay;
  private final TokenGenerator generator;
  private final TokenRedeemer redeemer;
  private final SecretExchange exchange;

  public PeeringOperations(
      PeeringSettings settings,
      CommandSubmitter submitter,
      StateReader reader,
      LeaderCall leader,
      Leadership leadership,
      IdSource ids,
      InstantSource clock,
      SecretRedeemer redeemer,
      StreamOverlay overlay,
      ScheduledExecutorService timers) {
    this.settings = settings;
    this.submitter = submitter;
    this.leader = leader;
    this.clock = clock;
    this.reader = reader;
    this.overlay = overlay;
    AwaitedAuthority authority = new AwaitedAuthority(reader, AUTHORITY_PATIENCE);
    this.generator =
        new TokenGenerator(settings, submitter, reader, leadership, ids, clock, authority);
    this.redeemer =
        new TokenRedeemer(settings, submitter, reader, ids, redeemer, overlay, timers, authority);
    this.exchange = new SecretExchange(submitter, reader, ids, clock);
  }

  /** Begins to answer the other servers while this one leads. */
  public void serve() {
    serveFollow();
    serve(
        GENERATE,
        GenerateTokenCall.parser(),
        call ->
            generator
                .generate(call)
                .thenApply(token -> GenerateTokenAnswer.newBuilder().setToken(token).build()));
    serve(
        ESTABLISH,
        EstablishCall.parser(),
        call -> redeemer.establish(call).thenApply(done -> EstablishAnswer.getDefaultInstance()));
    serve(
        EXCHANGE,
        ExchangeCall.parser(),
        call ->
            exchange
                .exchange(call)
                .thenApply(secret -> ExchangeAnswer.newBuilder().setStreamSecret(secret).build()));
  }

  private void serveFollow() {
    serve(
        FOLLOW,
        FollowCall.parser(),
        call ->
            exchange
                .follow(call)
                .thenApply(secret -> ExchangeAnswer.newBuilder().setStreamSecret(secret).build()));
  }

  private <A extends MessageLite> void serve(
      String name,
      Parser<A> parser,
      Function<A, CompletableFuture<? extends MessageLite>> handler) {
    leader.serve(
        name,
        bytes -> {
          try {
            // The server that was asked may be set otherwise.
            if (OF_OTHER_CLUSTERS.contains(name)) {
              settings.requireEnabled(PeeringSettings.NOT_ENABLED_HERE);
            } else {
              settings.requireEnabledAtLeader();
            }
            return handler.apply(parser.parseFrom(bytes)).thenApply(MessageLite::toByteString);
          } catch (InvalidProtocolBufferException e) {
            return CompletableFuture.failedFuture(undecodable(name));
          } catch (ProblemException e) {
            return CompletableFuture.failedFuture(e);
          }
        });
  }

  private <B extends MessageLite> CompletableFuture<B> ask(
      String name, MessageLite call, Duration patience, Parser<B> parser) {
    return leader
        .call(name, call.toByteString(), patience)
        .thenApply(bytes -> parsed(name, bytes, parser));
  }

  private <B extends MessageLite> CompletableFuture<B> once(
      String name, MessageLite call, Duration patience, Parser<B> parser) {
    return leader
        .callOnce(name, call.toByteString(), patience)
        .thenApply(bytes -> parsed(name, bytes, parser));
  }

  private static <B> B parsed(String name, ByteString bytes, Parser<B> parser) {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw undecodable(name);
    }
  }

  /** Without the cause, which may quote what it read. */
  private static ProblemException undecodable(String name) {
    return new ProblemException(ProblemCode.DECODE_FAILED, "malformed message of " + name);
  }

  @Override
  public CompletableFuture<String> generateToken(TokenRequest request) {
    try {
      settings.requireEnabled();
      String partition = request.partition();
      if (!partition.isEmpty() && !partition.equalsIgnoreCase("default")) {
        throw TokenRules.refused("Partitions are a Consul Enterprise feature");
      }
      TokenRules.checkName(request.name());
      TokenRules.checkMeta(request.meta());
      TokenRules.checkLifetime(request.lifetime());
      request.externalAddresses().forEach(TokenRules::checkLabel);
    } catch (ProblemException e) {
      return CompletableFuture.failedFuture(e);
    }
    GenerateTokenCall call =
        GenerateTokenCall.newBuilder()
            .setName(request.name())
            .putAllMeta(request.meta())
            .addAllExternalAddresses(LabelledAddresses.plain(request.externalAddresses()))
            .putAllAddressLabels(LabelledAddresses.labels(request.externalAddresses()))
            .setLifetimeMillis(request.lifetime().toMillis())
            .setNode(settings.node())
            .setAddress(settings.address())
            .build();
    // Made by two leaders, the secret that is stored last would not be the one that is answered.
    return once(GENERATE, call, PATIENCE, GenerateTokenAnswer.parser())
        .thenApply(GenerateTokenAnswer::getToken);
  }

  @Override
  public CompletableFuture<Boolean> revokeToken(String name) {
    try {
      settings.requireEnabled();
    } catch (ProblemException e) {
      return CompletableFuture.failedFuture(e);
    }
    return submitter
        .submit(
            Command.newBuilder()
                .setRevokePeeringToken(RevokePeeringToken.newBuilder().setName(name))
                .build())
        .thenApply(CommandResult::getDone);
  }

  @Override
  public CompletableFuture<Void> establish(
      String name, String token, Map<String, String> meta, String preferredLabel) {
    try {
      settings.requireEnabled();
      TokenRules.checkName(name);
      PeeringToken decoded = PeeringToken.decode(token);
      TokenRules.checkToken(decoded);
      TokenRules.checkMeta(meta);
      TokenRules.checkPreference(preferredLabel, decoded);
    } catch (ProblemException e) {
      return CompletableFuture.failedFuture(e);
    }
    EstablishCall call =
        EstablishCall.newBuilder()
            .setName(name)
            .setToken(token)
            .putAllMeta(meta)
            .setPreferredLabel(preferredLabel)
            .build();
    // By the next leader, a token would be refused that the last one has redeemed.
    return once(ESTABLISH, call, settings.establishPatience(), EstablishAnswer.parser())
        .thenApply(done -> null);
  }

  @Override
  public CompletableFuture<Boolean> pinAddresses(String name, List<PeerAddress> addresses) {
    try {
      settings.requireEnabled();
      TokenRules.checkPins(addresses);
    } catch (ProblemException e) {
      return CompletableFuture.failedFuture(e);
    }
    PinPeerAddresses pin =
        PinPeerAddresses.newBuilder().setName(name).addAllAddresses(addresses).build();
    return submitter
        .submit(Command.newBuilder().setPinPeerAddresses(pin).build())
        .thenApply(CommandResult::getDone);
  }

  @Override
  public CompletableFuture<Void> delete(String name) {
    try {
      settings.requireEnabled();
    } catch (ProblemException e) {
      return CompletableFuture.failedFuture(e);
    }
    Instant now = clock.instant();
    MarkPeeringDeleted mark =
        MarkPeeringDeleted.newBuilder()
            .setName(name)
            .setDeletedAt(
                Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
            .build();
    return noteParting(name, now.toEpochMilli())
        .thenCompose(
            noted -> submitter.submit(Command.newBuilder().setMarkPeeringDeleted(mark).build()))
        .thenApply(result -> null);
  }

  /**
   * One that can't be kept stops no deletion: the other cluster is told as long as a server here
   * runs on that knows how.
   */
  private CompletableFuture<Void> noteParting(String name, long nowMillis) {
    List<Command> notes;
    try (View view = reader.view()) {
      notes = PartingNotes.before(view, name, nowMillis);
    }
    CompletableFuture<?>[] written =
        notes.stream().map(submitter::submit).toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(written)
        .exceptionally(
            failure -> {
              if (!(failure.getCause() instanceof ProblemException problem)
                  || problem.code().category() != ProblemCode.Category.CALLER) {
                throw new CompletionException(failure.getCause());
              }
              LOG.warn(
                  "a peering is deleted without a note of it peer={} cause={}",
                  name,
                  problem.getMessage());
              return null;
            });
  }

  @Override
  public CompletableFuture<List<Peering>> withStreamStatus(List<Peering> stored) {
    return shown(stored, overlay::over);
  }

  @Override
  public CompletableFuture<List<Peering>> withStreamStatusIfLed(List<Peering> stored) {
    return shown(stored, overlay::overIfLed);
  }

  private CompletableFuture<List<Peering>> shown(
      List<Peering> stored, Function<List<Peering>, CompletableFuture<List<Peering>>> how) {
    try {
      settings.requireEnabled();
    } catch (ProblemException e) {
      return CompletableFuture.failedFuture(e);
    }
    return how.apply(stored);
  }

  @Override
  public CompletableFuture<String> issue(
      String peerId, String secret, String nonce, boolean wantsReason) {
    try {
      settings.requireEnabled(PeeringSettings.NOT_ENABLED_HERE);
    } catch (ProblemException e) {
      return CompletableFuture.failedFuture(e);
    }
    ExchangeCall call =
        ExchangeCall.newBuilder()
            .setPeerId(peerId)
            .setSecret(secret)
            .setNonce(nonce)
            .setWantsReason(wantsReason)
            .build();
    return ask(EXCHANGE, call, PATIENCE, ExchangeAnswer.parser())
        .thenApply(ExchangeAnswer::getStreamSecret);
  }

  @Override
  public CompletableFuture<String> follow(String peerId, String current, boolean isStored) {
    try {
      settings.requireEnabled(PeeringSettings.NOT_ENABLED_HERE);
    } catch (ProblemException e) {
      return CompletableFuture.failedFuture(e);
    }
    FollowCall call =
        FollowCall.newBuilder().setPeerId(peerId).setCurrent(current).setIsStored(isStored).build();
    return ask(FOLLOW, call, PATIENCE, ExchangeAnswer.parser())
        .thenApply(ExchangeAnswer::getStreamSecret);
  }
}
