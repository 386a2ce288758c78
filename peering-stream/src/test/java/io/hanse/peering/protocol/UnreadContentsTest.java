package io.hanse.peering.protocol;

import static io.hanse.peering.protocol.StreamProbe.service;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.hanse.peering.proto.Extended;
import io.hanse.peering.proto.Held;
import io.hanse.peering.proto.HeldGroup;
import io.hanse.peering.proto.HeldNames;
import io.hanse.peering.proto.HeldService;
import io.hanse.peering.proto.ReplicationMessage;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A service that can't be read, beside one of the same group of names that changed. */
class UnreadContentsTest {
  private static final String READ = "web";
  private static final String UNREAD =
      IntStream.range(0, 10_000)
          .mapToObj(i -> "s" + i)
          .filter(name -> Content.groupOf(name) == Content.groupOf(READ))
          .findFirst()
          .orElseThrow();
  private static final ByteString OLD = ByteString.copyFromUtf8("0123456789abcdef");

  private final StreamProbe exporter = StreamProbe.acceptor();

  @BeforeEach
  void connect() {
    exporter.on(new Input.ChangesAgreed());
    exporter.on(new Input.ExportedNames(new TreeSet<>(List.of(READ, UNREAD))));
    HeldGroup group = HeldGroup.newBuilder().setGroup(Content.groupOf(READ)).setDigest(OLD).build();
    receive(Extended.newBuilder().setHeld(Held.newBuilder().addGroups(group)));
    offer();
  }

  private void receive(Extended.Builder message) {
    exporter.receive(ReplicationMessage.newBuilder().setExtended(message).build());
  }

  private void offer() {
    exporter.on(new Input.ServiceOffered(StreamProbe.content(READ, service(READ, 2), 7)));
  }

  private boolean asksAfter(long millis, boolean isRestUnread) {
    exporter.now += millis;
    exporter.on(new Input.AllOffered(0, isRestUnread));
    return exporter.sent().stream().anyMatch(message -> message.getExtended().hasAskHeld());
  }

  @Test
  void shouldNotKeepBackWhatChanged() {
    assertThat(asksAfter(0, true)).isFalse();
    assertThat(asksAfter(1_000, true)).isFalse();
    assertThat(asksAfter(1_000, true)).isTrue();

    HeldNames.Builder held = HeldNames.newBuilder().setGroup(Content.groupOf(READ));
    for (String name : List.of(READ, UNREAD)) {
      held.addServices(HeldService.newBuilder().setName(name).setMark(OLD));
    }
    receive(Extended.newBuilder().setHeldNames(held));
    assertThat(exporter.all(Effect.Ask.class))
        .extracting(Effect.Ask::name)
        .containsExactlyInAnyOrder(READ, UNREAD);
    offer();
    assertThat(exporter.sent()).anyMatch(message -> message.getExtended().hasChanges());
  }

  @Test
  void shouldWaitAsLongAsContentsCome() {
    for (int i = 0; i < 10; i++) {
      assertThat(asksAfter(1_000, i % 2 == 0)).isFalse();
    }
  }
}
