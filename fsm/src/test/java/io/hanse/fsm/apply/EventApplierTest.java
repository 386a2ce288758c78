package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.deregister;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.register;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Coordinate;
import io.hanse.fsm.row.CoordinatePoint;
import io.hanse.fsm.row.FireEvent;
import io.hanse.fsm.row.UserEvent;
import io.hanse.fsm.row.WriteCoordinate;
import io.hanse.fsm.view.Coordinates;
import io.hanse.fsm.view.UserEvents;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventApplierTest {
  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  private static Command.Builder fire(String id, String name) {
    return Command.newBuilder()
        .setFireEvent(
            FireEvent.newBuilder().setEvent(UserEvent.newBuilder().setId(id).setName(name)));
  }

  private static Command.Builder at(String node, double height) {
    return Command.newBuilder()
        .setWriteCoordinate(
            WriteCoordinate.newBuilder()
                .setCoordinate(
                    Coordinate.newBuilder()
                        .setNode(node)
                        .setCoord(CoordinatePoint.newBuilder().setHeight(height))));
  }

  @Test
  void shouldKeepTheNewestEvents() {
    for (int i = 0; i < EventApplier.KEPT_MAX + 10; i++) {
      replica.done(fire("id" + i, "deploy"));
    }

    List<UserEvent> kept = new UserEvents(replica.now()).all();
    assertThat(kept).hasSize(EventApplier.KEPT_MAX);
    assertThat(kept.get(0).getId()).isEqualTo("id10");
    assertThat(kept.get(0).getLTime()).isEqualTo(12);
    assertThat(kept.get(EventApplier.KEPT_MAX - 1).getId()).isEqualTo("id265");
    assertThat(replica.refusal(fire("id", ""))).isEqualTo("an event needs an id and a name");
  }

  @Test
  void shouldForgetWhereANodeWasThatIsGone() {
    replica.done(register(node("n1")));
    assertThat(replica.done(at("n1", 1)).getDone()).isTrue();
    assertThat(replica.done(at("zz", 1)).getDone()).isFalse();
    assertThat(new Coordinates(replica.now()).ofNode("N1")).hasSize(1);
    assertThat(replica.refusal(at("n1", Double.NaN))).isEqualTo("invalid coordinate");

    replica.done(deregister("n1", "", ""));
    assertThat(new Coordinates(replica.now()).all()).isEmpty();
  }
}
