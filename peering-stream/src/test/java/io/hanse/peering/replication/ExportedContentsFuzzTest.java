package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.protocol.Content;
import io.hanse.peering.protocol.ServiceContent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Wakes are late, contents are put away, peers come, go and take their time. */
class ExportedContentsFuzzTest {
  @Property(tries = 300)
  void shouldGiveNothingOldAndHideNoChange(@ForAll long seed) {
    try (WatchedState state = new WatchedState()) {
      new Run(state, new SplittableRandom(seed)).play();
    }
  }

  private static final class Run {
    private static final int SERVICES = 3;
    private static final int STEPS = 200;

    /** What one stream knows of one service. */
    private final class Known implements ServiceFeed.Sink {
      private final int service;
      private final SharedService.Subscription subscription;
      private boolean isDue = true;
      private int port;

      Known(int service) {
        this.service = service;
        subscription = contents.subscribe(ExportedName.plain("svc-" + service), () -> isDue = true);
      }

      void give() {
        isDue = false;
        int least = told[service];
        if (!subscription.giveKnown(this, now)) {
          content(subscription.read(now));
        }
        assertThat(port).as("what was made known").isGreaterThanOrEqualTo(least);
      }

      @Override
      public void content(ServiceContent content) {
        assertThat(port(content)).as("no older than before").isGreaterThanOrEqualTo(port);
        port = port(content);
        ports.put(content.marks(), port);
      }

      @Override
      public void unchanged(String name, Content marks) {
        int known = ports.get(marks);
        assertThat(known).as("no older than before").isGreaterThanOrEqualTo(port);
        port = known;
      }
    }

    private static int port(ServiceContent content) {
      return content.service().getNodes(0).getService().getPort();
    }

    private final WatchedState state;
    private final SplittableRandom random;
    private final ExportedContents contents;
    private final List<Known> streams = new ArrayList<>();
    private final Map<Content, Integer> ports = new LinkedHashMap<>();
    private final int[] current = new int[SERVICES];

    /** The newest of which all wakes have come. */
    private final int[] told = new int[SERVICES];

    private long now;

    Run(WatchedState state, SplittableRandom random) {
      this.state = state;
      this.random = random;
      contents = new ExportedContents(state);
    }

    private void change(int service) {
      int port = ++current[service];
      state.cluster.apply(SimCommands.register("n1", "svc-" + service, port, "passing"));
    }

    private void wake() {
      state.wakeAll();
      System.arraycopy(current, 0, told, 0, SERVICES);
    }

    void play() {
      IntStream.range(0, SERVICES).forEach(this::change);
      for (int i = 0; i < STEPS; i++) {
        switch (random.nextInt(7)) {
          case 0 -> streams.add(new Known(random.nextInt(SERVICES)));
          case 1, 2 -> change(random.nextInt(SERVICES));
          case 3 -> wake();
          case 4 -> contents.clean(now += random.nextInt(10_000));
          case 5 -> leaveOne();
          default -> giveSome();
        }
      }
      wake();
      streams.stream().filter(stream -> stream.isDue).forEach(Known::give);
      for (Known stream : streams) {
        assertThat(stream.port).as("nobody lacks a change").isEqualTo(current[stream.service]);
      }
      assertThat(state.waiting()).isLessThanOrEqualTo(SERVICES);
      streams.forEach(stream -> stream.subscription.close());
      assertThat(state.waiting()).isZero();
      assertThat(contents.bytes()).isZero();
    }

    private void giveSome() {
      streams.stream().filter(stream -> stream.isDue && random.nextBoolean()).forEach(Known::give);
    }

    private void leaveOne() {
      if (!streams.isEmpty()) {
        streams.remove(random.nextInt(streams.size())).subscription.close();
      }
    }
  }
}
