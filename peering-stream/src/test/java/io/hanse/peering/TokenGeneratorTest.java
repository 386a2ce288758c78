package io.hanse.peering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.proto.GenerateTokenCall;
import io.hanse.peering.replication.SimCommands;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which of several tokens is good in the end, where a leader is lost amid making one. */
class TokenGeneratorTest {
  private static final GenerateTokenCall CALL =
      GenerateTokenCall.newBuilder().setName("beta").build();

  private final LocalCluster cluster = new LocalCluster();
  private final Leader lost = new Leader();
  private final Leader next = new Leader();

  @BeforeEach
  void start() {
    cluster.submit(SimCommands.initialize("a1fa0000-0000-4000-8000-000000000001", "dc")).join();
    Command.Builder write = Command.newBuilder();
    write
        .getWriteServerBuilder()
        .setServer(
            Server.newBuilder()
                .setRaftId("server-1")
                .setNode("one")
                .setAddress("127.0.0.1")
                .setGrpcTlsPort(8503)
                .setCommandLevel(6));
    cluster.submit(write.build()).join();
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  /** A server that leads until it is told otherwise, and whose commands may be held up. */
  private final class Leader implements Leadership {
    private Standing standing = new Standing(1, true, Optional.of("self"));
    private boolean isHeldUp;
    private final List<Runnable> heldUp = new ArrayList<>();
    private final TokenGenerator generator =
        new TokenGenerator(
            PeeringSettings.defaults("dc"),
            this::submit,
            cluster,
            this,
            cluster,
            InstantSource.system(),
            new AwaitedAuthority(cluster, Duration.ZERO));

    private CompletableFuture<CommandResult> submit(Command command) {
      if (!isHeldUp) {
        return cluster.submit(command);
      }
      CompletableFuture<CommandResult> answer = new CompletableFuture<>();
      heldUp.add(
          () ->
              cluster
                  .submit(command)
                  .whenComplete(
                      (result, failure) -> {
                        if (failure == null) {
                          answer.complete(result);
                        } else {
                          answer.completeExceptionally(Failures.cause(failure));
                        }
                      }));
      return answer;
    }

    void deliver() {
      isHeldUp = false;
      heldUp.forEach(Runnable::run);
    }

    CompletableFuture<String> generate() {
      return generator.generate(CALL);
    }

    @Override
    public Standing standing() {
      return standing;
    }

    @Override
    public void onChange(Consumer<Standing> listener) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String self() {
      return "self";
    }
  }

  private PeeringSecrets secrets() {
    try (View view = cluster.view()) {
      Peerings peerings = new Peerings(view);
      return peerings.secrets(peerings.byName("beta").orElseThrow().getId()).orElseThrow();
    }
  }

  private String good() {
    return secrets().getEstablishment();
  }

  private static String secret(CompletableFuture<String> token) {
    return PeeringToken.decode(token.join()).secret();
  }

  @Test
  void shouldNotReplaceATokenByThatOfALostLeader() {
    for (String peering : List.of("new", "known")) {
      lost.standing = new Leadership.Standing(1, true, Optional.of("self"));
      lost.isHeldUp = true;
      CompletableFuture<String> late = lost.generate();
      lost.standing = new Leadership.Standing(2, false, Optional.of("other"));
      String newest = secret(next.generate());
      lost.deliver();
      assertThatThrownBy(late::join).as(peering).hasMessageContaining("the leader changed");
      assertThat(good()).as(peering).isEqualTo(newest);
      lost.heldUp.clear();
    }
  }

  @Test
  void shouldMakeOneTokenAfterTheOtherWhereTwoAreWantedAtOnce() {
    lost.isHeldUp = true;
    CompletableFuture<String> first = lost.generate();
    CompletableFuture<String> second = lost.generate();
    lost.deliver();
    assertThat(secret(first)).isNotEqualTo(secret(second));
    assertThat(good()).isEqualTo(secret(second));
  }

  /** The catalog follows a start with other ports seconds later. */
  @Test
  void shouldNameTheServerThatWasAskedByWhereItSaysThatItIs() {
    GenerateTokenCall call = CALL.toBuilder().setNode("One").setAddress("10.0.0.9:9503").build();
    assertThat(PeeringToken.decode(next.generator.generate(call).join()).addresses())
        .containsExactly("10.0.0.9:9503");
    assertThat(PeeringToken.decode(next.generate().join()).addresses())
        .containsExactly("127.0.0.1:8503");
  }

  @Test
  void shouldNumberNoTokenAmidAnUpgrade() {
    Command.Builder write = Command.newBuilder();
    write
        .getWriteServerBuilder()
        .setServer(Server.newBuilder().setRaftId("server-2").setCommandLevel(5));
    cluster.submit(write.build()).join();
    assertThat(secret(next.generate())).isEqualTo(good());
    assertThat(secrets().getTokenNumber()).isZero();
  }

  /** All have read the same number when the first is written. */
  @Test
  void shouldAnswerAllThatAreAskedForAtOnce() {
    Leader leader = new Leader();
    leader.generate().join();
    leader.isHeldUp = true;
    List<CompletableFuture<String>> asked = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      asked.add(leader.generate());
    }
    leader.deliver();
    assertThat(asked).allSatisfy(token -> assertThat(secret(token)).isNotEmpty());
    assertThat(asked.stream().map(TokenGeneratorTest::secret)).contains(good());
  }
}
