package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.StageImport;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Tables;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
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
  private final List<Command.BodyCase> appliedAtBeta = new ArrayList<>();
  private final List<Integer> readableAtBeta = new ArrayList<>();
  private boolean started;

  private void appliedAtBeta(Command command) {
    if (started) {
      appliedAtBeta.add(command.getBodyCase());
      readableAtBeta.add(pair.readable("web"));
    }
  }

  private int staged() {
    return Collections.frequency(appliedAtBeta, Command.BodyCase.STAGE_IMPORT);
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
    started = true;
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
  void shouldStoreALargeServiceOfAConsulAtOnce() {
    network.speakInChanges(0);
    pair.dial();
    time.runFor(30_000);
    assertThat(staged()).isGreaterThan(1);
    assertThat(pair.readable("web")).isEqualTo(INSTANCES);

    alpha.apply(SimCommands.register("more", "web", 80, "passing"));
    time.runFor(30_000);
    alpha.apply(SimCommands.deregister("n0", "web-n0"));
    alpha.apply(SimCommands.deregister("n1", "web-n1"));
    time.runFor(30_000);
    assertThat(pair.readable("web")).isEqualTo(INSTANCES - 1);
    assertThat(new TreeSet<>(readableAtBeta))
        .containsExactly(0, INSTANCES - 1, INSTANCES, INSTANCES + 1);
    assertThat(parts()).isZero();
  }

  /** It would else be shown after it was said to be exported no more. */
  @Test
  void shouldHaveAListWaitForALargeServiceOfAConsul() {
    network.speakInChanges(0);
    pair.dial();
    while (staged() == 0) {
      time.runFor(1);
    }
    alpha.apply(SimCommands.export("beta", List.of("api")));
    time.runFor(30_000);
    assertThat(appliedAtBeta.lastIndexOf(Command.BodyCase.RECONCILE_IMPORT_LIST))
        .isGreaterThan(appliedAtBeta.lastIndexOf(Command.BodyCase.COMPLETE_IMPORT));
    assertThat(readableAtBeta).contains(INSTANCES);
    assertThat(pair.readable("web")).isZero();
    assertThat(parts()).isZero();
  }

  /** Its names alone are more than one command may hold. */
  @Test
  void shouldFollowAListOfAConsulThatNoCommandHolds() {
    network.speakInChanges(0);
    List<String> names =
        IntStream.range(0, 100).mapToObj(i -> "a-service-with-a-long-name-" + i).toList();
    names.forEach(name -> alpha.apply(SimCommands.register("n0", name, 80, "passing")));
    alpha.apply(SimCommands.export("beta", names));
    pair.dial();
    time.runFor(30_000);
    assertThat(names).allSatisfy(name -> assertThat(pair.readable(name)).isEqualTo(1));

    alpha.apply(SimCommands.export("beta", names.subList(0, 98)));
    time.runFor(30_000);
    assertThat(pair.readable(names.get(97))).isEqualTo(1);
    assertThat(pair.readable(names.get(98))).isZero();
    assertThat(pair.readable(names.get(99))).isZero();
    assertThat(appliedAtBeta).doesNotContain(Command.BodyCase.RECONCILE_IMPORT_LIST);

    alpha.apply(SimCommands.export("beta", names.subList(0, 1)));
    time.runFor(30_000);
    assertThat(pair.readable(names.get(0))).isEqualTo(1);
    assertThat(pair.readable(names.get(1))).isZero();
    assertThat(appliedAtBeta).contains(Command.BodyCase.RECONCILE_IMPORT_LIST);
  }

  /** Its first answer is lost, and the second one tells of no parts. */
  @Test
  void shouldLayALargeServiceDownAgainWhereItIsNotKnownToBeShown() {
    network.speakInChanges(0);
    beta.trouble(0.4);
    pair.dial();
    time.runFor(300_000);
    beta.trouble(0);
    time.runFor(60_000);
    assertThat(pair.readable("web")).isEqualTo(INSTANCES);
    assertThat(new TreeSet<>(readableAtBeta)).containsExactly(0, INSTANCES);
    assertThat(parts()).isZero();
  }

  @Test
  void shouldKeepNoPartOfWhatDidNotFit() {
    pair.allowAtBeta(10);
    pair.dial();
    time.runFor(30_000);
    assertThat(staged()).isGreaterThan(1);
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
