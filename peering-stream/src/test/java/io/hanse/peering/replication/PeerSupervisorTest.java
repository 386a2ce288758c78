package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.PeeringState;
import io.hanse.peering.LogPace;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.proto.ReplicationMessage;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which streams of others are let in while leadership comes and goes. */
class PeerSupervisorTest {
  private static final String ID = "a1fa0000-0000-4000-8000-000000000001";

  private final SimTime time = new SimTime(1);
  private final SimCluster cluster =
      new SimCluster("alpha", time, new SimNetwork(time), command -> {});
  private final StreamStatuses statuses = new StreamStatuses(() -> time.nowMillis() * 1_000_000);
  private final LateLeadership leadership = new LateLeadership();
  private final PeerSupervisor supervisor =
      new PeerSupervisor(
          new Replication(
              cluster,
              this::submit,
              leadership,
              (target, inbound) -> {
                throw new AssertionError("nobody dials here");
              },
              new NoFollower(),
              time,
              statuses,
              new Farewells(),
              ReplicationSettings.DEFAULT,
              new ExportedContents(cluster),
              new KeptOffers(),
              new RoomTurns(),
              new LogPace()));

  private boolean refusesTerminations;

  private CompletableFuture<CommandResult> submit(Command command) {
    return refusesTerminations && command.hasTerminatePeering()
        ? CompletableFuture.failedFuture(
            new ProblemException(ProblemCode.FAILED_PRECONDITION, "not by this state"))
        : CompletableFuture.completedFuture(cluster.apply(command));
  }

  /** Who asks knows it before who listens is told. */
  private static final class LateLeadership implements Leadership {
    private Standing standing = new Standing(1, false, Optional.empty());
    private Consumer<Standing> listener = told -> {};

    void leads(long term) {
      standing = new Standing(term, true, Optional.of("self"));
    }

    void follows(long term) {
      standing = new Standing(term, false, Optional.empty());
    }

    void tell() {
      listener.accept(standing);
    }

    @Override
    public Standing standing() {
      return standing;
    }

    @Override
    public void onChange(Consumer<Standing> added) {
      listener = added;
      tell();
    }

    @Override
    public String self() {
      return "self";
    }
  }

  /** What a dialer sees. */
  private static final class Dialer implements Outbound {
    private @Nullable LinkStatus closedWith;
    private boolean admitted;
    private boolean wasConfirmed;
    private Runnable onAdmission = () -> {};
    private @Nullable Inbound inbound;

    @Override
    public void send(ReplicationMessage message) {
      wasConfirmed |= message.hasTerminated();
    }

    @Override
    public boolean isReady() {
      return closedWith == null;
    }

    @Override
    public void requestNext() {}

    @Override
    public void admit() {
      admitted = true;
      onAdmission.run();
    }

    @Override
    public void halfClose() {}

    @Override
    public void close(LinkStatus status) {
      closedWith = status;
    }

    @Override
    public Set<String> extensions() {
      return Set.of();
    }

    @Override
    public String remote() {
      return "dialer";
    }
  }

  @BeforeEach
  void start() {
    cluster.apply(SimCommands.initialize(ID, "dc-alpha"));
    cluster.apply(SimCommands.acceptor(ID, "beta", "establishment"));
    cluster.apply(SimCommands.exchange(ID, "establishment", "stream"));
    cluster.apply(SimCommands.promote(ID, "beta", "stream"));
    supervisor.start();
    time.runFor(10);
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private Dialer dial() {
    return dial(ReplicationMessage.getDefaultInstance());
  }

  /**
   * Opens a stream.
   *
   * @param next said on it; nothing, if it is empty
   */
  private Dialer dial(ReplicationMessage next) {
    return dial(next, new Dialer());
  }

  private Dialer dial(ReplicationMessage next, Dialer dialer) {
    Inbound inbound = supervisor.acceptor().accept(dialer);
    dialer.inbound = inbound;
    inbound.onMessage(
        ReplicationMessage.newBuilder()
            .setOpen(ReplicationMessage.Open.newBuilder().setPeerId(ID).setStreamSecretId("stream"))
            .build());
    time.runFor(10);
    if (next.hasTerminated()) {
      inbound.onMessage(next);
      time.runFor(10);
    }
    return dialer;
  }

  @Test
  void shouldRefuseAStreamThatAMistakeMeetsAsItIsLetIn() {
    leadership.leads(2);
    leadership.tell();
    time.runFor(10);
    cluster.mistakes(1);
    Dialer unlucky = dial();
    cluster.mistakes(0);
    assertThat(unlucky.closedWith)
        .isNotNull()
        .extracting(LinkStatus::code)
        .isEqualTo(LinkStatus.Code.INTERNAL);
    assertThat(dial().admitted).isTrue();
  }

  @Test
  void shouldBeginToLeadAfterAMistakeThatNobodyForesaw() {
    cluster.mistakes(1);
    leadership.leads(2);
    leadership.tell();
    time.runFor(500);
    cluster.mistakes(0);
    assertThat(dial().admitted).isFalse();
    time.runFor(5_000);
    assertThat(dial().admitted).isTrue();
    assertThat(statuses.isConnected(ID)).isTrue();
  }

  @Test
  void shouldForgetNoStreamThatComesBeforeTheLeadersTasksDo() {
    leadership.leads(2);
    Dialer early = dial();
    leadership.tell();
    time.runFor(10);
    assertThat(early.admitted).as("what is let in is not forgotten").isFalse();
    assertThat(early.closedWith)
        .isNotNull()
        .extracting(LinkStatus::code)
        .isEqualTo(LinkStatus.Code.FAILED_PRECONDITION);

    Dialer next = dial();
    assertThat(next.admitted).isTrue();
    assertThat(statuses.isConnected(ID)).isTrue();
  }

  @Test
  void shouldLetNobodyInBetweenTwoLeaderships() {
    leadership.leads(2);
    leadership.tell();
    time.runFor(10);
    assertThat(dial().admitted).isTrue();
    leadership.follows(3);
    leadership.tell();
    time.runFor(10);

    leadership.leads(4);
    assertThat(dial().admitted).isFalse();
    leadership.tell();
    time.runFor(10);
    assertThat(dial().admitted).isTrue();
  }

  @Test
  void shouldHearOfTheNewerOfTwoStreamsThatComeAtOnce() {
    leadership.leads(2);
    leadership.tell();
    time.runFor(10);
    Dialer older = new Dialer();
    Dialer newer = new Dialer();
    older.onAdmission = () -> dial(ReplicationMessage.getDefaultInstance(), newer);
    dial(ReplicationMessage.getDefaultInstance(), older);
    assertThat(newer.admitted).isTrue();
    assertThat(newer.closedWith).isNull();
    time.runFor(1_000);
    Inbound inbound = newer.inbound;
    assertThat(inbound).isNotNull();
    inbound.onMessage(
        ReplicationMessage.newBuilder()
            .setHeartbeat(ReplicationMessage.Heartbeat.getDefaultInstance())
            .build());
    time.runFor(10);
    assertThat(statuses.silenceMillis(ID)).as("who reports is who lives").hasValue(10);
  }

  /** What is active here would stay so for ever, and the other cluster would not say it again. */
  @Test
  void shouldConfirmNoTerminationThatIsNotStored() {
    leadership.leads(2);
    leadership.tell();
    time.runFor(10);
    ReplicationMessage ended =
        ReplicationMessage.newBuilder()
            .setTerminated(ReplicationMessage.Terminated.getDefaultInstance())
            .build();
    refusesTerminations = true;
    Dialer refused = dial(ended);
    assertThat(refused.wasConfirmed).isFalse();
    assertThat(refused.closedWith)
        .isEqualTo(
            LinkStatus.of(
                LinkStatus.Code.UNAVAILABLE, "the termination can't be stored: not by this state"));
    assertThat(SimPair.state(cluster, "beta")).hasValue(PeeringState.PENDING);

    refusesTerminations = false;
    dial(ended);
    assertThat(SimPair.state(cluster, "beta")).hasValue(PeeringState.TERMINATED);
  }
}
