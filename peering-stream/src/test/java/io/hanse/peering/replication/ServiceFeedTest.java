package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.protocol.Content;
import io.hanse.peering.protocol.ServiceContent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServiceFeedTest {
  private static final String PEERING = "p1";

  private final WatchedState state = new WatchedState();
  private final ExportedContents contents = new ExportedContents(state);
  private final KeptOffers kept = new KeptOffers();
  private final List<ServiceContent> given = new ArrayList<>();
  private final List<String> unchanged = new ArrayList<>();
  private boolean makesMarks = true;
  private final ServiceFeed feed = feed();

  private ServiceFeed feed() {
    return new ServiceFeed(
        state.time.newLoop(),
        contents,
        kept.of(PEERING),
        () -> true,
        new ServiceFeed.Sink() {
          @Override
          public void content(ServiceContent content) {
            given.add(content);
            if (makesMarks) {
              content.marks();
            }
          }

          @Override
          public void unchanged(String name, Content marks) {
            unchanged.add(name);
          }
        });
  }

  @BeforeEach
  void register() {
    state.cluster.apply(SimCommands.register("n1", "web", 80, "passing"));
  }

  @AfterEach
  void close() {
    feed.close();
    state.close();
  }

  private void begin(ServiceFeed begun) {
    begun.add(ExportedName.plain("web"));
    begun.pump();
  }

  private void again() {
    feed.again("web");
    feed.pump();
  }

  private void breakOff() {
    feed.handOver();
    feed.close();
  }

  @Test
  void shouldReadAgainAfterAMistakeThatNobodyForesaw() {
    state.isBroken = true;
    begin(feed);
    again();
    assertThat(given).isEmpty();
    assertThat(feed.isRestUnread()).isTrue();
    state.isBroken = false;
    state.time.runFor(2_000);
    assertThat(given).hasSize(1);
  }

  @Test
  void shouldGiveOnceWhatCouldNotBeReadAtFirst() {
    state.isFull = true;
    begin(feed);
    again();
    assertThat(given).isEmpty();
    state.isFull = false;
    again();
    assertThat(given).hasSize(1);
    state.time.runFor(5_000);
    assertThat(given).as("nothing has changed").hasSize(1);
    assertThat(unchanged).isEmpty();
  }

  @Test
  void shouldTryAgainByItself() {
    state.isFull = true;
    begin(feed);
    state.time.runFor(3_500);
    assertThat(feed.isRestUnread()).isTrue();
    state.isFull = false;
    state.time.runFor(5_000);
    assertThat(given).hasSize(1);
    assertThat(feed.isRestUnread()).isFalse();
  }

  @Test
  void shouldLeaveMarksToTheNextStream() {
    begin(feed);
    breakOff();
    assertThat(state.waiting()).isEqualTo(1);
    state.time.runFor(6_000);
    assertThat(contents.bytes()).as("though no stream is there to look").isZero();

    ServiceFeed next = feed();
    begin(next);
    assertThat(unchanged).containsExactly("web");
    next.close();
    assertThat(state.waiting()).isZero();
  }

  @Test
  void shouldLeaveNothingForLong() {
    begin(feed);
    breakOff();
    state.time.runFor(601_000);
    assertThat(state.waiting()).isZero();
  }

  /** As where the other cluster is a Consul, which is sent wholes. */
  @Test
  void shouldLeaveNothingWhereNoMarksWereMade() {
    makesMarks = false;
    begin(feed);
    breakOff();
    assertThat(state.waiting()).isZero();
    assertThat(contents.bytes()).isZero();
  }
}
