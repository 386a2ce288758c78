package io.hanse.peering.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenCallsTest {
  private static final int MAX = 3;

  private final List<String> lines = new ArrayList<>();
  private long now = 1_000_000;
  private final OpenCalls calls = new OpenCalls(MAX, () -> now, lines::add);
  private final List<ServerStreamTracer> open = new ArrayList<>();

  private boolean isLetIn() {
    ServerStreamTracer tracer = calls.newServerStreamTracer("method", new Metadata());
    open.add(tracer);
    return tracer.filterContext(Context.ROOT) == Context.ROOT;
  }

  @Test
  void shouldTellThoseBeyondItsBoundAndCutOffWhoDoesNotListen() {
    for (int i = 0; i < MAX; i++) {
      assertThat(isLetIn()).isTrue();
    }
    for (int i = 0; i < MAX; i++) {
      assertThat(isLetIn()).isFalse();
    }
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(this::isLetIn).hasMessageContaining("too many calls are open");
    }
    open.forEach(tracer -> tracer.streamClosed(Status.OK));
    assertThat(isLetIn()).as("those that were cut off count no more").isTrue();
  }

  @Test
  void shouldTellTheLogNowAndThen() {
    for (int i = 0; i < MAX; i++) {
      isLetIn();
    }
    assertThat(lines).isEmpty();
    for (int i = 0; i < MAX; i++) {
      isLetIn();
    }
    for (int i = 0; i < 1_000; i++) {
      assertThatThrownBy(this::isLetIn).isInstanceOf(RuntimeException.class);
    }
    assertThat(lines).hasSize(MAX + 5);
    now += 10_000;
    assertThatThrownBy(this::isLetIn).isInstanceOf(RuntimeException.class);
    assertThat(lines)
        .last()
        .asString()
        .isEqualTo(
            "too many calls are open at the gRPC port, cut one off calls_max=3 not_told=995");
  }
}
