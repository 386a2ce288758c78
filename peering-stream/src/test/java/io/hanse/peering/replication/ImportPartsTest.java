package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.StageImport;
import io.hanse.fsm.row.WriteQuota;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Tables;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A service too large for a command, and what is left of it where it does not come to be there. */
class ImportPartsTest {
  private static final String ALPHA_ID = "a1fa0000-0000-4000-8000-000000000001";
  private static final String BETA_ID = "be7a0000-0000-4000-8000-000000000002";
  private static final int PARTS_BYTES = 2_048;
  private static final int INSTANCES = 30;

  private final SimTime time = new SimTime(1);
  private final SimNetwork network = new SimNetwork(time);
  private final SimCluster alpha = new SimCluster("alpha", time, network, command -> {});
  private final SimCluster beta = new SimCluster("beta", time, network, this::appliedAtBeta);
  private int staged;

  private void appliedAtBeta(Command command) {
    staged += command.hasStageImport() ? 1 : 0;
  }

  @BeforeEach
  void start() {
    network.speakInChanges(1);
    beta.storeInPartsFrom(PARTS_BYTES);
    alpha.apply(SimCommands.initialize(ALPHA_ID, "dc-alpha"));
    beta.apply(SimCommands.initialize(BETA_ID, "dc-beta"));
    for (int i = 0; i < INSTANCES; i++) {
      alpha.apply(SimCommands.register("n" + i, "web", 80, "passing"));
    }
    alpha.apply(SimCommands.acceptor(ALPHA_ID, "beta", "establishment"));
    alpha.apply(SimCommands.exchange(ALPHA_ID, "establishment", "stream"));
    alpha.apply(SimCommands.export("beta", List.of("web")));
    alpha.start();
    beta.start();
    time.runFor(5_000);
  }

  @AfterEach
  void close() {
    alpha.close();
    beta.close();
  }

  private void allow(long moreRows) {
    try (View view = beta.view()) {
      beta.apply(
          Command.newBuilder()
              .setWriteQuota(
                  WriteQuota.newBuilder()
                      .setRowsMax(view.countedRows() + moreRows)
                      .setBytesMax(1L << 30))
              .build());
    }
  }

  private int parts() {
    try (View view = beta.view()) {
      return Tables.IMPORT_PARTS.list(view, Key.EMPTY).size();
    }
  }

  private int readable() {
    try (View view = beta.view()) {
      return new Health(view).service("alpha", "web").size();
    }
  }

  @Test
  void shouldKeepNoPartOfWhatDidNotFit() {
    allow(10);
    beta.apply(SimCommands.dialer(BETA_ID, "alpha", ALPHA_ID, alpha.addresses(), "stream"));
    time.runFor(30_000);
    assertThat(staged).isGreaterThan(1);
    assertThat(readable()).isZero();
    assertThat(parts()).isZero();

    allow(1_000);
    time.runFor(30_000);
    assertThat(readable()).isEqualTo(INSTANCES);
    assertThat(parts()).isZero();
  }

  /** The peer may not come again for long. */
  @Test
  void shouldKeepNoPartThatALeaderLeft() {
    network.trouble(20, 1);
    beta.apply(SimCommands.dialer(BETA_ID, "alpha", ALPHA_ID, alpha.addresses(), "stream"));
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
