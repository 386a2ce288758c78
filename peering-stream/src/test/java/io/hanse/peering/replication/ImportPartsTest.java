package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.StageImport;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Tables;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A service too large for a command, and what is left of it where it does not come to be there. */
class ImportPartsTest {
  private static final int PARTS_BYTES = 2_048;
  private static final int INSTANCES = 30;

  private final SimPair pair = new SimPair(command -> {}, this::appliedAtBeta);
  private final SimTime time = pair.time;
  private final SimNetwork network = pair.network;
  private final SimCluster alpha = pair.alpha;
  private final SimCluster beta = pair.beta;
  private int staged;

  private void appliedAtBeta(Command command) {
    staged += command.hasStageImport() ? 1 : 0;
  }

  @BeforeEach
  void start() {
    network.speakInChanges(1);
    beta.storeInPartsFrom(PARTS_BYTES);
    for (int i = 0; i < INSTANCES; i++) {
      alpha.apply(SimCommands.register("n" + i, "web", 80, "passing"));
    }
    pair.redeem();
    alpha.apply(SimCommands.export("beta", List.of("web")));
    pair.start();
  }

  @AfterEach
  void close() {
    pair.close();
  }

  private int parts() {
    try (View view = beta.view()) {
      return Tables.IMPORT_PARTS.list(view, Key.EMPTY).size();
    }
  }

  @Test
  void shouldKeepNoPartOfWhatDidNotFit() {
    pair.allowAtBeta(10);
    pair.dial();
    time.runFor(30_000);
    assertThat(staged).isGreaterThan(1);
    assertThat(pair.readable("web")).isZero();
    assertThat(parts()).isZero();

    pair.allowAtBeta(1_000);
    time.runFor(30_000);
    assertThat(pair.readable("web")).isEqualTo(INSTANCES);
    assertThat(parts()).isZero();
  }

  /** The peer may not come again for long. */
  @Test
  void shouldKeepNoPartThatALeaderLeft() {
    network.trouble(20, 1);
    pair.dial();
    beta.apply(
        Command.newBuilder()
            .setStageImport(
                StageImport.newBuilder()
                    .setPeer("alpha")
                    .setService("web")
                    .setContent(ByteString.copyFromUtf8("part")))
            .build());
    assertThat(parts()).isEqualTo(1);
    beta.moveLeadership(beta.servers.get(1));
    time.runFor(5_000);
    assertThat(parts()).isZero();
  }
}
