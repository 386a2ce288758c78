package io.hanse.raft;

import io.hanse.fsm.apply.CommandShape;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.Attempt;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.Leadership.Standing;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.NoOp;
import io.hanse.fsm.row.RegisterClient;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings each command to the leader until it has an answer, under one identity, so that it is
 * applied at most once however often it had to be sent.
 *
 * <p>Waits for a leader as long as a request may be held; a command that may be in the log is
 * followed up a little longer, since its answer is still to be had there.
 */
public final class Submitter implements CommandSubmitter {
  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 200;
  private static final int REGISTRATIONS = 3;

  private final String self;
  private final RaftSettings settings;
  private final LeaderStanding standing;
  private final GroupCommit groupCommit;
  private final PeerCalls peers;
  private final Executor completer;
  private final LongSupplier nanoClock;
  private final Deadlines deadlines;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicReference<@Nullable CompletableFuture<Session>> session =
      new AtomicReference<>();
  private volatile boolean isClosed;

  public Submitter(
      RaftSettings settings,
      LeaderStanding standing,
      GroupCommit groupCommit,
      PeerCalls peers,
      Executor completer,
      LongSupplier nanoClock) {
    this.self = standing.self();
    this.settings = settings;
    this.standing = standing;
    this.groupCommit = groupCommit;
    this.peers = peers;
    this.completer = completer;
    this.nanoClock = nanoClock;
    this.deadlines = new Deadlines(completer, nanoClock);
  }

  @Override
  public CompletableFuture<CommandResult> submit(Command command) {
    int bytes = command.getSerializedSize();
    if (bytes > settings.limits().commandBytes()) {
      return CompletableFuture.failedFuture(
          new ProblemException(
              ProblemCode.TOO_LARGE,
              "a command of "
                  + bytes
                  + " bytes is above the limit of "
                  + settings.limits().commandBytes()
                  + "; write less at once"));
    }
    Optional<ProblemException> flaw = CommandShape.flaw(command);
    if (flaw.isPresent()) {
      return CompletableFuture.failedFuture(flaw.get());
    }
    if (isClosed) {
      return CompletableFuture.failedFuture(Problems.closing());
    }
    if (open.incrementAndGet() > settings.limits().openCommands()) {
      open.decrementAndGet();
      return CompletableFuture.failedFuture(
          new ProblemException(
              ProblemCode.OVERLOADED, "too many commands are open on this server; try again"));
    }
    Flight flight = new Flight(command, true);
    flight.begin();
    return flight.answer.whenComplete((result, failure) -> open.decrementAndGet());
  }

  /** A command that changes nothing, also while no other is taken any more. */
  CompletableFuture<CommandResult> barrier() {
    Flight flight =
        new Flight(Command.newBuilder().setNoOp(NoOp.getDefaultInstance()).build(), true);
    flight.begin();
    return flight.answer;
  }

  /** Takes no more commands. Those under way go on. */
  public void close() {
    isClosed = true;
  }

  private CompletableFuture<Session> session() {
    CompletableFuture<Session> present = session.get();
    if (present != null && !present.isCompletedExceptionally()) {
      return present;
    }
    CompletableFuture<Session> fresh = new CompletableFuture<>();
    if (!session.compareAndSet(present, fresh)) {
      return session();
    }
    // A registration that is written twice leaves one behind that expires: it needs no identity.
    Flight registration =
        new Flight(
            Command.newBuilder()
                .setRegisterClient(RegisterClient.newBuilder().setOrigin(self))
                .build(),
            false);
    registration.answer.whenComplete(
        (result, failure) -> {
          if (failure == null) {
            fresh.complete(new Session(result.getIndex()));
          } else {
            fresh.completeExceptionally(Problems.cause(failure));
          }
        });
    registration.attempt();
    return fresh;
  }

  private void abandon(Session expired) {
    CompletableFuture<Session> present = session.get();
    if (present != null
        && present.isDone()
        && !present.isCompletedExceptionally()
        && present.join() == expired) {
      session.compareAndSet(present, null);
    }
  }

  /** One command on its way. Its steps follow each other; only the answer is shared. */
  private final class Flight {
    private final Command command;
    private final boolean hasIdentity;
    private final CompletableFuture<CommandResult> answer = new CompletableFuture<>();
    private final long holdUntil = nanoClock.getAsLong() + settings.timing().hold().toNanos();
    private final long followUntil = holdUntil + settings.timing().commitPatience().toNanos();
    private @Nullable Session session;
    private long sequence;

    /** A sending of this sequence got no answer: it may be in the log. */
    private boolean isUncertain;

    private int registrations;
    private long pauseMillis = FIRST_PAUSE_MILLIS;

    Flight(Command command, boolean hasIdentity) {
      this.command = command;
      this.hasIdentity = hasIdentity;
    }

    void begin() {
      CompletableFuture<Session> registered = session();
      if (registered.isDone() && !registered.isCompletedExceptionally()) {
        // The common case takes no detour over another thread.
        begin(registered.join());
        return;
      }
      registered.whenCompleteAsync(
          (known, failure) -> {
            if (failure != null) {
              // Nothing was sent but the registration: whatever befell it, this is a no.
              fail(
                  Problems.code(failure) == ProblemCode.COMMIT_UNKNOWN
                      ? Problems.noLeader()
                      : Problems.cause(failure));
            } else {
              begin(known);
            }
          },
          completer);
    }

    private void begin(Session registered) {
      session = registered;
      sequence = registered.begin();
      attempt();
    }

    void attempt() {
      if (standing.closedBy().isPresent()) {
        fail(isUncertain ? Problems.commitUnknown() : standing.closedBy().get());
        return;
      }
      long now = nanoClock.getAsLong();
      long leftMillis = ((isUncertain ? followUntil : holdUntil) - now) / 1_000_000;
      if (leftMillis <= 0) {
        fail(isUncertain ? Problems.commitUnknown() : Problems.noLeader());
        return;
      }
      Standing leader = standing.standing();
      CompletableFuture<CommandResult> sent =
          Attempt.of(
              () -> leader.leader().map(to -> send(to, leftMillis)).orElseGet(Submitter::nowhere));
      // No longer than it is worth asking again: the answer of a paused leader may never come.
      if (!sent.isDone()) {
        deadlines.bound(sent, followUntil);
      }
      sent.whenComplete(
          (result, failure) -> {
            if (failure == null) {
              settle(result, null);
            } else {
              // Never on the thread of the caller: what it holds is not known.
              completer.execute(() -> settle(null, failure));
            }
          });
    }

    private CompletableFuture<CommandResult> send(String leader, long patienceMillis) {
      Entry.Builder entry = Entry.newBuilder().setCommand(command).setResent(isUncertain);
      if (session != null) {
        entry
            .setClient(session.client())
            .setSequence(sequence)
            .setAckedBelow(Math.min(sequence, session.ackedBelow()));
      }
      return leader.equals(self)
          ? groupCommit.submit(entry.build(), patienceMillis)
          : peers.forward(leader, entry.build(), patienceMillis);
    }

    private void settle(@Nullable CommandResult result, @Nullable Throwable failure) {
      if (failure != null || result == null) {
        retry(failure == null ? Problems.commitUnknown() : Problems.cause(failure));
        return;
      }
      ProblemCode problem = result.getProblem() == 0 ? null : ProblemCode.of(result.getProblem());
      if (problem == null) {
        end();
        answer.complete(result);
      } else if (problem == ProblemCode.COMMIT_UNKNOWN && hasIdentity && !isUncertain) {
        registerAnew();
      } else {
        fail(new ProblemException(problem, result.getMessage()));
      }
    }

    /** The state machine does not know the client, and this was sent only once: not applied. */
    private void registerAnew() {
      Session expired = session;
      end();
      if (expired != null) {
        abandon(expired);
      }
      registrations++;
      if (registrations > REGISTRATIONS) {
        fail(Problems.noLeader());
      } else {
        begin();
      }
    }

    private void retry(Throwable failure) {
      ProblemCode code = Problems.code(failure);
      boolean wasNotAppended = code.category() == ProblemCode.Category.RETRY;
      boolean wasTimeout = !(failure instanceof ProblemException);
      if (!wasNotAppended || wasTimeout) {
        isUncertain = true;
      } else if (!isUncertain && !Problems.isElsewhere(failure)) {
        fail(failure);
        return;
      }
      standing.change(pauseMillis).thenRunAsync(this::attempt, completer);
      pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
    }

    private void fail(Throwable failure) {
      end();
      answer.completeExceptionally(failure);
    }

    private void end() {
      if (session != null) {
        session.end(sequence);
        session = null;
      }
    }
  }

  private static CompletableFuture<CommandResult> nowhere() {
    return CompletableFuture.failedFuture(Problems.noLeader());
  }
}
