package io.hanse.peering;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.Attempt;
import io.hanse.fsm.row.DialCandidate;
import io.hanse.peering.link.LinkException;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.link.SecretRedeemer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redeems one token: tries the addresses in turn, for some seconds, until one answers. Where this
 * cluster's own gateways lead out of it, only they are tried at first, then all. Source: peering
 * protocol, section 4.3; that a secret is refused is final here, whoever relayed it.
 */
final class TokenRedemption {
  private static final Logger LOG = LoggerFactory.getLogger(TokenRedemption.class);

  private final PeeringSettings settings;
  private final SecretRedeemer redeemer;
  private final ScheduledExecutorService timers;
  private final PeeringToken token;
  private final List<DialCandidate> candidates;
  private final String nonce;
  private final List<String> errors = new ArrayList<>();
  private final CompletableFuture<String> result = new CompletableFuture<>();

  /**
   * Those that the candidates begin with; more may follow at their end, which do not pass checks.
   */
  private final int gateways;

  private final long gatewaysOnlyUntilNanos;
  private final long deadlineNanos;
  private int attempts;

  /** Of them, those since others than the gateways are tried. */
  private int attemptsAtAll;

  private TokenRedemption(
      PeeringSettings settings,
      SecretRedeemer redeemer,
      ScheduledExecutorService timers,
      PeeringToken token,
      List<DialCandidate> candidates,
      String nonce) {
    this.settings = settings;
    this.redeemer = redeemer;
    this.timers = timers;
    this.token = token;
    this.candidates = candidates;
    this.gateways = (int) candidates.stream().takeWhile(DialTargets::isGateway).count();
    this.nonce = nonce;
    long patience = settings.exchangePatience().toNanos();
    this.gatewaysOnlyUntilNanos = System.nanoTime() + patience;
    this.deadlineNanos = gatewaysOnlyUntilNanos + (gateways > 0 ? patience : 0);
  }

  /**
   * Answers the stream secret.
   *
   * @param candidates at least one
   */
  static CompletableFuture<String> redeem(
      PeeringSettings settings,
      SecretRedeemer redeemer,
      ScheduledExecutorService timers,
      PeeringToken token,
      List<DialCandidate> candidates,
      String nonce) {
    TokenRedemption redemption =
        new TokenRedemption(settings, redeemer, timers, token, candidates, nonce);
    redemption.attempt();
    return redemption.result;
  }

  /** One at a time: the next one begins only when the last has failed. */
  private void attempt() {
    boolean gatewaysOnly = gateways > 0 && System.nanoTime() < gatewaysOnlyUntilNanos;
    // Gateways have had their time by then: it may be they that do not answer.
    int next =
        gatewaysOnly ? attempts % gateways : (gateways + attemptsAtAll++) % candidates.size();
    attempts++;
    String address = candidates.get(next).getAddress();
    asked(address)
        .whenComplete((secret, failure) -> guard(() -> answered(address, secret, failure)));
  }

  private CompletableFuture<String> asked(String address) {
    return Attempt.of(
        () ->
            redeemer.redeem(
                new LinkTarget(address, token.serverName(), token.caPems()),
                token.peerId(),
                token.secret(),
                nonce,
                settings.attemptPatience()));
  }

  /** On a timer or another's thread nobody would hear of it, and the caller waits. */
  private void guard(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      LOG.error("redemption of a token broken off peering_there={}", token.peerId(), e);
      result.completeExceptionally(e);
    }
  }

  private void answered(String address, @Nullable String secret, @Nullable Throwable failure) {
    if (failure == null && secret != null) {
      result.complete(secret);
      return;
    }
    LinkStatus status = statusOf(address, failure);
    if (status.code() == LinkStatus.Code.PERMISSION_DENIED) {
      result.completeExceptionally(
          new ProblemException(
              ProblemCode.PERMISSION_DENIED,
              "a new peering token must be generated: " + status.text()));
      return;
    }
    errors.add(
        "failed to exchange peering secret through address \""
            + address
            + "\": rpc error: code = "
            + name(status.code())
            + " desc = "
            + status.text());
    if (isTimeOver()) {
      result.completeExceptionally(new ProblemException(problem(status.code()), joined()));
      return;
    }
    long pause = settings.exchangePause().toMillis();
    long jitter = ThreadLocalRandom.current().nextLong(pause / 4 + 1);
    timers.schedule(() -> guard(this::attempt), pause + jitter, TimeUnit.MILLISECONDS);
  }

  private static LinkStatus statusOf(String address, @Nullable Throwable failure) {
    if (failure != null && Failures.cause(failure) instanceof LinkException link) {
      return link.status();
    }
    LOG.error("token not redeemed by a mistake, trying again address={}", address, failure);
    return LinkStatus.of(LinkStatus.Code.UNKNOWN, "internal error");
  }

  /** Who does not even refuse takes seconds: the others get their turn, each once. */
  private boolean isTimeOver() {
    long overNanos = System.nanoTime() - deadlineNanos;
    boolean isFirstRound = attemptsAtAll < candidates.size() - gateways;
    return overNanos >= (isFirstRound ? PeeringSettings.FIRST_ROUND_MORE.toNanos() : 0);
  }

  private String joined() {
    StringBuilder text = new StringBuilder();
    text.append(errors.size()).append(errors.size() == 1 ? " error" : " errors");
    text.append(" occurred:\n");
    errors.forEach(error -> text.append("\t* ").append(error).append('\n'));
    return text.append('\n').toString();
  }

  private static ProblemCode problem(LinkStatus.Code code) {
    return switch (code) {
      case UNAVAILABLE -> ProblemCode.PEER_UNREACHABLE;
      case RESOURCE_EXHAUSTED -> ProblemCode.OVERLOADED;
      default -> ProblemCode.PEER_REFUSED;
    };
  }

  /** As gRPC's Go library writes codes: {@code FailedPrecondition}. */
  private static String name(LinkStatus.Code code) {
    StringBuilder name = new StringBuilder();
    for (String word : code.name().split("_", -1)) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return code == LinkStatus.Code.CANCELLED ? "Canceled" : name.toString();
  }
}
