package io.hanse.peering.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LeaderPlace;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.link.StreamAcceptor;
import io.hanse.peering.proto.ReplicationMessage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams over a real, encrypted connection. */
class PeerStreamIT {
  private static final ReplicationMessage HEARTBEAT =
      ReplicationMessage.newBuilder()
          .setHeartbeat(ReplicationMessage.Heartbeat.getDefaultInstance())
          .build();

  private final CompletableFuture<Outbound> accepted = new CompletableFuture<>();
  private final RecordingInbound atAcceptor = new RecordingInbound();
  private final RecordingInbound atDialer = new RecordingInbound();
  private Inbound receiver = atAcceptor;
  private volatile boolean isOpen = true;
  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    server =
        new TestServer(
            "dc1",
            new StreamAcceptor() {
              @Override
              public Inbound accept(Outbound outbound) {
                accepted.complete(outbound);
                return receiver;
              }

              @Override
              public boolean isOpen() {
                return isOpen;
              }
            });
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Outbound dial() {
    return new GrpcDialer(server.executor)
        .dial(
            new LinkTarget(server.address(), server.serverName(), server.roots()),
            outbound -> atDialer);
  }

  private static ReplicationMessage open(String peerId) {
    return ReplicationMessage.newBuilder()
        .setOpen(ReplicationMessage.Open.newBuilder().setPeerId(peerId))
        .build();
  }

  private static LinkStatus end(RecordingInbound inbound) throws Exception {
    return inbound.end.get(10, TimeUnit.SECONDS);
  }

  @Test
  void shouldCarryMessagesThatWereAskedFor() throws Exception {
    Outbound dialer = dial();
    dialer.send(open("a"));
    dialer.send(HEARTBEAT);
    Outbound acceptor = accepted.get(10, TimeUnit.SECONDS);
    acceptor.requestNext();
    await().until(() -> atAcceptor.messages.size() == 1);
    assertThat(atAcceptor.messages.get(0)).isEqualTo(open("a"));
    acceptor.requestNext();
    await().until(() -> atAcceptor.messages.size() == 2);
    acceptor.send(HEARTBEAT);
    dialer.requestNext();
    await().until(() -> atDialer.messages.size() == 1);
    assertThat(acceptor.extensions()).containsExactlyInAnyOrderElementsOf(Extensions.OURS);
    assertThat(dialer.extensions()).containsExactlyInAnyOrderElementsOf(Extensions.OURS);
    dialer.halfClose();
    acceptor.requestNext();
    atAcceptor.halfClosed.get(10, TimeUnit.SECONDS);
    acceptor.halfClose();
    assertThat(end(atDialer)).isEqualTo(LinkStatus.OK);
    assertThat(end(atAcceptor)).isEqualTo(LinkStatus.OK);
  }

  @Test
  void shouldEndWithStatusOfAcceptor() throws Exception {
    dial().send(open("a"));
    LinkStatus aborted = LinkStatus.of(LinkStatus.Code.ABORTED, "peering is marked as deleted: a");
    accepted.get(10, TimeUnit.SECONDS).close(aborted);
    assertThat(end(atDialer)).isEqualTo(aborted);
  }

  @Test
  void shouldTellAcceptorOfCancelledStream() throws Exception {
    Outbound dialer = dial();
    accepted.get(10, TimeUnit.SECONDS);
    dialer.close(LinkStatus.of(LinkStatus.Code.CANCELLED, "stopped"));
    assertThat(end(atAcceptor).code()).isEqualTo(LinkStatus.Code.CANCELLED);
    assertThat(end(atDialer).code()).isEqualTo(LinkStatus.Code.CANCELLED);
  }

  @Test
  void shouldRefuseStreamOnFollowerOnceItsFirstMessagesWereRead() throws Exception {
    server.cluster.lead(false);
    Outbound dialer = dial();
    for (int i = 0; i < 5; i++) {
      dialer.send(open("a"));
    }
    assertThat(end(atDialer))
        .isEqualTo(
            new LinkStatus(
                LinkStatus.Code.FAILED_PRECONDITION,
                "cannot establish a peering stream on a follower node",
                Optional.of(new LeaderPlace("127.0.0.1:8300", "127.0.0.1:8503"))));
  }

  @Test
  void shouldRefuseLikeAFollowerWhereNoStreamIsLetInYet() throws Exception {
    isOpen = false;
    dial();
    assertThat(end(atDialer).code()).isEqualTo(LinkStatus.Code.FAILED_PRECONDITION);
    assertThat(accepted).isNotDone();
  }

  @Test
  void shouldRefuseSilentStreamOnFollower() throws Exception {
    server.cluster.lead(false);
    dial();
    assertThat(end(atDialer).code()).isEqualTo(LinkStatus.Code.FAILED_PRECONDITION);
  }

  @Test
  void shouldAcceptLargeMessagesAndRefuseToSendTooLargeOnes() throws Exception {
    Outbound dialer = dial();
    Outbound acceptor = accepted.get(10, TimeUnit.SECONDS);
    acceptor.requestNext();
    dialer.send(open("a"));
    await().until(() -> atAcceptor.messages.size() == 1);
    acceptor.admit();
    acceptor.requestNext();
    dialer.send(open("x".repeat(7 << 20)));
    await().atMost(Duration.ofSeconds(20)).until(() -> atAcceptor.messages.size() == 2);
    dialer.send(open("x".repeat(9 << 20)));
    assertThat(end(atDialer).code()).isEqualTo(LinkStatus.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void shouldTakeSmallMessagesOnlyFromStrangers() throws Exception {
    Outbound dialer = dial();
    accepted.get(10, TimeUnit.SECONDS).requestNext();
    dialer.send(open("x".repeat(Admissions.MESSAGE_BYTES_MAX)));
    assertThat(end(atDialer).isOk()).isFalse();
    assertThat(end(atAcceptor).isOk()).isFalse();
    assertThat(atAcceptor.messages).isEmpty();
  }

  @Test
  void shouldNotReadOnWhileItsAnswersAreNotTaken() throws Exception {
    int messages = 400;
    ReplicationMessage answer = open("x".repeat(128 << 10));
    Inbound answers =
        new RecordingInbound() {
          @Override
          public void onMessage(ReplicationMessage message) {
            super.onMessage(message);
            Outbound acceptor = accepted.join();
            acceptor.send(answer);
            acceptor.requestNext();
          }
        };
    receiver = answers;
    Outbound dialer = dial();
    accepted.get(10, TimeUnit.SECONDS).requestNext();
    for (int i = 0; i < messages; i++) {
      dialer.send(HEARTBEAT);
    }
    List<ReplicationMessage> heard = ((RecordingInbound) answers).messages;
    await().until(() -> heard.size() * (128L << 10) > Backlog.BYTES_MAX);
    await().during(Duration.ofMillis(500)).until(() -> heard.size() < messages / 2);

    for (int i = 0; i < messages; i++) {
      dialer.requestNext();
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> atDialer.messages.size() == messages);
  }

  @Test
  void shouldReportUnusableTarget() throws Exception {
    new GrpcDialer(server.executor)
        .dial(new LinkTarget("nonsense", "x", List.of("y")), outbound -> atDialer);
    assertThat(end(atDialer).code()).isEqualTo(LinkStatus.Code.UNAVAILABLE);
  }
}
