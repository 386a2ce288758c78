package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.port.Membership;
import io.hanse.fsm.port.ServerCall;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ServerEchoesTest {
  private final Set<String> stopped = new HashSet<>();
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicInteger asked = new AtomicInteger();
  private Optional<String> leader = Optional.of("b");
  private volatile boolean isBroken;
  private long now;

  private final ServerEchoes echoes =
      new ServerEchoes(new Standings(), new Members(), new Calls(), () -> now);

  @Test
  void shouldCallNobodySilentWhileALeaderMaySaySo() {
    stopped.add("c");
    pass(60);
    assertThat(echoes.isSilent("c")).isEmpty();
    assertThat(asked).hasValue(0);
  }

  @Test
  void shouldCallSilentWhoeverDoesNotAnswerForTheBound() {
    leader = Optional.empty();
    stopped.add("b");
    pass(4);
    assertThat(echoes.isSilent("b")).isEmpty();
    pass(2);
    assertThat(echoes.isSilent("b")).contains(true);
    assertThat(echoes.isSilent("c")).contains(false);
    stopped.clear();
    stopped.add("c");
    pass(3);
    assertThat(echoes.isSilent("b")).contains(false);
    assertThat(echoes.isSilent("c")).contains(false);
    pass(3);
    assertThat(echoes.isSilent("c")).contains(true);
    leader = Optional.of("b");
    pass(1);
    assertThat(echoes.isSilent("c")).isEmpty();
  }

  @Test
  void shouldAskAgainAfterErrors() {
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try {
      leader = Optional.empty();
      isBroken = true;
      echoes.start(timer);
      await().until(() -> looks.get() >= 2);
      isBroken = false;
      await().until(() -> asked.get() > 0);
    } finally {
      timer.shutdownNow();
    }
  }

  @Test
  void shouldKnowWhetherTheOthersCanElectALeaderBesideOneThatGoes() {
    assertThat(echoes.ofMajority().join()).isTrue();
    stopped.add("b");
    assertThat(echoes.ofMajority().join()).isTrue();
    stopped.add("c");
    assertThat(echoes.ofMajority().join()).isFalse();
  }

  private void pass(int seconds) {
    for (int i = 0; i < seconds; i++) {
      echoes.ask();
      now += TimeUnit.SECONDS.toNanos(1);
    }
    echoes.ask();
  }

  private final class Standings implements Leadership {
    @Override
    public Standing standing() {
      looks.incrementAndGet();
      if (isBroken) {
        throw new NoClassDefFoundError("a class that nobody missed");
      }
      return new Standing(1, false, leader);
    }

    @Override
    public void onChange(Consumer<Standing> listener) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String self() {
      return "a";
    }
  }

  private static final class Members implements Membership {
    @Override
    public CompletableFuture<List<Member>> members() {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Member> knownMembers() {
      return List.of(member("a"), member("b"), member("c"));
    }

    @Override
    public int commandLevel() {
      return 0;
    }

    private static Member member(String raftId) {
      return new Member(raftId, true, false, 0);
    }

    @Override
    public CompletableFuture<Void> transferLeadership(Optional<String> raftId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> remove(String raftId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> leave() {
      throw new UnsupportedOperationException();
    }
  }

  private final class Calls implements ServerCall {
    @Override
    public void serveHere(
        String name, Function<ByteString, CompletableFuture<ByteString>> handler) {}

    @Override
    public CompletableFuture<ByteString> callServer(
        String raftId, String name, ByteString request, Duration patience) {
      asked.incrementAndGet();
      return stopped.contains(raftId)
          ? CompletableFuture.failedFuture(new TimeoutException())
          : CompletableFuture.completedFuture(ByteString.EMPTY);
    }
  }
}
