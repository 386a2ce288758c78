package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.Effect;
import io.hanse.peering.protocol.Input;
import io.hanse.peering.protocol.PeerResources;
import io.hanse.peering.protocol.StreamLimits;
import io.hanse.peering.protocol.StreamProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A stream of which a step breaks off for a reason that nobody foresaw. */
class StreamDriverTest implements StreamDriver.Owner, Outbound {
  private final SimTime time = new SimTime(1);
  private final List<LinkStatus.Code> closedWith = new ArrayList<>();
  private final List<LinkStatus.Code> told = new ArrayList<>();
  private boolean breaks;
  private int reports;
  private final StreamDriver driver =
      new StreamDriver(
          time.newLoop(),
          new StreamProtocol(PeerResources.acceptor(StreamLimits.DEFAULT)),
          this,
          this);

  @Test
  void shouldEndAStreamOfWhichAStepBrokeOff() {
    breaks = true;
    driver.startTicking();
    driver.give(new Input.Started());
    assertThat(told).containsExactly(LinkStatus.Code.INTERNAL);
    assertThat(closedWith).containsExactly(LinkStatus.Code.INTERNAL);

    breaks = false;
    driver.onEnd(LinkStatus.OK);
    time.runFor(10_000);
    assertThat(reports).as("nothing is done any more").isOne();
    assertThat(told).hasSize(1);
  }

  @Test
  void shouldEndItWhereWhatBelongsToItBrokeOff() {
    driver.give(new Input.Started());
    driver.guard(
        () -> {
          throw new IllegalStateException("a mistake that nobody foresaw");
        });
    assertThat(told).containsExactly(LinkStatus.Code.INTERNAL);
    driver.guard(() -> told.add(LinkStatus.Code.OK));
    assertThat(told).hasSize(1);
  }

  /** The loop that runs it goes on after an error, and so would the stream. */
  @Test
  void shouldEndItAfterAnErrorAsWell() {
    driver.give(new Input.Started());
    driver.guard(
        () -> {
          throw new NoClassDefFoundError("a class that nobody missed");
        });
    assertThat(told).containsExactly(LinkStatus.Code.INTERNAL);
  }

  /** What it would begin would never be ended. */
  @Test
  void shouldNotGoOnWhereAPartOfAStepBrokeOff() {
    breaks = true;
    driver.guard(
        () -> {
          driver.give(new Input.Started());
          told.add(LinkStatus.Code.OK);
        });
    assertThat(told).containsExactly(LinkStatus.Code.INTERNAL);
  }

  @Override
  public void report(PeerStreamStatus status) {
    reports++;
    if (breaks) {
      throw new IllegalStateException("a mistake that nobody foresaw");
    }
  }

  @Override
  public String who() {
    return "peer=test";
  }

  @Override
  public void closed(Effect.Close close) {
    told.add(close.status().code());
  }

  @Override
  public void close(LinkStatus status) {
    closedWith.add(status.code());
  }

  @Override
  public void store(Effect.Import received) {}

  @Override
  public void storeTermination() {}

  @Override
  public void refused(Effect.Refused refused) {}

  @Override
  public void send(ReplicationMessage message) {}

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public void requestNext() {}

  @Override
  public void halfClose() {}

  @Override
  public Set<String> extensions() {
    return Set.of();
  }

  @Override
  public String remote() {
    return "test";
  }
}
