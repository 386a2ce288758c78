package io.hanse.peering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Command.BodyCase;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.DialCandidate;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.Redaction;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.proto.PartingNote;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is in the log of a peering that is deleted at the cluster that dials. */
class PartingNotesTest {
  private static final String ID = "be7a0000-0000-4000-8000-000000000002";

  /** More than one record holds. */
  private static final String ROOTS = "PEM".repeat(2_000);

  private final LocalCluster cluster = new LocalCluster();
  private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(1);
  private final List<Command> sent = new ArrayList<>();
  private Optional<ProblemCode> failure = Optional.empty();

  private final PeeringOperations operations =
      new PeeringOperations(
          PeeringSettings.defaults("dc1"),
          this::submit,
          cluster,
          cluster,
          cluster,
          cluster,
          () -> Instant.ofEpochMilli(7),
          (target, peerId, secret, nonce, patience) -> {
            throw new AssertionError("nothing is redeemed here");
          },
          CompletableFuture::completedFuture,
          executor);

  private CompletableFuture<CommandResult> submit(Command command) {
    sent.add(command);
    return failure.isPresent() && command.hasWriteSystemRecord()
        ? CompletableFuture.failedFuture(new ProblemException(failure.get(), "simulated"))
        : cluster.submit(command);
  }

  @BeforeEach
  void establish() {
    Command.Builder begin = Command.newBuilder();
    begin
        .getInitializeClusterBuilder()
        .setIdentity(ClusterIdentity.newBuilder().setId("id").setDatacenter("dc1"));
    cluster.submit(begin.build()).join();
    cluster.submit(dialer("stream")).join();
  }

  private static Command dialer(String secret) {
    return dialer(secret, ROOTS);
  }

  private static Command dialer(String secret, String roots) {
    Peering.Builder peering =
        Peering.newBuilder()
            .setId(ID)
            .setName("alpha")
            .setPeerId("id-there")
            .setPeerServerName("server.there")
            .addPeerCaPems(roots)
            .addPeerServerAddresses("there:8503");
    return Command.newBuilder()
        .setWritePeering(
            WritePeering.newBuilder()
                .setPeering(peering)
                .setEstablish(WritePeering.Establish.newBuilder().setActiveStream(secret)))
        .build();
  }

  @AfterEach
  void close() {
    executor.shutdownNow();
    cluster.close();
  }

  private SortedMap<String, PartingNote> notes() {
    try (View view = cluster.view()) {
      return PartingNotes.all(view);
    }
  }

  private PeeringState state() {
    try (View view = cluster.view()) {
      return new Peerings(view).byName("alpha").map(Peering::getState).orElseThrow();
    }
  }

  @Test
  void shouldBeThereBeforeTheDeletion() {
    operations.delete("alpha").join();

    assertThat(sent)
        .hasSizeGreaterThan(2)
        .extracting(Command::getBodyCase)
        .startsWith(BodyCase.WRITE_SYSTEM_RECORD, BodyCase.WRITE_SYSTEM_RECORD)
        .endsWith(BodyCase.MARK_PEERING_DELETED);
    assertThat(sent.get(0).getLevel()).as("any version understands it").isZero();
    assertThat(Redaction.print(sent.get(0))).doesNotContain("value=C");
    assertThat(state()).isEqualTo(PeeringState.DELETING);
    PartingNote note = notes().get(ID);
    assertThat(note.getSecret()).isEqualTo("stream");
    assertThat(note.getWaysList())
        .extracting(DialCandidate::getAddress)
        .containsExactly("there:8503");
    assertThat(note.getPeering().getPeerCaPemsList()).containsExactly(ROOTS);
    assertThat(note.getPeering().getPeerId()).isEqualTo("id-there");
    assertThat(note.getRemote().getDatacenter()).isEqualTo("dc1");
    assertThat(note.getSinceMillis()).isEqualTo(7);

    try (View view = cluster.view()) {
      PartingNotes.without(view, ID).forEach(each -> cluster.submit(each).join());
    }
    assertThat(notes()).isEmpty();
  }

  @Test
  void shouldTakeThePlaceOfAnOlderOne() {
    try (View view = cluster.view()) {
      PartingNotes.before(view, "alpha", 1).forEach(each -> cluster.submit(each).join());
    }
    cluster.submit(dialer("second")).join();

    operations.delete("alpha").join();

    assertThat(notes().get(ID).getSecret()).isEqualTo("second");
  }

  /** They are sent at once. */
  @Test
  void shouldTakeThePlaceOfALongerOneInWhicheverOrderItsPartsCome() {
    cluster.submit(dialer("first", ROOTS + ROOTS)).join();
    write(/* isReversed= */ false);
    cluster.submit(dialer("second", ROOTS)).join();
    write(/* isReversed= */ true);
    assertThat(notes().get(ID).getSecret()).isEqualTo("second");
    cluster.submit(dialer("third", ROOTS + ROOTS)).join();
    write(/* isReversed= */ true);
    assertThat(notes().get(ID).getSecret()).isEqualTo("third");
  }

  private void write(boolean isReversed) {
    try (View view = cluster.view()) {
      List<Command> commands = new ArrayList<>(PartingNotes.before(view, "alpha", 1));
      if (isReversed) {
        Collections.reverse(commands);
      }
      commands.forEach(each -> cluster.submit(each).join());
    }
  }

  @Test
  void shouldNotBeWrittenWhereNobodyIsToBeTold() {
    operations.delete("nobody").join();
    operations.delete("alpha").join();
    int before = sent.size();
    operations.delete("alpha").join();
    assertThat(sent.get(0).hasMarkPeeringDeleted()).isTrue();
    assertThat(sent).hasSize(before + 1);
  }

  @Test
  void shouldStopNoDeletionWhereThereIsNoRoomForIt() {
    failure = Optional.of(ProblemCode.QUOTA_EXCEEDED);
    operations.delete("alpha").join();
    assertThat(state()).isEqualTo(PeeringState.DELETING);
  }

  @Test
  void shouldDeleteNothingWhileNobodyLeads() {
    failure = Optional.of(ProblemCode.NO_LEADER);
    assertThatThrownBy(operations.delete("alpha")::join).hasMessageContaining("simulated");
    assertThat(sent).noneMatch(Command::hasMarkPeeringDeleted);
  }
}
