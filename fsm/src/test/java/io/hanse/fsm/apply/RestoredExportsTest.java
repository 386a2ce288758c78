package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.register;
import static io.hanse.fsm.apply.Commands.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.store.View;
import io.hanse.fsm.view.ExportResolver;
import io.hanse.fsm.view.ExportedInstance;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an archive brings back is as what was changed and changed back. */
class RestoredExportsTest {
  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  private ExportedInstance web() {
    try (View view = replica.machine.view()) {
      List<ExportedInstance> instances = new ExportResolver(view).instances("web");
      assertThat(instances).hasSize(1);
      return instances.get(0);
    }
  }

  /** Between the archive and its return, a peer may have given its row to another service. */
  @Test
  void shouldBeOfAnotherVersionThanBefore() {
    replica.done(Commands.initialize());
    replica.done(register(node("n1"), service("web", "id")));
    ExportedInstance before = web();
    byte[] archive = RestoreApplierTest.snapshot(replica.machine);
    replica.done(register(node("n1"), service("other", "id")));
    RestoreApplierTest.restore("r", archive, new Random(1)).forEach(replica::done);

    ExportedInstance after = web();
    assertThat(after.row()).isEqualTo(before.row());
    assertThat(after.version()).isGreaterThan(before.version());
    replica.done(register(node("n2"), service("db", "db")));
    assertThat(web().version()).as("by each restore once").isEqualTo(after.version());
  }
}
