package io.hanse.peering.replication;

import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Servers;
import io.hanse.peering.link.LinkTarget;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the stream secret of one dialing peering by a new one when it has grown old. The next
 * secret is asked for by the current one, stored here, and only then confirmed: whatever is lost on
 * the way, the other cluster takes what this one has. A stream that runs is not touched. Used on
 * its loop only.
 */
final class SecretRotation {
  private static final Logger LOG = LoggerFactory.getLogger(SecretRotation.class);
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** What the commands that store such secrets need: see {@code Command.level}. */
  private static final int LEVEL = 3;

  private final Replication replication;
  private final Loop loop;
  private final Consumer<String> lines;
  private final Consumer<String> warnings;
  private final long bornMillis;
  private boolean underWay;
  private long lastMillis;

  SecretRotation(Replication replication, Loop loop) {
    this(replication, loop, LOG::info, LOG::warn);
  }

  SecretRotation(
      Replication replication, Loop loop, Consumer<String> lines, Consumer<String> warnings) {
    this.replication = replication;
    this.loop = loop;
    this.lines = lines;
    this.warnings = warnings;
    this.bornMillis = loop.nowMillis();
  }

  /** How often it is worth to ask whether it is time. */
  long checkMillis() {
    return Math.max(50, Math.min(60_000, replication.settings().secretMillisMax() / 4));
  }

  /**
   * Whether it is time.
   *
   * @param sinceMillis since when the secret is used; 0: unknown
   */
  boolean isDue(long sinceMillis) {
    long since = Math.max(lastMillis, sinceMillis == 0 ? bornMillis : sinceMillis);
    return !underWay
        && loop.nowMillis() - since >= replication.settings().secretMillisMax()
        && isUnderstood();
  }

  /** Amid an upgrade there are servers that would stop at it: then it waits for these. */
  private boolean isUnderstood() {
    try (View view = replication.state().view()) {
      return new Servers(view).below(LEVEL).isEmpty();
    }
  }

  void begin(LinkTarget target, Peering peering, String current) {
    underWay = true;
    lastMillis = loop.nowMillis();
    guard(
        peering,
        () ->
            whenDone(
                replication.follower().follow(target, peering.getPeerId(), current, PATIENCE),
                peering,
                next -> {
                  if (next == null || next.isEmpty()) {
                    failed(peering, "the other cluster named none");
                  } else if (next.equals(current)) {
                    underWay = false;
                  } else {
                    store(target, peering, current, next);
                  }
                }));
  }

  /** Goes on, on the loop. */
  private <T> void whenDone(
      CompletableFuture<T> step, Peering peering, Consumer<@Nullable T> next) {
    step.whenComplete(
        (result, failure) ->
            loop.execute(
                () -> {
                  if (failure == null) {
                    guard(peering, () -> next.accept(result));
                  } else {
                    failed(peering, LogWriter.messageOf(failure));
                  }
                }));
  }

  /** What breaks off is no longer under way, or none would ever be again. */
  private void guard(Peering peering, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      LOG.error("following of a stream secret broken off peer={}", peering.getName(), e);
      failed(peering, "internal error");
    }
  }

  private void store(LinkTarget target, Peering peering, String current, String next) {
    Command command =
        Command.newBuilder()
            .setLevel(LEVEL)
            .setWritePeering(
                WritePeering.newBuilder()
                    .setPeering(Peering.newBuilder().setId(peering.getId()))
                    .setSecretsOnly(true)
                    .setRemembers(true)
                    .setEstablish(
                        WritePeering.Establish.newBuilder()
                            .setReplaced(current)
                            .setActiveStream(next)))
            .build();
    whenDone(
        new LogWriter(loop, replication.submitter(), 1).submit(command),
        peering,
        result -> {
          if (result != null && result.getDone()) {
            confirm(target, peering, next);
          } else {
            overtaken(peering);
          }
        });
  }

  private void confirm(LinkTarget target, Peering peering, String next) {
    whenDone(
        replication.follower().confirm(target, peering.getPeerId(), next, PATIENCE),
        peering,
        done -> {
          underWay = false;
          lines.accept("stream secret followed by another peer=" + peering.getName());
        });
  }

  /** Meanwhile a new token was redeemed: its secret is the one that is used. */
  private void overtaken(Peering peering) {
    underWay = false;
    lines.accept(
        "stream secret not followed by another peer="
            + peering.getName()
            + " cause=\"a new token was redeemed meanwhile\"");
  }

  /** It is begun anew when it is time again: both secrets are good until then. */
  private void failed(Peering peering, String cause) {
    underWay = false;
    warnings.accept(
        "stream secret not followed by another peer="
            + peering.getName()
            + " cause="
            + Quoted.of(cause));
  }
}
