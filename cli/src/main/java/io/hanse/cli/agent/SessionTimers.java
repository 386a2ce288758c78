package io.hanse.cli.agent;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.LeaderCall;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.port.LiveQuery;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.ExpireSessions;
import io.hanse.fsm.row.OpenSessionTimers;
import io.hanse.fsm.row.Session;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Sessions;
import io.hanse.http.agent.SessionRenewal;
import io.hanse.peering.replication.Loop;
import io.hanse.peering.replication.Standstill;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends sessions that were not renewed in time, while this server leads, by proposing it to the log.
 * A session has twice its time to live, as in Consul, and the whole of it again when leadership
 * moves. What this process stood still meanwhile does not count: renewals may wait in its sockets.
 *
 * <p>A renewal that was acknowledged holds: it waits for what is under way for the session, is
 * answered only while the lease of leadership is good, and the proposals of earlier leaders come to
 * nothing at the fence that each leader puts up. All of it happens on the loop.
 */
final class SessionTimers implements SessionRenewal, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SessionTimers.class);
  private static final String RENEW = "session.renew";
  private static final int GRACE = 2;
  private static final int ENDED_AT_ONCE_MAX = 256;
  private static final long RETRY_MILLIS = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Loop loop;
  private final Leadership leadership;
  private final LeaderCall leader;
  private final StateReader reader;
  private final Function<Command, CompletableFuture<CommandResult>> log;
  private @Nullable Watch watch;

  SessionTimers(
      Loop loop,
      Leadership leadership,
      LeaderCall leader,
      StateReader reader,
      Function<Command, CompletableFuture<CommandResult>> log) {
    this.loop = loop;
    this.leadership = leadership;
    this.leader = leader;
    this.reader = reader;
    this.log = log;
  }

  void start() {
    leader.serve(RENEW, this::renewHere);
    leadership.onChange(standing -> loop.execute(() -> stand(standing)));
  }

  private void stand(Leadership.Standing standing) {
    if (watch != null && (!standing.self() || watch.term != standing.term())) {
      watch.stop();
      watch = null;
    }
    if (watch == null && standing.self()) {
      watch = new Watch(standing.term());
      watch.open();
    }
  }

  /** The timers are not to be relied on any more: all begin anew, behind a new fence. */
  private void reopen(Watch old) {
    if (watch == old) {
      old.stop();
      watch = null;
      loop.after(RETRY_MILLIS, () -> stand(leadership.standing()));
    }
  }

  /** The same for what is no failure: whoever renews now needs not wait. */
  private void beginAnew(Watch old) {
    old.stop();
    watch = null;
    stand(leadership.standing());
  }

  @Override
  public CompletableFuture<Optional<Session>> renew(String id) {
    return leader.call(RENEW, ByteString.copyFromUtf8(id), PATIENCE).thenApply(SessionTimers::read);
  }

  private static Optional<Session> read(ByteString answer) {
    try {
      return answer.isEmpty() ? Optional.empty() : Optional.of(Session.parseFrom(answer));
    } catch (InvalidProtocolBufferException e) {
      throw new ProblemException(ProblemCode.DECODE_FAILED, "the leader's answer is no session", e);
    }
  }

  private CompletableFuture<ByteString> renewHere(ByteString id) {
    CompletableFuture<ByteString> answer = new CompletableFuture<>();
    loop.execute(
        () -> {
          if (watch == null) {
            answer.completeExceptionally(notLeading());
          } else {
            watch.renew(id.toStringUtf8(), answer);
          }
        });
    return answer.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static ProblemException notLeading() {
    return new ProblemException(ProblemCode.NOT_LEADER, "this server does not lead");
  }

  @Override
  public void close() {
    loop.execute(() -> stand(new Leadership.Standing(0, false, Optional.empty())));
  }

  /**
   * What is seen of the state.
   *
   * @param generation another one where a restore put other sessions in place of those known
   * @param fence who may end sessions
   * @param sessions those made since the last look
   */
  private record Seen(long generation, long fence, List<Session> sessions) {}

  /** The timers of one term of leadership, or of a part of it. */
  private final class Watch {
    final long term;
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private final Map<String, Long> deadlines = new TreeMap<>();
    private final Map<String, CompletableFuture<?>> ending = new TreeMap<>();
    private final List<String> due = new ArrayList<>();
    private final Standstill standstill = new Standstill(loop);
    private long fence;
    private OptionalLong generation = OptionalLong.empty();
    private long lastCreated;
    private @Nullable LiveQuery<Seen> query;

    Watch(long term) {
      this.term = term;
    }

    void open() {
      tick();
      propose(
          Command.newBuilder().setOpenSessionTimers(OpenSessionTimers.getDefaultInstance()).build(),
          result -> {
            fence = result.getIndex();
            query =
                LiveQuery.start(
                    reader,
                    this::look,
                    loop::execute,
                    (seen, index) -> saw(seen),
                    failure -> {
                      LOG.error("sessions are not followed", failure);
                      reopen(this);
                    });
            opened.complete(null);
          });
    }

    void stop() {
      opened.completeExceptionally(notLeading());
      if (query != null) {
        query.close();
      }
    }

    private boolean isOver() {
      return watch != this;
    }

    private void tick() {
      if (!isOver()) {
        excuseStandstill();
        standstill.dueIn(Standstill.LOOK_MILLIS);
        loop.after(Standstill.LOOK_MILLIS, this::tick);
      }
    }

    /** To be called before deadlines are looked at or moved. */
    private void excuseStandstill() {
      long millis = standstill.look();
      if (millis > 0) {
        LOG.warn("this process stood still, sessions have as much longer millis={}", millis);
        deadlines.replaceAll((id, deadline) -> deadline + millis);
      }
    }

    /** What is not known to have come to something ends the watch: its fence may be passed late. */
    private CompletableFuture<Void> propose(Command command, Consumer<CommandResult> then) {
      return log.apply(command)
          .handleAsync(
              (result, failure) -> {
                if (isOver()) {
                  return null;
                }
                if (failure == null) {
                  then.accept(result);
                } else {
                  LOG.debug("proposal of session timers failed cause=\"{}\"", failure.getMessage());
                  reopen(this);
                }
                return null;
              },
              loop::execute);
    }

    private Seen look(View view) {
      Sessions sessions = new Sessions(view);
      long seenFence = sessions.timersFence();
      List<Session> made = sessions.withTtlSince(lastCreated);
      return new Seen(view.reads().generation(), seenFence, made);
    }

    private void saw(Seen seen) {
      if (isOver()) {
        return;
      }
      if (seen.fence() != fence) {
        reopen(this);
        return;
      }
      if (generation.isPresent() && generation.getAsLong() != seen.generation()) {
        // What came back was made before those that were seen last.
        beginAnew(this);
        return;
      }
      generation = OptionalLong.of(seen.generation());
      excuseStandstill();
      for (Session session : seen.sessions()) {
        lastCreated = Math.max(lastCreated, session.getRaftIndex().getCreateIndex());
        long millis = GRACE * session.getTtlMillis();
        deadlines.put(session.getId(), loop.nowMillis() + millis);
        await(session.getId(), millis);
      }
    }

    private void await(String id, long millis) {
      loop.after(millis, () -> lookAt(id));
    }

    /** A renewal only moves the deadline: the timer looks at it when it goes off. */
    private void lookAt(String id) {
      excuseStandstill();
      Long deadline = deadlines.get(id);
      if (isOver() || deadline == null) {
        return;
      }
      long left = deadline - loop.nowMillis();
      if (left > 0) {
        await(id, left);
      } else if (session(id).isEmpty()) {
        deadlines.remove(id);
      } else {
        due.add(id);
        if (due.size() == 1) {
          loop.execute(this::endThoseDue);
        }
      }
    }

    private Optional<Session> session(String id) {
      try (View view = reader.view()) {
        return new Sessions(view).session(id);
      }
    }

    private void endThoseDue() {
      excuseStandstill();
      while (!isOver() && !due.isEmpty()) {
        List<String> some = due.subList(0, Math.min(due.size(), ENDED_AT_ONCE_MAX));
        List<String> ids = some.stream().filter(this::isDue).toList();
        some.clear();
        if (!ids.isEmpty()) {
          end(ids);
        }
      }
    }

    /** It may have been renewed between. */
    private boolean isDue(String id) {
      Long deadline = deadlines.get(id);
      if (deadline != null && deadline > loop.nowMillis()) {
        await(id, deadline - loop.nowMillis());
        return false;
      }
      return deadline != null;
    }

    private void end(List<String> ids) {
      CompletableFuture<Void> ended =
          propose(
              Command.newBuilder()
                  .setExpireSessions(ExpireSessions.newBuilder().setFence(fence).addAllIds(ids))
                  .build(),
              result -> {
                ids.forEach(ending::remove);
                if (result.getDone()) {
                  ids.forEach(deadlines::remove);
                  LOG.info("sessions not renewed in time ended count={}", ids.size());
                } else {
                  reopen(this);
                }
              });
      if (!ended.isDone()) {
        ids.forEach(id -> ending.put(id, ended));
      }
    }

    void renew(String id, CompletableFuture<ByteString> answer) {
      CompletableFuture<?> underWay = ending.getOrDefault(id, opened);
      underWay.whenCompleteAsync(
          (nothing, failure) -> {
            if (isOver() || failure != null) {
              answer.completeExceptionally(notLeading());
              return;
            }
            excuseStandstill();
            Optional<Session> session = session(id);
            session
                .filter(one -> one.getTtlMillis() > 0)
                .ifPresent(
                    one ->
                        deadlines.computeIfPresent(
                            one.getId(),
                            (key, old) -> loop.nowMillis() + GRACE * one.getTtlMillis()));
            acknowledge(id, answer);
          },
          loop::execute);
    }

    private void acknowledge(String id, CompletableFuture<ByteString> answer) {
      reader
          .fresh(StateReader.Level.DEFAULT, PATIENCE)
          .whenComplete(
              (freshness, failure) -> {
                if (failure != null) {
                  answer.completeExceptionally(failure);
                } else {
                  answer.complete(session(id).map(Session::toByteString).orElse(ByteString.EMPTY));
                }
              });
    }
  }
}
